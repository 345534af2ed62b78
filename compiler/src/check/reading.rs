//! Fields that travel for nothing.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::{EventUse, Usage};
use crate::model::{Event, EventId, FieldRef, Model, ServiceId};

/// The fields that each service lists for each event; services and events that are not here read everything.
type Lists<'m> = FxHashMap<(ServiceId, EventId), &'m [FieldRef]>;

pub(super) fn check(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    let lists = lists(model);
    for (id, event) in model.events.iter() {
        let usage = &usage.events[id];
        if let Some(read) = read(model, id, usage, &lists) {
            unread(model, event, usage, &read, findings);
        }
    }
}

fn lists(model: &Model) -> Lists<'_> {
    let mut lists = Lists::default();
    for (id, service) in model.services.iter().filter(|(_, service)| !service.external) {
        for read in service.reads.iter().flatten() {
            if let Some(fields) = &read.fields {
                lists.insert((id, read.event.id), fields);
            }
        }
    }
    lists
}

/// The indices of the fields that somebody reads; `None`: nobody hears the event, or somebody reads all of it.
fn read(model: &Model, id: EventId, usage: &EventUse, lists: &Lists<'_>) -> Option<FxHashSet<usize>> {
    if usage.consumers().is_empty() {
        return None;
    }
    let mut read = FxHashSet::default();
    for (service, _) in usage.consumers() {
        read.extend(lists.get(&(*service, id))?.iter().map(|field| field.index));
    }
    let keys: FxHashSet<&str> = usage
        .choreographies
        .iter()
        .flat_map(|choreography| &model.choreographies[*choreography].key)
        .map(|part| part.text.as_str())
        .collect();
    let fields = model.events[id].fields.iter().enumerate();
    read.extend(fields.filter(|(_, field)| keys.contains(field.name.text.as_str())).map(|(index, _)| index));
    Some(read)
}

fn unread(
    model: &Model,
    event: &Event,
    usage: &EventUse,
    read: &FxHashSet<usize>,
    findings: &mut Diagnostics,
) {
    let consumers: Vec<_> = usage
        .consumers()
        .iter()
        .take(3)
        .map(|(service, _)| shown(&model.services[*service].header.name.text).into_owned())
        .collect();
    let others = if usage.consumers().len() > consumers.len() { " and others" } else { "" };
    let (consumers, name) = (consumers.join(", "), shown(&event.header.name.text));
    for (_, field) in event.fields.iter().enumerate().filter(|(index, _)| !read.contains(index)) {
        let field_name = shown(&field.name.text);
        findings.push(
            Diagnostic::new(
                &codes::UNREAD_FIELD,
                field.name.span,
                format!("nobody reads `{field_name}` of `{name}`"),
            )
            .label(format!("heard by {consumers}{others}, whose `reads` leave it out"))
            .help(format!("remove `{field_name}`, or add it to the `reads` of a service that needs it")),
        );
    }
}
