//! Which events can arrive at a participant that does not move.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::automaton::Automaton;
use crate::model::{EventId, ServiceId, StateId, StepId};

/// More situations than this, and the search is given up.
const MAX_SITUATIONS: usize = 100_000;

/// The search was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GivenUp;

/// The events that can be first in line at `receiver` while it stands still, from this state of the whole
/// on: by emitter and event, with a step that emits it. (The available messages of CAV 2023, definition 5.)
///
/// Whoever would have to hear from a participant that is held up is held up as well.
pub(super) fn available(
    automaton: &Automaton,
    receiver: ServiceId,
    from: StateId,
) -> Result<BTreeMap<(ServiceId, EventId), StepId>, GivenUp> {
    let mut found = BTreeMap::new();
    let mut seen: FxHashSet<Situation> = FxHashSet::default();
    let mut pending = vec![Situation { state: from, held_up: vec![receiver], in_line: Vec::new() }];
    while let Some(situation) = pending.pop() {
        if !seen.insert(situation.clone()) {
            continue;
        }
        if seen.len() > MAX_SITUATIONS {
            return Err(GivenUp);
        }
        for transition in &automaton.states[situation.state].transitions {
            let mut next = Situation { state: transition.target, ..situation.clone() };
            let emitter = transition.emitter;
            if contains(&situation.held_up, emitter) {
                for subscriber in &transition.subscribers {
                    insert(&mut next.held_up, *subscriber);
                }
            } else if transition.hears(receiver) {
                if !contains(&situation.in_line, emitter) {
                    found.entry((emitter, transition.event)).or_insert(transition.step);
                }
                insert(&mut next.in_line, emitter);
            }
            pending.push(next);
        }
    }
    Ok(found)
}

/// A point of the search: where the flow is, who is held up, and whose event already stands in line at the
/// receiver. Both lists are sorted.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Situation {
    state: StateId,
    held_up: Vec<ServiceId>,
    in_line: Vec<ServiceId>,
}

fn contains(sorted: &[ServiceId], id: ServiceId) -> bool {
    sorted.binary_search(&id).is_ok()
}

fn insert(sorted: &mut Vec<ServiceId>, id: ServiceId) {
    if let Err(at) = sorted.binary_search(&id) {
        sorted.insert(at, id);
    }
}
