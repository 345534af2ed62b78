//! What one participant can tell apart: the subset construction.
//!
//! A participant sees only the events that it emits or hears. A [`View`] is the set of states of the whole in
//! which the flow may be, as far as the participant can know. Two states are in one view exactly when some
//! two runs to them look alike to the participant (SR of Li, Stutz, Wies, Zufferey, CAV 2023).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::automaton::{Automaton, Transition};
use crate::model::{EventId, Id, ServiceId, StateId, StepId};

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
}

/// One thing that the participant may do in a view.
#[derive(Clone, Debug)]
pub struct Move {
    /// What it does.
    pub action: Action,
    /// The steps in the text that may be meant, in order.
    pub steps: Vec<StepId>,
    /// The view afterwards: an index.
    pub target: usize,
}

/// What a participant does, as it sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It emits an event to these subscribers.
    Emit(EventId, Vec<ServiceId>),
    /// It hears an event from this emitter.
    Hear(EventId, ServiceId),
}

impl Action {
    /// The transition as this participant sees it; `None`: not at all.
    pub fn of(transition: &Transition, participant: ServiceId) -> Option<Self> {
        if transition.emitter == participant {
            Some(Self::Emit(transition.event, transition.subscribers.clone()))
        } else if transition.hears(participant) {
            Some(Self::Hear(transition.event, transition.emitter))
        } else {
            None
        }
    }
}

/// The participant has more views than can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyViews;

/// Lists the views of a participant.
pub fn views(automaton: &Automaton, participant: ServiceId) -> Result<Views, TooManyViews> {
    let mut search = Search { automaton, participant, numbers: FxHashMap::default(), pending: Vec::new() };
    search.number(automaton.initial().into_iter().collect());
    let mut views = Vec::new();
    while let Some(states) = search.pending.get(views.len()).cloned() {
        if search.pending.len() > MAX_VIEWS {
            return Err(TooManyViews);
        }
        let moves = search.moves(&states);
        views.push(View { states, moves });
    }
    Ok(Views { participant, views })
}

struct Search<'a> {
    automaton: &'a Automaton,
    participant: ServiceId,
    numbers: FxHashMap<Vec<StateId>, usize>,
    pending: Vec<Vec<StateId>>,
}

impl Search<'_> {
    fn number(&mut self, states: Vec<StateId>) -> usize {
        let closed = closure(self.automaton, self.participant, states);
        let next = self.pending.len();
        *self.numbers.entry(closed).or_insert_with_key(|closed| {
            self.pending.push(closed.clone());
            next
        })
    }

    fn moves(&mut self, states: &[StateId]) -> Vec<Move> {
        let mut by_action: BTreeMap<Action, (Vec<StepId>, Vec<StateId>)> = BTreeMap::new();
        for transition in states.iter().flat_map(|state| &self.automaton.states[*state].transitions) {
            if let Some(action) = Action::of(transition, self.participant) {
                let (steps, targets) = by_action.entry(action).or_default();
                steps.push(transition.step);
                targets.push(transition.target);
            }
        }
        let mut moves: Vec<Move> = by_action
            .into_iter()
            .map(|(action, (mut steps, targets))| {
                steps.sort_unstable();
                steps.dedup();
                Move { action, steps, target: self.number(targets) }
            })
            .collect();
        moves.sort_by(|a, b| a.steps.cmp(&b.steps));
        moves
    }
}

/// The states, and all that are reached from them by events without the participant; sorted.
fn closure(automaton: &Automaton, participant: ServiceId, states: Vec<StateId>) -> Vec<StateId> {
    let mut seen = vec![false; automaton.states.len()];
    let mut pending = states;
    let mut closed = Vec::new();
    while let Some(state) = pending.pop() {
        let Some(mark) = seen.get_mut(state.index()) else { continue };
        if std::mem::replace(mark, true) {
            continue;
        }
        closed.push(state);
        let silent = automaton.states[state].transitions.iter().filter(|t| !t.involves(participant));
        pending.extend(silent.map(|transition| transition.target));
    }
    closed.sort_unstable();
    closed
}
