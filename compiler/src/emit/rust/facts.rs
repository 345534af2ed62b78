//! Who emits and who hears what, over all choreographies: for the docs.

use std::collections::{BTreeMap, BTreeSet};

use super::docs::list;
use crate::model::{Choreography, ChoreographyId, EventId, EventKind, Model, ServiceId, Step};
use crate::project::Projection;
use crate::project::machine::LocalState;

/// Who emits and who hears each event, and where.
pub(super) struct Facts {
    events: BTreeMap<EventId, Fact>,
}

#[derive(Default)]
struct Fact {
    emitters: BTreeSet<ServiceId>,
    hearers: BTreeSet<ServiceId>,
    choreographies: BTreeSet<ChoreographyId>,
}

impl Facts {
    pub(super) fn new(model: &Model, projections: &[Projection]) -> Self {
        let mut events: BTreeMap<EventId, Fact> = BTreeMap::new();
        for (id, service) in model.services.iter() {
            for event in service.emits.iter().flatten() {
                events.entry(event.id).or_default().emitters.insert(id);
            }
            for reads in service.reads.iter().flatten() {
                events.entry(reads.event.id).or_default().hearers.insert(id);
            }
        }
        for role in projections.iter().flat_map(|projection| &projection.roles) {
            for emit in role.machine.states.values().flat_map(LocalState::emissions) {
                let fact = events.entry(emit.event).or_default();
                fact.emitters.insert(role.machine.participant);
                fact.hearers.extend(&emit.subscribers);
                fact.choreographies.insert(role.machine.choreography);
            }
        }
        for projection in projections {
            for step in beside(&model.choreographies[projection.choreography]) {
                let fact = events.entry(step.event.id).or_default();
                fact.emitters.insert(step.emitter.id);
                fact.hearers.extend(step.subscribers.iter().map(|subscriber| subscriber.id));
                fact.choreographies.insert(projection.choreography);
            }
        }
        Self { events }
    }

    /// ", the key of `Checkout`", for a field of the key.
    pub(super) fn role(&self, model: &Model, event: EventId, field: &str) -> String {
        let choreographies = self.events.get(&event).into_iter().flat_map(|fact| &fact.choreographies);
        let keyed: Vec<_> = choreographies
            .map(|id| &model.choreographies[*id])
            .filter(|choreography| choreography.key.iter().any(|name| name.text == field))
            .collect();
        let names: Vec<_> =
            keyed.iter().map(|choreography| format!("`{}`", choreography.header.name.text)).collect();
        match keyed.iter().any(|choreography| choreography.key.len() > 1) {
            _ if keyed.is_empty() => String::new(),
            true => format!(", part of the key of {}", list(&names, "and")),
            false => format!(", the key of {}", list(&names, "and")),
        }
    }

    /// "An event of `Orders`, heard by `Payment` and `Inventory`."
    pub(super) fn sentence(&self, model: &Model, event: EventId) -> String {
        let kind = match model.events[event].kind {
            EventKind::Event => "An event",
            EventKind::Command => "A command",
        };
        let Some(fact) = self.events.get(&event) else { return format!("{kind}.") };
        let of = match participants(model, &fact.emitters) {
            emitters if emitters.is_empty() => String::new(),
            emitters => format!(" of {emitters}"),
        };
        let heard = match participants(model, &fact.hearers) {
            hearers if hearers.is_empty() => String::new(),
            hearers => format!(", heard by {hearers}"),
        };
        format!("{kind}{of}{heard}.")
    }

    /// "`Orders`": who may be heard saying this.
    pub(super) fn emitters(&self, model: &Model, event: EventId) -> String {
        self.events.get(&event).map(|fact| participants(model, &fact.emitters)).unwrap_or_default()
    }
}

/// The steps that are no part of the flow itself: what takes others back, and what asks for an `else`.
fn beside(choreography: &Choreography) -> impl Iterator<Item = &Step> {
    let undos = choreography.undo_steps().map(|step| &choreography.steps[step]);
    undos.chain(choreography.requests())
}

/// "`Payment` and `Inventory`"
pub(super) fn participants<'a>(model: &Model, ids: impl IntoIterator<Item = &'a ServiceId>) -> String {
    let names: Vec<_> =
        ids.into_iter().map(|id| format!("`{}`", model.services[*id].header.name.text)).collect();
    list(&names, "and")
}

/// "`order`"
pub(super) fn key(choreography: &Choreography) -> String {
    let names: Vec<_> = choreography.key.iter().map(|name| format!("`{}`", name.text)).collect();
    list(&names, "and")
}
