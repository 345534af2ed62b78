//! Spans of OpenTelemetry, which link a flow over all its services: each call of a method is a span, child of the span in
//! which its event was published.
//!
//! Whoever runs the service says where spans go (a layer of `tracing-opentelemetry`) and how traces are written (the global
//! propagator of `opentelemetry`).

use std::collections::HashMap;

use opentelemetry::global;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::envelope::{Event, Trace};

/// The trace that the current span is part of.
pub(crate) fn current() -> Option<Trace> {
    let context = Span::current().context();
    let mut fields = HashMap::new();
    global::get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut fields));
    let field = |name: &str| fields.get(name).map(String::as_str);
    Trace::new(field("traceparent")?, field("tracestate"))
}

/// The span of a call for this event, by the conventions for messaging.
pub(crate) fn span(service: &str, choreography: &str, event: &Event, attempt: u32) -> Span {
    let key = event.key.as_str();
    let span = tracing::info_span!(
        "handle",
        choreography,
        key,
        service,
        event = event.name.short(),
        attempt,
        otel.name = %format_args!("process {}", event.name.short()),
        otel.kind = "consumer",
        otel.status_code = Empty,
        otel.status_description = Empty,
        messaging.system = "chor",
        messaging.operation.name = "process",
        messaging.operation.r#type = "process",
        messaging.destination.name = %event.name,
        messaging.consumer.group.name = service,
        messaging.message.id = %event.id,
        messaging.message.conversation_id = %format_args!("{choreography}/{key}"),
    );
    if let Some(trace) = &event.trace {
        let mut fields = HashMap::from([("traceparent".to_owned(), trace.traceparent().to_owned())]);
        fields.extend(trace.tracestate().map(|state| ("tracestate".to_owned(), state.to_owned())));
        let parent = global::get_text_map_propagator(|propagator| propagator.extract(&fields));
        // A span that nobody records has no parent either.
        let _ = span.set_parent(parent);
    }
    span
}

/// The call of this span has failed.
pub(crate) fn failed(span: &Span, reason: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("otel.status_description", reason);
}
