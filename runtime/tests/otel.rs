//! A flow is one trace, whatever services, stores and deadlines are in it.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[cfg(feature = "nats")]
#[allow(dead_code, reason = "no server is killed here")]
#[path = "../../tests/support/nats.rs"]
mod server;

use std::time::{Duration, Instant};

use chor_runtime::codegen as rt;
use chor_runtime::{HandlerError, Runtime, Store};
use opentelemetry::trace::{SpanId, SpanKind, Status, TracerProvider as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tempfile::TempDir;
use tracing::Instrument as _;
use tracing_subscriber::layer::SubscriberExt as _;

const GUEST: rt::Receiver = rt::external("Guest");
const WAITER: rt::Receiver = rt::service("Waiter");
const KITCHEN: rt::Receiver = rt::service("Kitchen");

/// Asks the kitchen, and calls it off if there is no answer for a moment.
static WAITERS: &[rt::Machine] = &[rt::Machine {
    choreography: "shop.Dinner",
    participant: "Waiter",
    hash: 1,
    states: &[
        rt::hears(&[rt::hear("shop.Ask", GUEST, 0, 1).enters(&[1])]),
        rt::emits(&[rt::emit("shop.Cook", &[KITCHEN], 2).scopes(&[1])]),
        rt::hears(&[rt::hear("shop.Cooked", KITCHEN, 1, 5).scopes(&[1])])
            .expires(&[rt::expire(1, 200, 2, 3)]),
        rt::emits(&[rt::emit("shop.Off", &[KITCHEN], 4)]),
        rt::ends(&[]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];

static KITCHENS: &[rt::Machine] = &[rt::Machine {
    choreography: "shop.Dinner",
    participant: "Kitchen",
    hash: 2,
    states: &[
        rt::hears(&[rt::hear("shop.Cook", WAITER, 0, 1).scopes(&[1])]),
        rt::emits(&[rt::emit("shop.Cooked", &[WAITER], 2).scopes(&[1])])
            .or_hears(&[rt::hear("shop.Off", WAITER, 1, 2).leaves(&[1])]),
        rt::ends(&[rt::hear("shop.Off", WAITER, 1, 2).leaves(&[1])]),
    ],
    ..rt::Machine::EMPTY
}];

macro_rules! events {
    ($($name:ident),*) => {$(
        #[derive(Debug, rt::Serialize, rt::Deserialize)]
        #[serde(crate = "::chor_runtime::codegen::serde")]
        struct $name {
            order: String,
        }

        impl rt::Payload for $name {
            const TYPE: &'static str = concat!("shop.", stringify!($name));
        }
    )*};
}

events!(Ask, Cook, Cooked, Off);

struct Waiter;

impl rt::Handler for Waiter {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let (mut emit, order) = (rt::Emissions::new(), input.context().key().to_owned());
            match point {
                0 => emit.push(&Cook { order: order.clone() }, &[&order])?,
                2 => emit.push(&Off { order: order.clone() }, &[&order])?,
                _ => {}
            }
            Ok(emit)
        })
    }
}

/// Fails at first; never answers who asks for soup.
struct Kitchen;

impl rt::Handler for Kitchen {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let (mut emit, order) = (rt::Emissions::new(), input.context().key().to_owned());
            match (point, order.as_str()) {
                (0, "soup") => return Err(input.context().later()),
                (0, _) if input.context().attempt() == 1 => return Err(HandlerError::transient("no fire")),
                (0, _) => emit.push(&Cooked { order: order.clone() }, &[&order])?,
                _ => {}
            }
            Ok(emit)
        })
    }
}

/// The guest orders within a span of its own.
async fn dine(store: &Store, order: &'static str) {
    let running = Runtime::new(store)
        .serve(rt::Service::new("Waiter", WAITERS, Waiter))
        .serve(rt::Service::new("Kitchen", KITCHENS, Kitchen))
        .start();
    let sending = async {
        let guest = rt::Client::new(store, "Guest");
        let ask = Ask { order: order.to_owned() };
        guest.send("shop.Dinner", &["Waiter"], order, &ask, &[&order]).await.unwrap();
    };
    sending.instrument(tracing::info_span!("order", key = order)).await;
    let began = Instant::now();
    let which = chor_runtime::Which::default().key(order).and_over();
    loop {
        let found = store.instances(&which, 9).await.unwrap().instances;
        let over = |it: &chor_runtime::Instance| it.awaits.as_ref().is_some_and(|awaits| awaits.may_be_over);
        if found.len() == 2 && found.iter().all(over) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "waited in vain: {found:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.shutdown().await.unwrap();
}

/// The spans of an order, each with the one that it is within: `process Cook < process Ask`.
fn tree(spans: &[SpanData]) -> Vec<String> {
    let name =
        |id: SpanId| spans.iter().find(|span| span.span_context.span_id() == id).map(|span| &*span.name);
    let mut lines: Vec<_> = spans
        .iter()
        .map(|span| match span.parent_span_id {
            SpanId::INVALID => span.name.to_string(),
            parent => format!("{} < {}", span.name, name(parent).unwrap_or("what is not there")),
        })
        .collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_is_one_trace() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();

    let folder = TempDir::new().unwrap();
    #[cfg_attr(not(feature = "nats"), expect(unused_mut, reason = "there is one kind less"))]
    let mut stores = vec![Store::memory(), Store::sqlite(folder.path().join("shop.db")).unwrap()];
    #[cfg(feature = "nats")]
    let server = server::Server::start(server::Version::Oldest);
    #[cfg(feature = "nats")]
    stores.push(Store::nats(server.url()).await.unwrap());

    for store in stores {
        let dined = async |order| {
            exporter.reset();
            dine(&store, order).await;
            let mut spans = exporter.get_finished_spans().unwrap();
            spans.retain(|span| span.name == "order" || span.name.starts_with("process "));
            let first = spans[0].span_context.trace_id();
            assert!(spans.iter().all(|span| span.span_context.trace_id() == first), "{spans:?}");
            spans
        };
        let spans = dined("pie").await;
        let expected = [
            "order",
            "process Ask < order",
            "process Cook < process Ask",
            "process Cook < process Ask",
            "process Cooked < process Cook",
        ];
        assert_eq!(tree(&spans), expected);
        let cook = spans.iter().find(|span| span.status != Status::Unset).unwrap();
        assert_eq!((&*cook.name, &cook.span_kind), ("process Cook", &SpanKind::Consumer));
        assert_eq!(cook.status, Status::error("no fire"));
        let said = |key: &str| {
            let found = cook.attributes.iter().find(|it| it.key.as_str() == key);
            found.map(|it| it.value.to_string())
        };
        assert_eq!(said("messaging.message.conversation_id").as_deref(), Some("shop.Dinner/pie"));
        assert_eq!(said("messaging.operation.type").as_deref(), Some("process"));
        assert_eq!(said("messaging.consumer.group.name").as_deref(), Some("Kitchen"));

        // A deadline goes on with the trace of what the instance has done last.
        let spans = dined("soup").await;
        let expected = [
            "order",
            "process Ask < order",
            "process Cook < process Ask",
            "process Off < process deadline 1",
            "process deadline 1 < process Ask",
        ];
        assert_eq!(tree(&spans), expected);
    }
}
