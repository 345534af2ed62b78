//! Which events can arrive at a participant that does not move.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::automaton::{Automaton, ForkId, PlaceId, State};
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
) -> Result<BTreeMap<(ServiceId, EventId, PlaceId), StepId>, GivenUp> {
    let mut found = BTreeMap::new();
    let mut seen: FxHashSet<Situation> = FxHashSet::default();
    let mut pending = vec![Situation::new(from, receiver)];
    while let Some(situation) = pending.pop() {
        if !seen.insert(situation.clone()) {
            continue;
        }
        if seen.len() > MAX_SITUATIONS {
            return Err(GivenUp);
        }
        let state = &automaton.states[situation.state];
        for transition in state.leaving() {
            let place = automaton.places.of(transition.step);
            let mut next = situation.moved(automaton, transition.target);
            let line = (transition.emitter, automaton.places.get(place).lane);
            if contains(&situation.held_up, &transition.emitter) {
                for subscriber in &transition.subscribers {
                    insert(&mut next.held_up, *subscriber);
                }
            } else if transition.hears(receiver) {
                // That a deadline has passed is heard before what of its body stands in front of it.
                if transition.leaves.is_some() || !contains(&situation.in_line, &line) {
                    found.entry((transition.emitter, transition.event, place)).or_insert(transition.step);
                }
                insert(&mut next.in_line, line);
            }
            pending.push(next);
        }
        pending.extend(situation.forked(state));
        pending.extend(situation.closed(state));
    }
    Ok(found)
}

/// A point of the search: where the flow is, who is held up, and whose event already stands in line at the
/// receiver, in which lane. All lists are sorted.
///
/// The regions of a fork are gone through one after the other, each with those who were held up when it began: what
/// holds somebody up in one region does not in another, but behind the fork it does.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Situation {
    state: StateId,
    held_up: Vec<ServiceId>,
    in_line: Vec<(ServiceId, u32)>,
    forks: Vec<Forked>,
}

/// A fork that has begun.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Forked {
    id: ForkId,
    /// The regions that are still to be gone through.
    regions: Vec<StateId>,
    /// Who was held up when the fork began.
    before: Vec<ServiceId>,
    /// Who was held up in one of the regions that are over.
    after: Vec<ServiceId>,
}

impl Situation {
    fn new(state: StateId, receiver: ServiceId) -> Self {
        Self { state, held_up: vec![receiver], in_line: Vec::new(), forks: Vec::new() }
    }

    fn at(&self, state: StateId) -> Self {
        Self { state, ..self.clone() }
    }

    /// At the target of a transition, which may lead out of forks.
    fn moved(&self, automaton: &Automaton, target: StateId) -> Self {
        let mut next = self.at(target);
        next.forks.retain(|fork| automaton.states[target].lies_in(fork.id));
        next
    }

    /// The first region of the fork that begins here.
    fn forked(&self, state: &State) -> Option<Self> {
        let fork = state.fork.as_ref()?;
        let (first, others) = fork.regions.split_first()?;
        let mut next = self.at(*first);
        let (before, after) = (self.held_up.clone(), self.held_up.clone());
        next.forks.push(Forked { id: fork.id, regions: others.to_vec(), before, after });
        Some(next)
    }

    /// The next region of the fork of which one ends here, or what is behind it.
    fn closed(&self, state: &State) -> Option<Self> {
        let join = state.closes?;
        // The search may have begun within a region: nothing is known of its siblings, which only hold up more.
        let Some(fork) = self.forks.last() else { return Some(self.at(join)) };
        let mut after = fork.after.clone();
        for who in &self.held_up {
            insert(&mut after, *who);
        }
        let mut next = self.at(join);
        next.forks.pop();
        match fork.regions.split_first() {
            None => next.held_up = after,
            Some((region, others)) => {
                next.state = *region;
                next.held_up.clone_from(&fork.before);
                let (id, before) = (fork.id, fork.before.clone());
                next.forks.push(Forked { id, regions: others.to_vec(), before, after });
            }
        }
        Some(next)
    }
}

fn contains<T: Ord>(sorted: &[T], id: &T) -> bool {
    sorted.binary_search(id).is_ok()
}

fn insert<T: Ord + Copy>(sorted: &mut Vec<T>, id: T) {
    if let Err(at) = sorted.binary_search(&id) {
        sorted.insert(at, id);
    }
}
