//! One participant's machine: what it emits and hears, in which order, and nothing else.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::automaton::Automaton;
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
    let classes = classes(automaton, views, labels);
    let order = order(views, &classes);
    let states =
        order.iter().map(|class| state(automaton, views, &classes, &order, *class, labels)).collect();
    LocalMachine { choreography: id, participant: views.participant, states }
}

#[derive(Clone, Copy)]
struct Labels<'a>(&'a Choreography);

impl Labels<'_> {
    /// The label that all these steps carry.
    fn common(self, steps: &[StepId]) -> Option<String> {
        let mut labels = steps.iter().map(|step| self.0.steps[*step].label.as_ref().map(|label| &label.text));
        let first = labels.next().flatten()?;
        labels.all(|label| label == Some(first)).then(|| first.clone())
    }
}

/// What tells two views apart: whether the flow may end there, and where each move leads.
type Signature = (bool, Vec<(Action, Option<String>, usize)>);

/// The class of each view: views of one class have the same future (Moore's partition refinement).
fn classes(automaton: &Automaton, views: &Views, labels: Labels) -> Vec<usize> {
    let mut classes = vec![0; views.views.len()];
    let mut count = 1;
    loop {
        let mut numbers: FxHashMap<Signature, usize> = FxHashMap::default();
        let refined: Vec<usize> = views
            .views
            .iter()
            .map(|view| {
                let next = numbers.len();
                *numbers.entry(signature(automaton, view, &classes, labels)).or_insert(next)
            })
            .collect();
        classes = refined;
        if numbers.len() == count {
            return classes;
        }
        count = numbers.len();
    }
}

fn signature(automaton: &Automaton, view: &View, classes: &[usize], labels: Labels) -> Signature {
    let mut moves: Vec<_> = view
        .moves
        .iter()
        .map(|m| (m.action.clone(), label(m, labels), class_of(classes, m.target)))
        .collect();
    moves.sort_unstable();
    (ends(automaton, view), moves)
}

/// Only what is heard is named by its label: emitting has no method of its own.
fn label(m: &Move, labels: Labels) -> Option<String> {
    match m.action {
        Action::Hear(..) => labels.common(&m.steps),
        Action::Emit(..) => None,
    }
}

fn class_of(classes: &[usize], view: usize) -> usize {
    classes.get(view).copied().unwrap_or_default()
}

/// Whether the flow may be over in this view.
pub(super) fn ends(automaton: &Automaton, view: &View) -> bool {
    view.states.iter().any(|state| automaton.states[*state].ends)
}

/// The classes in the order in which they are first reached, which numbers the machine's states.
fn order(views: &Views, classes: &[usize]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut seen = vec![false; views.views.len()];
    let mut pending = std::collections::VecDeque::from([0]);
    while let Some(at) = pending.pop_front() {
        let class = class_of(classes, at);
        let Some(mark) = seen.get_mut(class) else { continue };
        if std::mem::replace(mark, true) {
            continue;
        }
        order.push(class);
        let moves = views.views.get(at).into_iter().flat_map(|view| &view.moves);
        pending.extend(moves.map(|m| m.target));
    }
    order
}

/// The moves of a class: what is done, with its label; the steps that may be meant, and one target.
type MovesOfClass<'a> = BTreeMap<(&'a Action, Option<String>), (Vec<StepId>, usize)>;

/// One state: the moves of all views of its class, taken together.
fn state(
    automaton: &Automaton,
    views: &Views,
    classes: &[usize],
    order: &[usize],
    class: usize,
    labels: Labels,
) -> LocalState {
    let members = || views.views.iter().zip(classes).filter(|(_, c)| **c == class).map(|(view, _)| view);
    let mut moves: MovesOfClass = BTreeMap::new();
    for m in members().flat_map(|view| &view.moves) {
        let (steps, _) = moves.entry((&m.action, label(m, labels))).or_insert((Vec::new(), m.target));
        steps.extend(&m.steps);
    }
    let mut local = LocalState { ends: members().any(|view| ends(automaton, view)), ..LocalState::default() };
    for ((action, label), (mut steps, target)) in moves {
        steps.sort_unstable();
        steps.dedup();
        let class = class_of(classes, target);
        let target =
            LocalStateId::from_index(order.iter().position(|other| *other == class).unwrap_or_default());
        match action {
            Action::Emit(event, subscribers) => {
                local.emits.push(Emit { event: *event, subscribers: subscribers.clone(), steps, target });
            }
            Action::Hear(event, from) => {
                local.hears.push(Hear { from: *from, event: *event, label, steps, target });
            }
        }
    }
    local.emits.sort_by(|a, b| a.steps.cmp(&b.steps));
    local.hears.sort_by(|a, b| a.steps.cmp(&b.steps));
    local
}
