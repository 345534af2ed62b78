//! One event, one emitting service; and nobody hears itself.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::{EventUse, Usage};
use crate::model::{Event, EventId, Model, ServiceId};
use crate::source::Span;

/// The attribute of an event that several services may emit.
const SHARED: &str = "shared";

pub(super) fn check(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    for (id, event) in model.events.iter() {
        several(model, event, &usage.events[id], findings);
    }
    for choreography in model.choreographies.values() {
        for step in choreography.steps.values() {
            let own = step.subscribers.iter().find(|subscriber| subscriber.id == step.emitter.id);
            if let Some(own) = own {
                let place = (step.emitter.span, "emits it");
                findings.push(hears_itself(model, step.emitter.id, step.event.id, own.span, place));
            }
        }
    }
    for (id, service) in model.services.iter() {
        for read in service.reads.iter().flatten() {
            let event = read.event.id;
            // Where a choreography speaks of the event, its steps are the place to say this.
            if usage.stated_emits.contains(&(id, event)) && !usage.events[event].in_choreography() {
                let emits = service.emits.iter().flatten().find(|emitted| emitted.id == event);
                let place = emits.map_or(read.event.span, |emitted| emitted.span);
                findings.push(hears_itself(model, id, event, read.event.span, (place, "states to emit it")));
            }
        }
    }
}

fn several(model: &Model, event: &Event, usage: &EventUse, findings: &mut Diagnostics) {
    let Some(((first, first_place), others)) = usage.producers().split_first() else { return };
    if event.header.attributes.iter().any(|attribute| attribute.name.text == SHARED) {
        return;
    }
    let name = shown(&event.header.name.text);
    let service = |id: ServiceId| shown(&model.services[id].header.name.text);
    for (other, place) in others {
        let (first, other) = (service(*first), service(*other));
        findings.push(
            Diagnostic::new(
                &codes::MULTIPLE_PRODUCERS,
                *place,
                format!("`{name}` is emitted by {first} and by {other}"),
            )
            .label(format!("{other} emits it"))
            .related(*first_place, format!("{first} emits it"))
            .related(event.header.name.span, "declared here for one emitter")
            .help(format!(
                "give {other} an event of its own, or write `@{SHARED}` before `{name}` if both mean the same fact"
            )),
        );
    }
}

fn hears_itself(
    model: &Model,
    service: ServiceId,
    event: EventId,
    place: Span,
    (emits, what): (Span, &str),
) -> Diagnostic {
    let service = shown(&model.services[service].header.name.text);
    let event = shown(&model.events[event].header.name.text);
    Diagnostic::new(&codes::SELF_CONSUME, place, format!("{service} hears its own `{event}`"))
        .label("hears it")
        .related(emits, what)
        .help(format!("remove {service} here: it knows what it emitted"))
}
