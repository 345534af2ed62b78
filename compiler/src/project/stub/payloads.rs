//! Which messages a participant's module holds, with which of their fields, and the types that these use.

use std::collections::{BTreeMap, BTreeSet};

use super::names::type_name;
use crate::model::{EventId, Field, Model, ServiceId, Type, TypeId, Undo};
use crate::project::Role;

/// A message as one participant sees it.
#[derive(Clone, Debug)]
pub struct Payload {
    /// The event or command.
    pub event: EventId,
    /// The name of its type.
    pub name: String,
    /// The fields that it holds, by index, in their order.
    pub fields: Vec<usize>,
    /// Whether these are all.
    pub whole: bool,
}

/// The messages that a participant emits, hears or knows.
pub(super) fn payloads(model: &Model, participant: ServiceId, roles: &[&Role]) -> Vec<Payload> {
    let mut emitted = BTreeSet::new();
    let mut heard: BTreeMap<EventId, BTreeSet<&str>> = BTreeMap::new();
    for role in roles {
        let key = &model.choreographies[role.machine.choreography].key;
        for state in role.machine.states.values() {
            emitted.extend(state.emissions().map(|emit| emit.event));
            for hear in &state.hears {
                heard.entry(hear.event).or_default().extend(key.iter().map(|name| name.text.as_str()));
            }
        }
        let requests = model.choreographies[role.machine.choreography].requests();
        emitted.extend(requests.filter(|step| step.emitter.id == participant).map(|step| step.event.id));
        for (emitter, event) in undone(model, role) {
            if emitter == participant {
                emitted.insert(event);
            } else {
                heard.entry(event).or_default().extend(key.iter().map(|name| name.text.as_str()));
            }
        }
    }
    let observed = model.observations.iter().filter(|observation| observation.observer.id == participant);
    for event in observed.flat_map(|observation| &observation.events) {
        heard.entry(event.id).or_default().extend(keys(model, event.id));
    }
    if roles.is_empty() {
        stated(model, participant, &mut emitted, &mut heard);
    }
    let events: BTreeSet<EventId> = emitted.iter().copied().chain(heard.keys().copied()).collect();
    events
        .into_iter()
        .map(|event| {
            let key = heard.get(&event).filter(|_| !emitted.contains(&event));
            payload(model, participant, event, key)
        })
        .collect()
}

/// The fields that name instances in the choreographies of an event.
fn keys(model: &Model, event: EventId) -> impl Iterator<Item = &str> {
    let speak =
        model.choreographies.values().filter(move |it| it.steps.values().any(|step| step.event.id == event));
    speak.flat_map(|choreography| &choreography.key).map(|part| part.text.as_str())
}

/// The events with which steps are taken back that this participant emits or hears, each with its emitter.
pub(super) fn undone(model: &Model, role: &Role) -> impl Iterator<Item = (ServiceId, EventId)> {
    let (participant, choreography) = (role.machine.participant, role.machine.choreography);
    let steps = &model.choreographies[choreography].steps;
    steps
        .values()
        .filter_map(|step| if let Some(Undo::By(undo)) = step.undo { Some(&steps[undo]) } else { None })
        .filter_map(move |undo| {
            let emitter = undo.emitter.id;
            let hears = undo.subscribers.iter().any(|subscriber| subscriber.id == participant);
            (emitter == participant || hears).then_some((emitter, undo.event.id))
        })
}

/// What a service without a part in any choreography says of itself.
fn stated(
    model: &Model,
    participant: ServiceId,
    emitted: &mut BTreeSet<EventId>,
    heard: &mut BTreeMap<EventId, BTreeSet<&str>>,
) {
    let service = &model.services[participant];
    emitted.extend(service.emits.iter().flatten().map(|event| event.id));
    for reads in service.reads.iter().flatten() {
        heard.entry(reads.event.id).or_default();
    }
}

/// `key`: the fields that name instances, where the participant only hears the event; it then gets these and
/// what it reads.
fn payload(model: &Model, participant: ServiceId, event: EventId, key: Option<&BTreeSet<&str>>) -> Payload {
    let declared = &model.events[event];
    let read = key.and_then(|key| {
        let reads = model.services[participant].reads.iter().flatten().find(|r| r.event.id == event)?;
        Some((key, reads.fields.as_ref()?))
    });
    let fields: Vec<usize> = declared
        .fields
        .iter()
        .enumerate()
        .filter(|(index, field)| {
            read.is_none_or(|(key, fields)| {
                key.contains(field.name.text.as_str()) || fields.iter().any(|read| read.index == *index)
            })
        })
        .map(|(index, _)| index)
        .collect();
    let whole = fields.len() == declared.fields.len();
    Payload { event, name: type_name(&declared.header.name.text), fields, whole }
}

impl Payload {
    /// Its fields.
    pub fn fields<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m Field> {
        self.fields.iter().filter_map(move |index| model.events[self.event].fields.get(*index))
    }
}

/// The named types that the payloads use, and those that these use, in the order of their declaration.
pub(super) fn types(model: &Model, payloads: &[Payload]) -> Vec<TypeId> {
    let mut used = BTreeSet::new();
    let fields = payloads.iter().flat_map(|payload| payload.fields(model));
    let mut pending: Vec<TypeId> = fields.flat_map(|field| field.ty.named()).collect();
    while let Some(id) = pending.pop() {
        if used.insert(id) {
            pending.extend(model.types[id].kind.written().into_iter().flat_map(Type::named));
        }
    }
    used.into_iter().collect()
}
