//! The states of a choreography in the order of its flow, and what gathers on the ways to each.

use std::hash::Hash;

use rustc_hash::FxHashSet;

use crate::model::{Arena, StateId};
use crate::project::automaton::{Automaton, State, Transition};

/// More cells (states or nodes by what is kept for each) are not worked out.
const MOST_CELLS: usize = 4_000_000;

/// Whether it would take too long to keep so many things for each of so many places.
pub(crate) fn is_too_large(places: usize, things: usize) -> bool {
    places.saturating_mul(things) > MOST_CELLS
}

/// Shows each state with all that may have been added on the ways to it; each loop is gone through once. The caller sees to
/// it that there is not too much of it.
pub(crate) fn gather<T: Copy + Eq + Hash>(
    automaton: &Automaton,
    added: impl Fn(&Transition) -> Option<T>,
    mut show: impl FnMut(&State, &FxHashSet<T>),
) {
    let mut gathered: Arena<StateId, FxHashSet<T>> =
        automaton.states.values().map(|_| FxHashSet::default()).collect();
    for id in order(automaton) {
        let here = std::mem::take(&mut gathered[id]);
        let state = &automaton.states[id];
        show(state, &here);
        for transition in state.leaving() {
            gathered[transition.target].extend(here.iter().copied().chain(added(transition)));
        }
        for next in silent(state) {
            gathered[next].extend(&here);
        }
    }
}

/// Where the flow goes on from a state without an event.
pub(super) fn silent(state: &State) -> impl Iterator<Item = StateId> {
    let regions = state.fork.iter().flat_map(|fork| fork.regions.iter().copied());
    regions.chain(state.closes)
}

/// The states, each before those that follow it, but where a loop goes round.
pub(super) fn order(automaton: &Automaton) -> Vec<StateId> {
    let mut order = Vec::new();
    let mut seen: Arena<StateId, bool> = automaton.states.values().map(|_| false).collect();
    let mut open: Vec<(StateId, Vec<StateId>)> = Vec::new();
    let enter = |id: StateId, seen: &mut Arena<StateId, bool>| {
        seen[id] = true;
        let state = &automaton.states[id];
        let targets = state.leaving().map(|transition| transition.target);
        (id, targets.chain(silent(state)).collect::<Vec<_>>())
    };
    open.extend(automaton.initial().map(|initial| enter(initial, &mut seen)));
    while let Some((id, targets)) = open.last_mut() {
        match targets.pop() {
            Some(target) if !seen[target] => open.push(enter(target, &mut seen)),
            Some(_) => {}
            None => {
                order.push(*id);
                open.pop();
            }
        }
    }
    order.reverse();
    order
}
