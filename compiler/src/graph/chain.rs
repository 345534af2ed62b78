//! The longest chain of events of a choreography, each heard before the next could be published.
//!
//! How long a chain may be when a participant has come to a state is a maximum over all runs. What a step does to these
//! lengths is to add one and to take a maximum, and that may be done once for all runs together: so the result is exact
//! however many runs there are. Each loop is gone through once.

use rustc_hash::FxHashMap;

use super::order::{is_too_large, order, silent};
use crate::model::{Arena, EventId, ServiceId, StateId, StepId};
use crate::project::automaton::{Automaton, Transition};

/// One event of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) emitter: ServiceId,
    pub(crate) event: EventId,
    pub(crate) step: StepId,
}

/// The chains of one choreography.
pub(crate) struct Chains {
    nodes: Vec<Node>,
    /// The end of the longest chain to each event.
    to: FxHashMap<EventId, usize>,
    longest: Option<usize>,
}

struct Node {
    link: Link,
    /// How many links the chain has up to here.
    length: usize,
    before: Option<usize>,
}

/// What each participant has heard last in the longest chain to it.
type Heard = FxHashMap<ServiceId, usize>;

impl Chains {
    /// `None`: the choreography is too large.
    pub(crate) fn of(automaton: &Automaton) -> Option<Self> {
        if is_too_large(automaton.states.len(), automaton.participants().len()) {
            return None;
        }
        let mut chains = Self { nodes: Vec::new(), to: FxHashMap::default(), longest: None };
        let order = order(automaton);
        let mut rank: Arena<StateId, usize> = automaton.states.values().map(|_| 0).collect();
        for (at, state) in order.iter().enumerate() {
            rank[*state] = at;
        }
        let mut heard: Arena<StateId, Heard> = automaton.states.values().map(|_| Heard::default()).collect();
        for id in order {
            let here = std::mem::take(&mut heard[id]);
            let state = &automaton.states[id];
            for transition in state.leaving().filter(|transition| !transition.crossing) {
                let after = chains.step(&here, transition);
                if rank[transition.target] > rank[id] {
                    chains.merge(&mut heard[transition.target], after);
                }
            }
            for next in silent(state).filter(|next| rank[*next] > rank[id]) {
                chains.merge(&mut heard[next], here.clone());
            }
        }
        Some(chains)
    }

    /// The longest chain, its first event first.
    pub(crate) fn longest(&self) -> Vec<Link> {
        self.back_from(self.longest)
    }

    /// The longest chain that ends with this event.
    pub(crate) fn to(&self, event: EventId) -> Vec<Link> {
        self.back_from(self.to.get(&event).copied())
    }

    fn back_from(&self, end: Option<usize>) -> Vec<Link> {
        let node = |at: usize| self.nodes.get(at);
        let nodes = std::iter::successors(end.and_then(node), |last| last.before.and_then(node));
        let mut links: Vec<Link> = nodes.map(|node| node.link).collect();
        links.reverse();
        links
    }

    fn length(&self, node: Option<usize>) -> usize {
        node.and_then(|at| self.nodes.get(at)).map_or(0, |node| node.length)
    }

    /// What has been heard after this event.
    fn step(&mut self, here: &Heard, transition: &Transition) -> Heard {
        let Transition { emitter, event, step, .. } = *transition;
        let before = here.get(&emitter).copied();
        let (at, length) = (self.nodes.len(), self.length(before) + 1);
        self.nodes.push(Node { link: Link { emitter, event, step }, length, before });
        if self.length(self.longest) < length {
            self.longest = Some(at);
        }
        if self.length(self.to.get(&event).copied()) < length {
            self.to.insert(event, at);
        }
        let mut after = here.clone();
        // Nobody's next step depends on what is taken back.
        if !transition.is_rollback() {
            self.merge(&mut after, transition.subscribers.iter().map(|subscriber| (*subscriber, at)));
        }
        after
    }

    fn merge(&self, into: &mut Heard, other: impl IntoIterator<Item = (ServiceId, usize)>) {
        for (participant, at) in other {
            let known = into.get(&participant).copied();
            // Of two that are as long, the one that is written first, whatever order the map has.
            let better = self.length(known) < self.length(Some(at))
                || self.length(known) == self.length(Some(at)) && known.is_some_and(|known| at < known);
            if better {
                into.insert(participant, at);
            }
        }
    }
}
