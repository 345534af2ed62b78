//! What a participant has seen of an instance by the time that it is in a state.

use std::collections::BTreeSet;

use super::machine::LocalMachine;
use super::points::{Known, members};
use crate::model::{EventId, Id, LocalStateId};

/// What is known in each state, by event: a forward data-flow analysis up to its fixed point.
pub(super) fn known(machine: &LocalMachine) -> Vec<Vec<Known>> {
    let mut flow = Flow {
        machine,
        known: vec![None; machine.states.len()],
        pending: BTreeSet::new(),
        forks: forks(machine),
    };
    if let Some(start) = machine.states.ids().next() {
        flow.reach(start, &[]);
    }
    // States are numbered as they are first reached, so that going on with the lowest meets most ways to a state
    // before the state itself. With the last one added instead, each of many choices in a row would go over all
    // that follows it once more.
    while let Some(id) = flow.pending.pop_first() {
        flow.leave(id);
    }
    flow.known.into_iter().map(Option::unwrap_or_default).collect()
}

/// A fork, and the states of its regions.
struct Regions {
    fork: LocalStateId,
    members: Vec<BTreeSet<LocalStateId>>,
}

struct Flow<'a> {
    machine: &'a LocalMachine,
    known: Vec<Option<Vec<Known>>>,
    pending: BTreeSet<LocalStateId>,
    forks: Vec<Regions>,
}

impl Flow<'_> {
    fn at(&self, id: LocalStateId) -> Option<Vec<Known>> {
        self.known.get(id.index()).cloned().flatten()
    }

    /// One way to a state, and what is known on it.
    fn reach(&mut self, id: LocalStateId, after: &[Known]) {
        let Some(there) = self.known.get_mut(id.index()) else { return };
        let joined = there.as_ref().map_or_else(|| after.to_vec(), |before| either(before, after));
        if there.as_ref() == Some(&joined) {
            return;
        }
        *there = Some(joined);
        self.pending.insert(id);
        // What is known behind a fork depends on what is known in its regions.
        let around =
            self.forks.iter().filter(|region| region.members.iter().any(|states| states.contains(&id)));
        self.pending.extend(around.map(|region| region.fork));
    }

    fn leave(&mut self, id: LocalStateId) {
        let Some(here) = self.at(id) else { return };
        let state = &self.machine.states[id];
        let inside = self.inside(id);
        let heard = state.hears.iter().map(|hear| (hear.event, hear.target));
        let emitted = state.emissions().map(|emit| (emit.event, emit.target));
        for (event, target) in heard.chain(emitted).collect::<Vec<_>>() {
            // Where a deadline ends a fork, the regions may be anywhere.
            let before = inside.iter().fold(here.clone(), |known, other| both(&known, &uncertain(other)));
            self.reach(target, &with(&before, event));
        }
        if let Some(rollback) = &state.rollback {
            self.reach(rollback.target, &here);
        }
        if let Some(fork) = &state.fork {
            for start in &fork.regions {
                self.reach(*start, &here);
            }
            self.join(id, fork.join);
        }
    }

    /// What is known somewhere in the regions of this fork, region by region.
    fn inside(&self, fork: LocalStateId) -> Vec<Vec<Known>> {
        let members =
            self.forks.iter().filter(|region| region.fork == fork).flat_map(|region| &region.members);
        members.map(|states| self.any_of(states.iter().copied())).collect()
    }

    /// What is known on one way or another.
    fn any_of(&self, states: impl Iterator<Item = LocalStateId>) -> Vec<Known> {
        let known: Vec<_> = states.filter_map(|at| self.at(at)).collect();
        known.into_iter().reduce(|one, other| either(&one, &other)).unwrap_or_default()
    }

    /// Behind a fork, what is known at the ends of all its regions is known.
    fn join(&mut self, fork: LocalStateId, join: LocalStateId) {
        let Some(region) = self.forks.iter().find(|region| region.fork == fork) else { return };
        let mut all: Option<Vec<Known>> = None;
        for states in &region.members {
            let ends = states.iter().copied().filter(|at| self.machine.states[*at].is_final());
            let ends: Vec<_> = ends.filter(|at| self.at(*at).is_some()).collect();
            if ends.is_empty() {
                return;
            }
            let known = self.any_of(ends.into_iter());
            all = Some(all.map_or_else(|| known.clone(), |before| both(&before, &known)));
        }
        if let Some(known) = all {
            self.reach(join, &known);
        }
    }
}

/// Every fork with the states of its regions.
fn forks(machine: &LocalMachine) -> Vec<Regions> {
    let forks = machine.states.iter().filter(|(_, state)| state.fork.is_some());
    forks.map(|(fork, _)| Regions { fork, members: members(machine, fork) }).collect()
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

fn uncertain(known: &[Known]) -> Vec<Known> {
    known.iter().map(|known| Known { certain: false, ..*known }).collect()
}

/// What is known when one of two ways was taken: certain is what is certain on both.
pub(super) fn either(one: &[Known], other: &[Known]) -> Vec<Known> {
    merge(one, other, |ways| ways.len() == 2 && ways.iter().all(|known| known.certain))
}

/// What is known when both ways were taken: certain is what is certain on one of them.
pub(super) fn both(one: &[Known], other: &[Known]) -> Vec<Known> {
    merge(one, other, |ways| ways.iter().any(|known| known.certain))
}

fn merge(one: &[Known], other: &[Known], certain: impl Fn(&[Known]) -> bool) -> Vec<Known> {
    let mut all = [one, other].concat();
    all.sort_by_key(|known| known.event);
    all.chunk_by(|a, b| a.event == b.event)
        .filter_map(|ways| Some(Known { event: ways.first()?.event, certain: certain(ways) }))
        .collect()
}
