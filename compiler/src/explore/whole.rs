//! The runs of the whole automaton, as if everybody heard at once: what the text says that may happen.

use crate::model::StateId;
use crate::project::automaton::{Automaton, Transition};

/// Where the whole flow is: one state, or one in each of several regions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whole {
    state: StateId,
    regions: Vec<Whole>,
}

impl Whole {
    /// Where an instance starts.
    pub fn start(automaton: &Automaton) -> Option<Self> {
        Some(Self::at(automaton, automaton.initial()?))
    }

    fn at(automaton: &Automaton, state: StateId) -> Self {
        let fork = automaton.states[state].fork.as_ref();
        let regions = fork.map(|fork| fork.regions.iter().map(|start| Self::at(automaton, *start)).collect());
        let mut whole = Self { state, regions: regions.unwrap_or_default() };
        whole.settle(automaton);
        whole
    }

    /// Goes on behind the regions that are over.
    fn settle(&mut self, automaton: &Automaton) {
        let Some(fork) = &automaton.states[self.state].fork else { return };
        if self.regions.iter().all(|region| region.is_over(automaton)) {
            *self = Self::at(automaton, fork.join);
        }
    }

    /// Whether nothing more happens.
    fn is_over(&self, automaton: &Automaton) -> bool {
        let state = &automaton.states[self.state];
        self.regions.is_empty() && state.ends && state.transitions.is_empty()
    }

    /// Whether the flow may be over.
    pub fn may_be_over(&self, automaton: &Automaton) -> bool {
        self.regions.is_empty() && automaton.states[self.state].ends
    }

    /// What may happen next, region by region, each with what holds afterwards; that a deadline passes comes last.
    pub fn next<'a>(&self, automaton: &'a Automaton) -> Vec<Vec<(&'a Transition, Self)>> {
        let state = &automaton.states[self.state];
        let after = |transition: &'a Transition| (transition, Self::at(automaton, transition.target));
        let mut own: Vec<_> = state.transitions.iter().map(after).collect();
        let mut groups: Vec<Vec<_>> = Vec::new();
        for (number, region) in self.regions.iter().enumerate() {
            for group in region.next(automaton) {
                let around = group.into_iter().map(|(transition, inner)| {
                    let mut whole = self.clone();
                    whole.regions.get_mut(number).into_iter().for_each(|region| region.clone_from(&inner));
                    whole.settle(automaton);
                    (transition, whole)
                });
                groups.push(around.collect());
            }
        }
        // What leads out of the regions around belongs to the fork.
        let inside = |t: &&Transition| match state.within.last() {
            Some(fork) => automaton.states[t.target].lies_in(*fork),
            None => true,
        };
        let expiries: Vec<_> =
            state.expiries.iter().filter(|t| !t.crossing).filter(inside).map(after).collect();
        if groups.is_empty() {
            own.extend(expiries);
            groups.push(own);
        } else {
            // A deadline around regions passes while they go on.
            for group in &mut groups {
                group.extend(expiries.iter().cloned());
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }
}
