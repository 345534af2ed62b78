//! Who is bound to whom, by how many events.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::Usage;
use crate::model::{Arena, Model, ServiceId};

/// The edges of the graph: from whoever emits an event to whoever hears it.
pub(crate) struct Edges {
    /// How many events each emits.
    pub(crate) emitted: Arena<ServiceId, usize>,
    /// How many events each hears.
    pub(crate) heard: Arena<ServiceId, usize>,
    /// The participants to whom each listens, each once, in the order of the events.
    pub(crate) heard_from: Arena<ServiceId, Vec<ServiceId>>,
    /// How many events go from the first to the second.
    pub(crate) between: BTreeMap<(ServiceId, ServiceId), usize>,
}

impl Edges {
    pub(crate) fn of(model: &Model, usage: &Usage) -> Self {
        let mut edges = Self {
            emitted: model.services.values().map(|_| 0).collect(),
            heard: model.services.values().map(|_| 0).collect(),
            heard_from: model.services.values().map(|_| Vec::new()).collect(),
            between: BTreeMap::new(),
        };
        let mut known: FxHashSet<(ServiceId, ServiceId)> = FxHashSet::default();
        for event in usage.events.values() {
            event.producers().iter().for_each(|(emitter, _)| edges.emitted[*emitter] += 1);
            for (consumer, _) in event.consumers() {
                edges.heard[*consumer] += 1;
                for (emitter, _) in event.producers().iter().filter(|(emitter, _)| emitter != consumer) {
                    *edges.between.entry((*emitter, *consumer)).or_default() += 1;
                    if known.insert((*consumer, *emitter)) {
                        edges.heard_from[*consumer].push(*emitter);
                    }
                }
            }
        }
        edges
    }

    /// Events that go from one service of ours to another and back: the two, how many there, how many back. Each pair
    /// once.
    pub(crate) fn pairs<'e>(
        &'e self,
        model: &'e Model,
    ) -> impl Iterator<Item = (ServiceId, ServiceId, usize, usize)> + 'e {
        let ours = |id: ServiceId| !model.services[id].external;
        self.between.iter().filter_map(move |((one, other), there)| {
            let back = self.between.get(&(*other, *one)).copied()?;
            (one < other && ours(*one) && ours(*other)).then_some((*one, *other, *there, back))
        })
    }
}
