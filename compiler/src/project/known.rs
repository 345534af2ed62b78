//! What a participant has seen of an instance by the time that it is in a state.

use std::collections::BTreeSet;

use super::machine::LocalMachine;
use super::points::Known;
use crate::model::{EventId, Id};

/// What is known in each state, by event: a forward data-flow analysis up to its fixed point.
pub(super) fn known(machine: &LocalMachine) -> Vec<Vec<Known>> {
    let mut known: Vec<Option<Vec<Known>>> = vec![None; machine.states.len()];
    // States are numbered as they are first reached, so that going on with the lowest meets most ways to a state
    // before the state itself. With the last one added instead, each of many choices in a row would go over all
    // that follows it once more.
    let mut pending = BTreeSet::new();
    if let (Some(first), Some(start)) = (known.first_mut(), machine.states.ids().next()) {
        *first = Some(Vec::new());
        pending.insert(start);
    }
    while let Some(id) = pending.pop_first() {
        let Some(here) = known.get(id.index()).cloned().flatten() else { continue };
        let state = &machine.states[id];
        let heard = state.hears.iter().map(|hear| (hear.event, hear.target));
        let emitted = state.emits.iter().map(|emit| (emit.event, emit.target));
        for (event, target) in heard.chain(emitted) {
            let Some(there) = known.get_mut(target.index()) else { continue };
            let after = with(&here, event);
            let joined = there.as_ref().map_or_else(|| after.clone(), |before| either(before, &after));
            if there.as_ref() != Some(&joined) {
                *there = Some(joined);
                pending.insert(target);
            }
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

/// What is known after this event, too.
fn with(known: &[Known], event: EventId) -> Vec<Known> {
    let mut known = known.to_vec();
    match known.binary_search_by_key(&event, |known| known.event) {
        Ok(at) => known.get_mut(at).into_iter().for_each(|known| known.certain = true),
        Err(at) => known.insert(at, Known { event, certain: true }),
    }
    known
}

/// What is known when one of two ways was taken: certain is what is certain on both.
pub(super) fn either(one: &[Known], other: &[Known]) -> Vec<Known> {
    let mut all = [one, other].concat();
    all.sort_by_key(|known| known.event);
    all.chunk_by(|a, b| a.event == b.event)
        .filter_map(|ways| {
            let event = ways.first()?.event;
            Some(Known { event, certain: ways.len() == 2 && ways.iter().all(|known| known.certain) })
        })
        .collect()
}
