//! Which events can arrive at a participant that does not move.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::automaton::{Automaton, ForkId, State, Transition};
use super::view::Action;
use crate::model::{ScopeId, ServiceId, StateId, StepId};

/// More situations than this, and the search is given up.
const MAX_SITUATIONS: usize = 100_000;

/// The search was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GivenUp;

/// How an event can arrive: with a step that emits it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrives {
    /// Somehow.
    pub(super) step: Option<StepId>,
    /// After the deadline that has passed, as the event tells, had been entered anew.
    pub(super) again: Option<StepId>,
}

/// The events that can be first in line at `receiver` while it stands still, behind this transition of the whole:
/// by what it is to whoever hears it, and the deadline that has passed when it comes. (The available messages of CAV 2023,
/// definition 5.)
///
/// Whoever would have to hear from a participant that is held up is held up as well.
pub(super) fn available(
    automaton: &Automaton,
    receiver: ServiceId,
    behind: &Transition,
) -> Result<BTreeMap<(Action, Option<ScopeId>), Arrives>, GivenUp> {
    let mut found: BTreeMap<_, Arrives> = BTreeMap::new();
    let mut seen: FxHashSet<Situation> = FxHashSet::default();
    let mut pending = vec![Situation::new(behind, receiver)];
    while let Some(situation) = pending.pop() {
        if !seen.insert(situation.clone()) {
            continue;
        }
        if seen.len() > MAX_SITUATIONS {
            return Err(GivenUp);
        }
        let state = &automaton.states[situation.state];
        for transition in state.leaving() {
            let at = automaton.places.of(transition.step);
            let place = automaton.places.get(at);
            let mut next = situation.moved(automaton, transition.target);
            next.enter(&transition.enters.with);
            let line = (transition.emitter, place.lane);
            if contains(&situation.held_up, &transition.emitter) {
                for subscriber in &transition.subscribers {
                    insert(&mut next.held_up, *subscriber);
                }
            } else if transition.hears(receiver) {
                if next.is_first(line, transition.leaves) {
                    let action = Action::Hear(transition.event, transition.emitter, at);
                    let arrives = found.entry((action, transition.leaves)).or_default();
                    arrives.step.get_or_insert(transition.step);
                    if transition.leaves.is_some_and(|scope| contains(&next.entered, &scope)) {
                        arrives.again.get_or_insert(transition.step);
                    }
                }
                next.stand(line, &place.scopes);
            }
            next.enter(&transition.enters.behind);
            pending.push(next);
        }
        pending.extend(situation.forked(state));
        pending.extend(situation.closed(state));
    }
    Ok(found)
}

/// A point of the search: where the flow is, who is held up, and what already stands in line at the receiver.
/// All lists are sorted.
///
/// The regions of a fork are gone through one after the other, each with those who were held up when it began: what
/// holds somebody up in one region does not in another, but behind the fork it does. A region may never end, so each is
/// gone through by itself as well.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Situation {
    state: StateId,
    held_up: Vec<ServiceId>,
    in_line: Vec<InLine>,
    /// The deadlines whose bodies were entered since the search began.
    entered: Vec<ScopeId>,
    forks: Vec<Forked>,
}

/// Events that stand in line at the receiver.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct InLine {
    /// Whose, and in which lane.
    line: (ServiceId, u32),
    /// The deadlines that all of them are late of, should they pass: they stand in the bodies, which were not entered
    /// anew since. That such a deadline has passed is heard before them.
    bodies: Vec<ScopeId>,
}

/// A fork that has begun.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Forked {
    id: ForkId,
    /// The regions that are still to be gone through; `None`: this one alone was, and what is behind the fork is not.
    regions: Option<Vec<StateId>>,
    /// Who was held up when the fork began.
    before: Vec<ServiceId>,
    /// Who was held up in one of the regions that are over.
    after: Vec<ServiceId>,
}

impl Situation {
    fn new(behind: &Transition, receiver: ServiceId) -> Self {
        let (held_up, in_line, entered, forks) = (vec![receiver], Vec::new(), Vec::new(), Vec::new());
        let mut new = Self { state: behind.target, held_up, in_line, entered, forks };
        new.enter(&behind.enters.behind);
        new
    }

    /// What stands in line belongs to an earlier entry of these bodies from now on.
    fn enter(&mut self, scopes: &[ScopeId]) {
        for scope in scopes {
            insert(&mut self.entered, *scope);
            self.in_line.iter_mut().for_each(|it| it.bodies.retain(|body| body != scope));
        }
    }

    /// Whether an event of this line would be heard next; `leaves` is the deadline that has passed, as it tells.
    fn is_first(&self, line: (ServiceId, u32), leaves: Option<ScopeId>) -> bool {
        let before = self.in_line.iter().find(|it| it.line == line);
        before.is_none_or(|it| leaves.is_some_and(|scope| it.bodies.contains(&scope)))
    }

    /// One more event of this line, emitted in these bodies.
    fn stand(&mut self, line: (ServiceId, u32), scopes: &[ScopeId]) {
        match self.in_line.binary_search_by_key(&line, |it| it.line) {
            Ok(at) => self
                .in_line
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|it| it.bodies.retain(|body| scopes.contains(body))),
            Err(at) => self.in_line.insert(at, InLine { line, bodies: scopes.to_vec() }),
        }
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

    /// The regions of the fork that begins here: the first, with the others behind it, and each of these by itself.
    fn forked(&self, state: &State) -> Vec<Self> {
        let Some(fork) = &state.fork else { return Vec::new() };
        let Some((first, others)) = fork.regions.split_first() else { return Vec::new() };
        let in_region = |region: StateId, regions| {
            let mut next = self.at(region);
            let (before, after) = (self.held_up.clone(), self.held_up.clone());
            next.forks.push(Forked { id: fork.id, regions, before, after });
            next
        };
        let alone = others.iter().map(|region| in_region(*region, None));
        alone.chain([in_region(*first, Some(others.to_vec()))]).collect()
    }

    /// The next region of the fork of which one ends here, or what is behind it.
    fn closed(&self, state: &State) -> Option<Self> {
        let mut next = self.at(state.closes?);
        // The search may have begun within a region: nothing is known of its siblings, which only hold up more.
        let Some(mut fork) = next.forks.pop() else { return Some(next) };
        for who in &self.held_up {
            insert(&mut fork.after, *who);
        }
        let mut regions = fork.regions.take()?;
        if regions.is_empty() {
            next.held_up = fork.after;
        } else {
            next.state = regions.remove(0);
            next.held_up.clone_from(&fork.before);
            next.forks.push(Forked { regions: Some(regions), ..fork });
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
