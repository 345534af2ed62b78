//! What one participant can tell apart: the subset construction.
//!
//! A participant sees only the events that it emits or hears. A [`View`] is the set of states of the whole in
//! which the flow may be, as far as the participant can know. Two states are in one view exactly when some
//! two runs to them look alike to the participant (SR of Li, Stutz, Wies, Zufferey, CAV 2023).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::automaton::{Automaton, Enters, PlaceId, Transition, UndoId};
use super::sight::Sight;
use crate::model::{EventId, ScopeId, ServiceId, StateId, StepId};
use crate::source::Span;

/// More views than this of one participant: the choreography is refused as too large to be decided.
const MAX_VIEWS: usize = 50_000;

/// The views of one participant; the first is where it starts.
#[derive(Clone, Debug)]
pub struct Views {
    /// The participant.
    pub participant: ServiceId,
    /// Its views, in the order in which they are reached.
    pub views: Vec<View>,
}

/// States of the whole that look alike to the participant.
#[derive(Clone, Debug)]
pub struct View {
    /// The states, sorted; closed under events without the participant.
    pub states: Vec<StateId>,
    /// What the participant may do, in the order of the text.
    pub moves: Vec<Move>,
    /// The regions that it is in from here on.
    pub fork: Option<ViewFork>,
}

/// Several regions at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewFork {
    /// The view in which each starts: an index.
    pub regions: Vec<usize>,
    /// The view when all are over: an index.
    pub join: usize,
    /// The `par` in the text.
    pub span: Span,
}

/// One thing that the participant may do in a view.
#[derive(Clone, Debug)]
pub struct Move {
    /// What it does.
    pub action: Action,
    /// The steps in the text that may be meant, in order; of a rollback, those that may be taken back.
    pub steps: Vec<StepId>,
    /// The deadlines that begin with this, whoever keeps them.
    pub enters: Enters,
    /// The deadline that has passed when this happens.
    pub leaves: Option<ScopeId>,
    /// The view afterwards: an index.
    pub target: usize,
}

/// What a participant does, as it sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It emits an event to these subscribers, in this place; and this takes it back.
    Emit(EventId, Vec<ServiceId>, PlaceId, Option<UndoId>),
    /// It hears an event from this emitter, emitted in this place.
    Hear(EventId, ServiceId, PlaceId),
    /// It takes back what it did.
    Rollback,
}

impl Action {
    /// The transition as this participant sees it; `None`: not at all.
    pub fn of(automaton: &Automaton, transition: &Transition, participant: ServiceId) -> Option<Self> {
        let place = automaton.places.of(transition.step);
        if transition.emits(participant) {
            let rollback = transition.is_rollback();
            let undo = automaton.places.undo(transition.step);
            let emit = || Self::Emit(transition.event, transition.subscribers.clone(), place, undo);
            Some(if rollback { Self::Rollback } else { emit() })
        } else if transition.hears(participant) {
            Some(Self::Hear(transition.event, transition.emitter, place))
        } else {
            None
        }
    }

    /// Whether the participant acts of its own accord.
    pub fn is_own(&self) -> bool {
        !matches!(self, Self::Hear(..))
    }
}

/// The participant has more views than can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyViews;

/// Lists the views of a participant.
pub fn views(sight: &Sight<'_>) -> Result<Views, TooManyViews> {
    let mut search = Search { sight, numbers: FxHashMap::default(), pending: Vec::new() };
    search.number(sight.automaton.initial().into_iter().collect());
    let mut views = Vec::new();
    while let Some(states) = search.pending.get(views.len()).cloned() {
        if search.pending.len() > MAX_VIEWS {
            return Err(TooManyViews);
        }
        let (moves, fork) = (search.moves(&states), search.fork(&states));
        views.push(View { states, moves, fork });
    }
    Ok(Views { participant: sight.participant, views })
}

struct Search<'a> {
    sight: &'a Sight<'a>,
    numbers: FxHashMap<Vec<StateId>, usize>,
    pending: Vec<Vec<StateId>>,
}

impl Search<'_> {
    fn number(&mut self, states: Vec<StateId>) -> usize {
        let closed = self.sight.closure(states);
        let next = self.pending.len();
        *self.numbers.entry(closed).or_insert_with_key(|closed| {
            self.pending.push(closed.clone());
            next
        })
    }

    fn moves(&mut self, states: &[StateId]) -> Vec<Move> {
        let mut by_action: BTreeMap<Action, Merged<'_>> = BTreeMap::new();
        for transition in states.iter().flat_map(|state| self.sight.actions(*state)) {
            if let Some(action) = Action::of(self.sight.automaton, transition, self.sight.participant) {
                let merged = by_action.entry(action).or_insert_with(|| Merged::of(transition));
                merged.leaves = merged.leaves.filter(|_| transition.leaves.is_some());
                merged.targets.push(transition.target);
                merged.steps.extend(if transition.is_rollback() {
                    transition.undoes.clone()
                } else {
                    vec![transition.step]
                });
            }
        }
        let mut moves: Vec<Move> = by_action
            .into_iter()
            .map(|(action, mut merged)| {
                merged.steps.sort_unstable();
                merged.steps.dedup();
                Move {
                    action,
                    steps: merged.steps,
                    enters: merged.first.enters.clone(),
                    leaves: merged.leaves,
                    target: self.number(merged.targets),
                }
            })
            .collect();
        moves.sort_by(|a, b| a.steps.cmp(&b.steps));
        moves
    }

    /// The regions that begin in one of these states. Where several states fork, or something else may happen as
    /// well, the participant cannot know: `coherence` refuses that.
    fn fork(&mut self, states: &[StateId]) -> Option<ViewFork> {
        let fork = states.iter().find_map(|state| self.sight.fork(*state))?;
        let regions = self.sight.regions(fork).into_iter().map(|start| self.number(vec![start])).collect();
        Some(ViewFork { regions, join: self.number(vec![fork.join]), span: fork.span })
    }
}

/// Transitions that are one and the same to the participant. Where they differ in a deadline that concerns it, `timing`
/// refuses them.
struct Merged<'a> {
    first: &'a Transition,
    /// To whoever has no part in a deadline, its passing may be an event like another; then it is that.
    leaves: Option<ScopeId>,
    steps: Vec<StepId>,
    targets: Vec<StateId>,
}

impl<'a> Merged<'a> {
    fn of(first: &'a Transition) -> Self {
        Self { first, leaves: first.leaves, steps: Vec::new(), targets: Vec::new() }
    }
}
