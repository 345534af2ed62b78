//! One participant's machine: what it emits and hears, in which order, and nothing else.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap;

use super::automaton::Automaton;
use super::minimise;
use super::view::{Action, Move, View, Views};
use crate::model::{Arena, Choreography, ChoreographyId, EventId, Id, LocalStateId, ServiceId, StepId};

/// What one participant does in one choreography. Deterministic and minimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalMachine {
    /// The choreography.
    pub choreography: ChoreographyId,
    /// The participant.
    pub participant: ServiceId,
    /// Its states; the first is where it starts.
    pub states: Arena<LocalStateId, LocalState>,
}

/// One state of a participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalState {
    /// What it may hear here.
    pub hears: Vec<Hear>,
    /// What it may emit here. A state that emits never hears (no mixed choice).
    pub emits: Vec<Emit>,
    /// Whether the choreography may be over for it here.
    pub ends: bool,
}

/// The participant hears an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hear {
    /// Who emits it.
    pub from: ServiceId,
    /// What.
    pub event: EventId,
    /// The label of the steps that may be meant, where they all have this one.
    pub label: Option<String>,
    /// The steps in the text that may be meant, in order.
    pub steps: Vec<StepId>,
    /// Where the participant is afterwards.
    pub target: LocalStateId,
}

/// The participant emits an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emit {
    /// What.
    pub event: EventId,
    /// Who hears it, by id.
    pub subscribers: Vec<ServiceId>,
    /// The steps in the text that may be meant, in order.
    pub steps: Vec<StepId>,
    /// Where the participant is afterwards.
    pub target: LocalStateId,
}

/// The machine of a participant: its views, minimised.
///
/// Sound for choreographies that were found coherent; no merge is needed.
pub fn machine(
    id: ChoreographyId,
    choreography: &Choreography,
    automaton: &Automaton,
    views: &Views,
) -> LocalMachine {
    let labels = Labels(choreography);
    let numbers = numbers(views, &classes(automaton, views, labels));
    let mut members: BTreeMap<LocalStateId, Vec<&View>> = BTreeMap::new();
    for (view, number) in views.views.iter().zip(&numbers) {
        members.entry(*number).or_default().push(view);
    }
    let states = members.values().map(|members| state(automaton, members, &numbers, labels)).collect();
    LocalMachine { choreography: id, participant: views.participant, states }
}

#[derive(Clone, Copy)]
struct Labels<'a>(&'a Choreography);

impl<'a> Labels<'a> {
    /// The label that all these steps carry.
    fn common(self, steps: &[StepId]) -> Option<&'a str> {
        let mut labels = steps.iter().map(|step| self.0.steps[*step].label.as_ref());
        let first = labels.next().flatten()?;
        labels.all(|label| label.is_some_and(|label| label.text == first.text)).then_some(&first.text)
    }
}

/// The class of each view: views of one class have the same future.
fn classes(automaton: &Automaton, views: &Views, labels: Labels) -> Vec<usize> {
    let mut actions: FxHashMap<(&Action, Option<&str>), usize> = FxHashMap::default();
    let mut states = Vec::with_capacity(views.views.len());
    for view in &views.views {
        let mut moves = Vec::with_capacity(view.moves.len());
        for m in &view.moves {
            let next = actions.len();
            moves.push((*actions.entry((&m.action, label(m, labels))).or_insert(next), m.target));
        }
        moves.sort_unstable();
        states.push(minimise::State { ends: ends(automaton, view), moves });
    }
    minimise::classes(&states)
}

/// Only what is heard is named by its label: emitting has no method of its own.
fn label<'a>(m: &Move, labels: Labels<'a>) -> Option<&'a str> {
    match m.action {
        Action::Hear(..) => labels.common(&m.steps),
        Action::Emit(..) => None,
    }
}

/// Whether the flow may be over in this view.
pub(super) fn ends(automaton: &Automaton, view: &View) -> bool {
    view.states.iter().any(|state| automaton.states[*state].ends)
}

/// The machine's state for each view: the classes, numbered in the order in which they are first reached.
fn numbers(views: &Views, classes: &[usize]) -> Vec<LocalStateId> {
    let mut numbers: FxHashMap<usize, LocalStateId> = FxHashMap::default();
    let mut pending = VecDeque::from([0]);
    while let Some(at) = pending.pop_front() {
        let (Some(class), Some(view)) = (classes.get(at), views.views.get(at)) else { continue };
        let next = LocalStateId::from_index(numbers.len());
        if let Entry::Vacant(unseen) = numbers.entry(*class) {
            unseen.insert(next);
            pending.extend(view.moves.iter().map(|m| m.target));
        }
    }
    classes.iter().filter_map(|class| numbers.get(class).copied()).collect()
}

/// The moves of a state: what is done, with its label; the steps that may be meant, and one target.
type Moves<'a> = BTreeMap<(&'a Action, Option<&'a str>), (Vec<StepId>, LocalStateId)>;

/// One state: the moves of all its views, taken together.
fn state(automaton: &Automaton, members: &[&View], numbers: &[LocalStateId], labels: Labels) -> LocalState {
    let mut moves: Moves = BTreeMap::new();
    for m in members.iter().flat_map(|view| &view.moves) {
        let Some(target) = numbers.get(m.target) else { continue };
        let (steps, _) = moves.entry((&m.action, label(m, labels))).or_insert((Vec::new(), *target));
        steps.extend(&m.steps);
    }
    let mut local =
        LocalState { ends: members.iter().any(|view| ends(automaton, view)), ..LocalState::default() };
    for ((action, label), (mut steps, target)) in moves {
        steps.sort_unstable();
        steps.dedup();
        match action {
            Action::Emit(event, subscribers) => {
                local.emits.push(Emit { event: *event, subscribers: subscribers.clone(), steps, target });
            }
            Action::Hear(event, from) => {
                let label = label.map(str::to_owned);
                local.hears.push(Hear { from: *from, event: *event, label, steps, target });
            }
        }
    }
    local.emits.sort_by(|a, b| a.steps.cmp(&b.steps));
    local.hears.sort_by(|a, b| a.steps.cmp(&b.steps));
    local
}
