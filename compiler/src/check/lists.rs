//! Lists in which the same thing stands twice.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Choreography, EventId, Model, Reads, Ref, Service};
use crate::source::Span;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    for service in model.services.values() {
        clauses(model, service, findings);
    }
    for choreography in model.choreographies.values() {
        key(choreography, findings);
        for step in choreography.steps.values() {
            let subscribers = step.subscribers.iter().map(|subscriber| (subscriber.id, subscriber.span));
            for (id, second, first) in repeated(subscribers) {
                let name = shown(&model.services[id].header.name.text);
                findings.push(twice(
                    format!("`{name}` is named twice as subscriber of one step"),
                    second,
                    first,
                ));
            }
        }
    }
}

fn clauses(model: &Model, service: &Service, findings: &mut Diagnostics) {
    let name = |id: EventId| shown(&model.events[id].header.name.text);
    let of = |list: &[Ref<EventId>]| repeated(list.iter().map(|event| (event.id, event.span)));
    for (id, second, first) in service.emits.as_deref().map(of).unwrap_or_default() {
        findings.push(twice(format!("`{}` stands twice in this `emits`", name(id)), second, first));
    }
    let reads = service.reads.as_deref().unwrap_or_default();
    for (id, second, first) in repeated(reads.iter().map(|read| (read.event.id, read.event.span))) {
        findings.push(twice(format!("`{}` stands twice in this `reads`", name(id)), second, first));
    }
    for read in reads {
        fields(model, read, findings);
    }
}

fn fields(model: &Model, read: &Reads, findings: &mut Diagnostics) {
    let listed = read.fields.iter().flatten().map(|field| (field.index, field.span));
    for (index, second, first) in repeated(listed) {
        let field = model.events[read.event.id].fields.get(index);
        let name = field.map(|field| shown(&field.name.text)).unwrap_or_default();
        findings.push(twice(format!("the field `{name}` is listed twice"), second, first));
    }
}

fn key(choreography: &Choreography, findings: &mut Diagnostics) {
    for (name, second, first) in repeated(choreography.key.iter().map(|part| (part.text.as_str(), part.span)))
    {
        findings.push(twice(format!("`{}` stands twice in the key", shown(name)), second, first));
    }
}

/// What comes again, where it does, and where it came first.
fn repeated<T: Copy + Eq + Hash>(list: impl Iterator<Item = (T, Span)>) -> Vec<(T, Span, Span)> {
    let mut seen: FxHashMap<T, Span> = FxHashMap::default();
    let mut repeated = Vec::new();
    for (item, span) in list {
        match seen.get(&item) {
            Some(first) => repeated.push((item, span, *first)),
            None => {
                seen.insert(item, span);
            }
        }
    }
    repeated
}

fn twice(message: String, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::LISTED_TWICE, second, message)
        .label("once more here")
        .related(first, "first here")
        .help("remove one of the two")
}
