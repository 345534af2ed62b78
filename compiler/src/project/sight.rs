//! What one participant sees of the automaton.
//!
//! Events without it pass it by in silence. Of a `par`, it sees the regions that it takes part in: none or one, and the
//! `par` is to it what stands in that region; several, and it is in all of them at once.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::automaton::{Automaton, Fork, ForkId, Transition};
use crate::model::{Id, ServiceId, StateId};

/// The automaton as one participant sees it.
#[derive(Clone, Debug)]
pub struct Sight<'a> {
    /// The whole.
    pub automaton: &'a Automaton,
    /// Who looks.
    pub participant: ServiceId,
    /// The forks that it takes part in with several regions.
    split: FxHashSet<ForkId>,
    /// Its only region of every other fork, by the region's start.
    only: FxHashSet<StateId>,
}

impl<'a> Sight<'a> {
    /// What the participant sees.
    pub fn new(automaton: &'a Automaton, participant: ServiceId) -> Self {
        let mut sight =
            Self { automaton, participant, split: FxHashSet::default(), only: FxHashSet::default() };
        for fork in automaton.states.values().filter_map(|state| state.fork.as_ref()) {
            let mut own = fork.regions.iter().copied().filter(|start| sight.takes_part(fork.id, *start));
            match (own.next(), own.next()) {
                (Some(only), None) => {
                    sight.only.insert(only);
                }
                (Some(_), Some(_)) => {
                    sight.split.insert(fork.id);
                }
                (None, _) => {}
            }
        }
        sight
    }

    /// Whether the participant takes part in the region that starts here.
    fn takes_part(&self, fork: ForkId, start: StateId) -> bool {
        let mut seen = BTreeSet::new();
        let mut pending = vec![start];
        while let Some(at) = pending.pop() {
            let state = &self.automaton.states[at];
            if !seen.insert(at) {
                continue;
            }
            // Whatever leads out of the fork belongs to a deadline around it.
            let inside = |t: &&Transition| self.automaton.states[t.target].lies_in(fork);
            for transition in state.leaving().filter(inside) {
                if transition.involves(self.participant) {
                    return true;
                }
                pending.push(transition.target);
            }
            let inner = state.fork.iter().flat_map(|inner| inner.regions.iter().chain([&inner.join]));
            pending.extend(inner);
        }
        false
    }

    /// Everything that may happen in a state, as far as it concerns the region that the state is in.
    fn leaving(&self, state: StateId) -> impl Iterator<Item = &'a Transition> {
        let automaton = self.automaton;
        let here = &automaton.states[state];
        let around = here.within.iter().rev().copied().find(|fork| self.split.contains(fork));
        // What ends all regions at once belongs to the fork.
        let concerns =
            move |t: &&Transition| around.is_none_or(|fork| automaton.states[t.target].lies_in(fork));
        // Whoever keeps a deadline has not heard what crosses it: to it, this is another run.
        let me = self.participant;
        let own = move |t: &&Transition| !(t.crossing && t.emitter == me);
        here.transitions.iter().chain(here.expiries.iter().filter(concerns).filter(own))
    }

    /// What the participant may emit or hear in a state.
    pub fn actions(&self, state: StateId) -> impl Iterator<Item = &'a Transition> {
        self.leaving(state).filter(|t| t.involves(self.participant))
    }

    /// Whether a state lies in one of several regions that the participant is in.
    pub fn in_region(&self, state: StateId) -> bool {
        self.automaton.states[state].within.last().is_some_and(|fork| self.split.contains(fork))
    }

    /// The states that may be reached from here in one step without the participant.
    pub fn silently(&self, state: StateId) -> Vec<StateId> {
        let here = &self.automaton.states[state];
        let mut reached: Vec<StateId> = self
            .leaving(state)
            .filter(|t| !t.involves(self.participant) && !t.crossing)
            .map(|t| t.target)
            .collect();
        if let Some(fork) = here.fork.as_ref().filter(|fork| !self.split.contains(&fork.id)) {
            let only = fork.regions.iter().copied().find(|region| self.only.contains(region));
            reached.push(only.unwrap_or(fork.join));
        }
        if here.within.last().is_some_and(|fork| !self.split.contains(fork)) {
            reached.extend(here.closes);
        }
        reached
    }

    /// The regions that begin here for the participant, where there are several.
    pub fn fork(&self, state: StateId) -> Option<&'a Fork> {
        self.automaton.states[state].fork.as_ref().filter(|fork| self.split.contains(&fork.id))
    }

    /// Its regions of a fork.
    pub fn regions(&self, fork: &Fork) -> Vec<StateId> {
        fork.regions.iter().copied().filter(|start| self.takes_part(fork.id, *start)).collect()
    }

    /// Whether the whole flow, or the region that the participant is in, may be over in a state.
    pub fn ends(&self, state: StateId) -> bool {
        let here = &self.automaton.states[state];
        here.ends && here.within.last().is_none_or(|fork| self.split.contains(fork))
    }

    /// The states, and all that are reached from them without the participant; sorted.
    pub fn closure(&self, states: Vec<StateId>) -> Vec<StateId> {
        let mut seen = vec![false; self.automaton.states.len()];
        let mut pending = states;
        let mut closed = Vec::new();
        while let Some(state) = pending.pop() {
            let Some(mark) = seen.get_mut(state.index()) else { continue };
            if std::mem::replace(mark, true) {
                continue;
            }
            closed.push(state);
            pending.extend(self.silently(state));
        }
        closed.sort_unstable();
        closed
    }
}
