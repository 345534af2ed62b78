//! Where regions meet.

use std::collections::BTreeSet;

use crate::model::{Choreography, EventId, LocalStateId, Name, Node};
use crate::project::machine::{LocalFork, LocalMachine};
use crate::source::Span;

/// The states of each region of the fork in this state.
///
/// Nothing leads out of a region but what leads out of the fork, when a deadline ends it.
pub fn members(machine: &LocalMachine, fork: LocalStateId) -> Vec<BTreeSet<LocalStateId>> {
    let state = &machine.states[fork];
    let out: BTreeSet<LocalStateId> =
        state.hears.iter().map(|hear| hear.target).chain(state.emissions().map(|emit| emit.target)).collect();
    let regions = state.fork.iter().flat_map(|fork| &fork.regions);
    regions
        .map(|start| {
            let (mut seen, mut pending) = (BTreeSet::new(), vec![*start]);
            while let Some(at) = pending.pop() {
                if !out.contains(&at) && seen.insert(at) {
                    pending.extend(machine.states[at].targets());
                }
            }
            seen
        })
        .collect()
}

/// The events with which each region may end, in the order of their declaration.
pub(super) fn ends(machine: &LocalMachine, fork: LocalStateId) -> Vec<Vec<EventId>> {
    let last = |states: BTreeSet<LocalStateId>| -> BTreeSet<EventId> {
        let states = states.into_iter().map(|at| &machine.states[at]);
        states
            .flat_map(|state| {
                let heard = state.hears.iter().map(|hear| (hear.event, hear.target));
                heard.chain(state.emits.iter().map(|emit| (emit.event, emit.target)))
            })
            .filter(|(_, target)| machine.states[*target].is_final())
            .map(|(event, _)| event)
            .collect()
    };
    let ends = members(machine, fork).into_iter().map(last);
    ends.filter(|events| !events.is_empty()).map(|events| events.into_iter().collect()).collect()
}

/// What is heard last in a region: asked about only when all regions are over.
pub(super) fn heard_last(
    machine: &LocalMachine,
    joins: &[(LocalStateId, &LocalFork)],
) -> BTreeSet<(LocalStateId, usize)> {
    let states = joins.iter().flat_map(|(fork, _)| members(machine, *fork)).flatten();
    states
        .flat_map(|at| {
            machine.states[at].hears.iter().enumerate().map(move |(index, hear)| (at, index, hear))
        })
        .filter(|(_, _, hear)| machine.states[hear.target].is_final())
        .map(|(at, index, _)| (at, index))
        .collect()
}

/// The label of the `par` at this place.
pub(super) fn label(choreography: &Choreography, span: Span) -> Option<&Name> {
    choreography.nodes().into_iter().find_map(|node| match node {
        Node::Parallel(parallel) if parallel.span == span => parallel.label.as_ref(),
        _ => None,
    })
}
