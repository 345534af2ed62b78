//! Two runs that a participant cannot tell apart.

use rustc_hash::FxHashSet;

use super::automaton::Transition;
use super::sight::Sight;
use super::view::Action;
use crate::model::{StateId, StepId};

/// More pairs of states than this, and no example is given.
const MAX_PAIRS: usize = 200_000;

/// Two runs that look alike to a participant, as what happens in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alike {
    /// What happens in the first run, in order.
    pub(super) first: Vec<Happening>,
    /// What happens in the second run, in order.
    pub(super) second: Vec<Happening>,
}

/// A step is taken, or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// It is taken.
    Step(StepId),
    /// Its emitter takes it back.
    TakenBack(StepId),
}

impl Happening {
    fn of(transition: &Transition) -> Self {
        if transition.is_rollback() { Self::TakenBack(transition.step) } else { Self::Step(transition.step) }
    }

    /// The step, where one is taken.
    pub(super) fn step(self) -> Option<StepId> {
        match self {
            Self::Step(step) => Some(step),
            Self::TakenBack(_) => None,
        }
    }
}

impl Alike {
    /// How many steps the two runs share from the start.
    pub(super) fn shared(&self) -> usize {
        self.first.iter().zip(&self.second).take_while(|(a, b)| a == b).count()
    }

    /// The steps of both runs behind what they share.
    pub(super) fn apart(&self) -> impl Iterator<Item = StepId> + '_ {
        let shared = self.shared();
        self.first.iter().skip(shared).chain(self.second.iter().skip(shared)).filter_map(|it| it.step())
    }
}

/// The shortest two runs, alike to the participant, that end in a wanted pair of states.
///
/// Breadth first over pairs: either side takes a step without the participant, or both take steps that are
/// one and the same to it. Regions that the participant is in at once are looked at one by one.
pub(super) fn alike(sight: &Sight<'_>, wanted: impl Fn(StateId, StateId) -> bool) -> Option<Alike> {
    let initial = sight.automaton.initial()?;
    let mut search = Search { seen: FxHashSet::default(), nodes: Vec::new() };
    search.reach((initial, initial), None);
    let mut at = 0;
    while let Some(node) = search.nodes.get(at) {
        let (first, second) = node.pair;
        if wanted(first, second) {
            return Some(search.trace(at));
        }
        if search.nodes.len() > MAX_PAIRS {
            return None;
        }
        for (step, target) in silent(sight, first) {
            search.reach((target, second), Some(Origin { from: at, first: step, second: None }));
        }
        for (step, target) in silent(sight, second) {
            search.reach((first, target), Some(Origin { from: at, first: None, second: step }));
        }
        let action = |step: &Transition| Action::of(sight.automaton, step, sight.participant);
        for step in sight.actions(first) {
            for same in sight.actions(second).filter(|t| action(t) == action(step)) {
                let origin = Origin { from: at, first: Some(step), second: Some(same) };
                search.reach((step.target, same.target), Some(origin));
            }
        }
        for pair in forked(sight, first, second) {
            search.reach(pair, Some(Origin { from: at, first: None, second: None }));
        }
        at += 1;
    }
    None
}

/// What may happen without the participant: with the step, where it is one.
fn silent<'a>(sight: &Sight<'a>, state: StateId) -> Vec<(Option<&'a Transition>, StateId)> {
    let steps = sight.automaton.states[state].leaving();
    sight
        .silently(state)
        .into_iter()
        .map(|target| (steps.clone().find(|t| t.target == target && !t.involves(sight.participant)), target))
        .collect()
}

/// Both runs enter the regions of a fork, or leave them.
fn forked(sight: &Sight<'_>, first: StateId, second: StateId) -> Vec<(StateId, StateId)> {
    match (sight.fork(first), sight.fork(second)) {
        (Some(one), Some(other)) if one.id == other.id => {
            let regions = one.regions.iter().copied().zip(other.regions.iter().copied());
            regions.chain([(one.join, other.join)]).collect()
        }
        _ => Vec::new(),
    }
}

struct Search<'a> {
    seen: FxHashSet<(StateId, StateId)>,
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    pair: (StateId, StateId),
    origin: Option<Origin<'a>>,
}

struct Origin<'a> {
    from: usize,
    first: Option<&'a Transition>,
    second: Option<&'a Transition>,
}

impl<'a> Search<'a> {
    fn reach(&mut self, pair: (StateId, StateId), origin: Option<Origin<'a>>) {
        if self.seen.insert(pair) {
            self.nodes.push(Node { pair, origin });
        }
    }

    fn trace(&self, end: usize) -> Alike {
        let mut alike = Alike { first: Vec::new(), second: Vec::new() };
        let mut at = end;
        while let Some(origin) = self.nodes.get(at).and_then(|node| node.origin.as_ref()) {
            alike.first.extend(origin.first.map(Happening::of));
            alike.second.extend(origin.second.map(Happening::of));
            at = origin.from;
        }
        alike.first.reverse();
        alike.second.reverse();
        alike
    }
}
