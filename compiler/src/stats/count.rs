//! How many, of what, and between whom.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Event, Pair, Participant, Totals};
use crate::graph::{Edges, Usage};
use crate::model::{Arena, Choreography, ChoreographyId, EventId, Header, Id, Model, Node, ServiceId};

/// Names that tell apart what is of one name in two namespaces.
pub(super) struct Names {
    pub(super) services: Arena<ServiceId, String>,
    pub(super) events: Arena<EventId, String>,
    pub(super) choreographies: Arena<ChoreographyId, String>,
}

impl Names {
    pub(super) fn of(model: &Model) -> Self {
        Self {
            services: told(model.services.values().map(|it| &it.header).collect()),
            events: told(model.events.values().map(|it| &it.header).collect()),
            choreographies: told(model.choreographies.values().map(|it| &it.header).collect()),
        }
    }
}

fn told<I: Id>(headers: Vec<&Header>) -> Arena<I, String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for header in &headers {
        *counts.entry(&header.name.text).or_default() += 1;
    }
    let alone = |header: &Header| counts.get(header.name.text.as_str()) == Some(&1);
    let name = |header: &Header| if alone(header) { header.name.text.clone() } else { header.qualified() };
    headers.into_iter().map(name).collect()
}

/// How many loops are written in it.
pub(super) fn loops(choreography: &Choreography) -> usize {
    choreography.nodes().into_iter().filter(|node| matches!(node, Node::Loop(_))).count()
}

pub(super) fn totals(model: &Model, edges: &Edges, depth: usize) -> Totals {
    let externals = model.services.values().filter(|service| service.external).count();
    let flows = || model.choreographies.values().filter(|it| it.roles.is_empty());
    Totals {
        services: model.services.len() - externals,
        externals,
        events: model.events.len(),
        edges: edges.between.values().sum(),
        choreographies: flows().count(),
        steps: flows().map(|it| it.steps.len()).sum(),
        loops: flows().map(loops).sum(),
        depth,
    }
}

pub(super) fn participants(model: &Model, edges: &Edges, names: &Names) -> Vec<Participant> {
    let mut fan_out: Arena<ServiceId, usize> = model.services.values().map(|_| 0).collect();
    for emitter in edges.heard_from.values().flatten() {
        fan_out[*emitter] += 1;
    }
    let services = model.services.iter();
    let participant = |(id, service): (ServiceId, &crate::model::Service)| Participant {
        name: names.services[id].clone(),
        external: service.external,
        emits: edges.emitted[id],
        hears: edges.heard[id],
        fan_out: fan_out[id],
        fan_in: edges.heard_from[id].len(),
    };
    services.map(participant).collect()
}

pub(super) fn events(model: &Model, usage: &Usage, names: &Names) -> Vec<Event> {
    let all = |list: &[(ServiceId, _)]| list.iter().map(|(id, _)| names.services[*id].clone()).collect();
    let event = |id: EventId| Event {
        name: names.events[id].clone(),
        emitters: all(usage.events[id].producers()),
        hearers: all(usage.events[id].consumers()),
    };
    model.events.ids().map(event).collect()
}

pub(super) fn pairs(model: &Model, usage: &Usage, edges: &Edges, names: &Names) -> Vec<Pair> {
    let mut touched: Arena<ServiceId, FxHashSet<EventId>> =
        model.services.values().map(|_| FxHashSet::default()).collect();
    for (id, event) in usage.events.iter() {
        for (service, _) in event.producers().iter().chain(event.consumers()) {
            touched[*service].insert(id);
        }
    }
    let mut both: BTreeMap<(ServiceId, ServiceId), (usize, usize)> = BTreeMap::new();
    for ((from, to), count) in &edges.between {
        if from < to {
            both.entry((*from, *to)).or_default().0 += count;
        } else {
            both.entry((*to, *from)).or_default().1 += count;
        }
    }
    let pair = |((one, other), (there, back)): ((ServiceId, ServiceId), (usize, usize))| {
        let (few, many) = by_size(&touched[one], &touched[other]);
        let common = few.iter().filter(|event| many.contains(event)).count();
        let all = few.len() + many.len() - common;
        Pair {
            one: names.services[one].clone(),
            other: names.services[other].clone(),
            there,
            back,
            coupling: (there + back).saturating_mul(100).checked_div(all).unwrap_or_default(),
        }
    };
    let mut pairs: Vec<Pair> = both.into_iter().map(pair).collect();
    // Where two are bound alike, the order of the text is kept.
    pairs.sort_by_key(|pair| std::cmp::Reverse((pair.there + pair.back, pair.coupling)));
    pairs
}

fn by_size<'s>(
    one: &'s FxHashSet<EventId>,
    other: &'s FxHashSet<EventId>,
) -> (&'s FxHashSet<EventId>, &'s FxHashSet<EventId>) {
    if one.len() <= other.len() { (one, other) } else { (other, one) }
}
