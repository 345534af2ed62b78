//! One participant's machine: what it emits and hears, in which order, and nothing else.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use super::automaton::{Enters, Place, PlaceId};
use super::minimise;
use super::sight::Sight;
use super::view::{Action, Move, View, Views};
use crate::model::{
    Arena, Choreography, ChoreographyId, EventId, Id, LocalStateId, ScopeId, ServiceId, StepId,
};
use crate::source::Span;

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

/// One state of a participant, or of one of the regions that it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalState {
    /// What it may hear here.
    pub hears: Vec<Hear>,
    /// What it may emit here. A state that emits never hears (no mixed choice), but that a deadline has passed.
    pub emits: Vec<Emit>,
    /// It takes back here what it did; then it does nothing else.
    pub rollback: Option<Rollback>,
    /// It is in several regions from here on; then it does nothing else, but hear that a deadline has passed.
    pub fork: Option<LocalFork>,
    /// The deadlines that it keeps and that may pass here.
    pub expires: Vec<Expire>,
    /// Whether the choreography, or the region, may be over for it here.
    pub ends: bool,
}

/// The participant hears an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hear {
    /// Who emits it.
    pub from: ServiceId,
    /// What.
    pub event: EventId,
    /// Region and deadlines in which it is emitted.
    pub place: Place,
    /// The label of the steps that may be meant, where they all have this one.
    pub label: Option<String>,
    /// The steps in the text that may be meant, in order.
    pub steps: Vec<StepId>,
    /// The deadlines that it keeps and that begin with this.
    pub enters: Enters,
    /// The deadline that has passed, as this tells.
    pub leaves: Option<ScopeId>,
    /// An external asks with this for the `else`, whenever it likes.
    pub early: bool,
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
    /// Region and deadlines in which it is emitted.
    pub place: Place,
    /// The steps in the text that may be meant, in order.
    pub steps: Vec<StepId>,
    /// The deadlines that it keeps and that begin with this.
    pub enters: Enters,
    /// The deadline that has passed, as this tells.
    pub leaves: Option<ScopeId>,
    /// Where the participant is afterwards.
    pub target: LocalStateId,
}

/// The participant takes back what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// The steps that it may have taken, in the order of the text.
    pub steps: Vec<StepId>,
    /// Where it is afterwards.
    pub target: LocalStateId,
}

/// Several regions at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFork {
    /// The state in which each starts.
    pub regions: Vec<LocalStateId>,
    /// Where the participant is when all are over.
    pub join: LocalStateId,
    /// The `par` in the text.
    pub span: Span,
}

/// A deadline that the participant keeps passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expire {
    /// Which.
    pub scope: ScopeId,
    /// What it emits then: one of these.
    pub emits: Vec<Emit>,
}

impl LocalState {
    /// Whether nothing is done here of the participant's own accord: it waits, or is through.
    pub fn rests(&self) -> bool {
        self.emits.is_empty() && self.rollback.is_none() && self.fork.is_none()
    }

    /// Whether nothing can happen any more.
    pub fn is_final(&self) -> bool {
        self.ends && self.rests() && self.hears.is_empty() && self.expires.is_empty()
    }

    /// Everything that it may emit here, also when a deadline has passed.
    pub fn emissions(&self) -> impl Iterator<Item = &Emit> {
        self.emits.iter().chain(self.expires.iter().flat_map(|expire| &expire.emits))
    }

    /// Where it may lead.
    pub fn targets(&self) -> impl Iterator<Item = LocalStateId> + '_ {
        let heard = self.hears.iter().map(|hear| hear.target);
        let emitted = self.emissions().map(|emit| emit.target);
        let undone = self.rollback.iter().map(|rollback| rollback.target);
        let forked = self.fork.iter().flat_map(|fork| fork.regions.iter().copied().chain([fork.join]));
        heard.chain(emitted).chain(undone).chain(forked)
    }
}

/// The machine of a participant: its views, minimised.
///
/// Sound for choreographies that were found coherent; no merge is needed.
pub fn machine(
    id: ChoreographyId,
    choreography: &Choreography,
    sight: &Sight<'_>,
    views: &Views,
) -> LocalMachine {
    let maker = Maker { choreography, sight, views };
    let numbers = maker.numbers(&maker.classes());
    let mut members: BTreeMap<LocalStateId, Vec<&View>> = BTreeMap::new();
    for (view, number) in views.views.iter().zip(&numbers) {
        members.entry(*number).or_default().push(view);
    }
    let states = members.values().map(|members| maker.state(members, &numbers)).collect();
    LocalMachine { choreography: id, participant: views.participant, states }
}

/// Whether the flow, or the region that the participant is in, may be over in this view.
pub(super) fn ends(sight: &Sight<'_>, view: &View) -> bool {
    view.states.iter().any(|state| sight.ends(*state))
}

#[derive(Clone, Copy)]
struct Maker<'a> {
    choreography: &'a Choreography,
    sight: &'a Sight<'a>,
    views: &'a Views,
}

/// What tells one move of a participant from another.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind<'a> {
    Does(&'a Action, Option<&'a str>, Enters, Option<ScopeId>),
    Region(usize),
    Join,
    /// It is behind a fork, and goes on of its own accord: it is asked there, unlike elsewhere.
    Joined,
    /// The region of this number is over: what is known then is known of this region.
    Over(u32),
}

/// The moves of a state that are one: the steps that may be meant, and one target.
type Moves<'a> = BTreeMap<Kind<'a>, (Vec<StepId>, LocalStateId)>;

impl<'a> Maker<'a> {
    /// The label that all these steps carry.
    fn label(self, m: &Move) -> Option<&'a str> {
        // Only what is heard is named by its label: emitting has no method of its own.
        if m.action.is_own() {
            return None;
        }
        let mut labels = m.steps.iter().map(|step| self.choreography.steps[*step].label.as_ref());
        let first = labels.next().flatten()?;
        labels.all(|label| label.is_some_and(|label| label.text == first.text)).then_some(&first.text)
    }

    fn kind(self, m: &'a Move) -> Kind<'a> {
        let enters = m.enters.kept_by(self.sight.automaton, self.views.participant);
        Kind::Does(&m.action, self.label(m), enters, m.leaves)
    }

    /// Everything that a view leads to.
    fn leads(self, view: &'a View) -> impl Iterator<Item = (Kind<'a>, usize)> {
        let moves = view.moves.iter().map(move |m| (self.kind(m), m.target));
        let regions = view.fork.iter().flat_map(|fork| fork.regions.iter().copied().enumerate());
        let join = view.fork.iter().map(|fork| (Kind::Join, fork.join));
        moves.chain(regions.map(|(number, at)| (Kind::Region(number), at))).chain(join)
    }

    /// The class of each view: views of one class have the same future.
    fn classes(self) -> Vec<usize> {
        let mut kinds: FxHashMap<Kind<'a>, usize> = FxHashMap::default();
        let mut states = Vec::with_capacity(self.views.views.len());
        let joins: BTreeSet<usize> =
            self.views.views.iter().filter_map(|view| view.fork.as_ref()).map(|fork| fork.join).collect();
        for (at, view) in self.views.views.iter().enumerate() {
            let mut moves = Vec::with_capacity(view.moves.len());
            let acts = view.fork.is_some() || view.moves.iter().any(|m| m.action.is_own());
            let joined = (acts && joins.contains(&at)).then_some((Kind::Joined, 0));
            let over = view.states.iter().find(|state| self.sight.ends(**state));
            let over = over.map(|state| (Kind::Over(self.sight.automaton.states[*state].lane), 0));
            for (kind, target) in self.leads(view).chain(joined).chain(over) {
                let next = kinds.len();
                moves.push((*kinds.entry(kind).or_insert(next), target));
            }
            moves.sort_unstable();
            states.push(minimise::State { ends: ends(self.sight, view), moves });
        }
        minimise::classes(&states)
    }

    /// The machine's state for each view: the classes, numbered in the order in which they are first reached.
    fn numbers(self, classes: &[usize]) -> Vec<LocalStateId> {
        let mut numbers: FxHashMap<usize, LocalStateId> = FxHashMap::default();
        let mut pending = VecDeque::from([0]);
        while let Some(at) = pending.pop_front() {
            let (Some(class), Some(view)) = (classes.get(at), self.views.views.get(at)) else { continue };
            let next = LocalStateId::from_index(numbers.len());
            if let Entry::Vacant(unseen) = numbers.entry(*class) {
                unseen.insert(next);
                pending.extend(self.leads(view).map(|(_, target)| target));
            }
        }
        classes.iter().filter_map(|class| numbers.get(class).copied()).collect()
    }

    /// One state: the moves of all its views, taken together.
    fn state(self, members: &[&'a View], numbers: &[LocalStateId]) -> LocalState {
        let mut moves: Moves<'a> = BTreeMap::new();
        for m in members.iter().flat_map(|view| &view.moves) {
            let Some(target) = numbers.get(m.target) else { continue };
            let (steps, _) = moves.entry(self.kind(m)).or_insert((Vec::new(), *target));
            steps.extend(&m.steps);
        }
        let mut local =
            LocalState { ends: members.iter().any(|view| ends(self.sight, view)), ..LocalState::default() };
        for (kind, (mut steps, target)) in moves {
            steps.sort_unstable();
            steps.dedup();
            if let Kind::Does(action, label, enters, leaves) = kind {
                self.add(&mut local, action, label, (enters, leaves), steps, target);
            }
        }
        let number = |view: &usize| numbers.get(*view).copied();
        local.fork = members.iter().find_map(|view| {
            let fork = view.fork.as_ref()?;
            let regions = fork.regions.iter().filter_map(number).collect();
            Some(LocalFork { regions, join: number(&fork.join)?, span: fork.span })
        });
        local.emits.sort_by(|a, b| a.steps.cmp(&b.steps));
        local.hears.sort_by(|a, b| a.steps.cmp(&b.steps));
        local
    }

    fn add(
        self,
        local: &mut LocalState,
        action: &Action,
        label: Option<&str>,
        (enters, leaves): (Enters, Option<ScopeId>),
        steps: Vec<StepId>,
        target: LocalStateId,
    ) {
        match action {
            Action::Rollback => local.rollback = Some(Rollback { steps, target }),
            Action::Emit(event, subscribers, place, _) => {
                let (event, subscribers, place) = (*event, subscribers.clone(), self.place(*place));
                let emit = Emit { event, subscribers, place, steps, enters, leaves, target };
                match leaves {
                    None => local.emits.push(emit),
                    Some(scope) => match local.expires.iter_mut().find(|expire| expire.scope == scope) {
                        Some(expire) => expire.emits.push(emit),
                        None => local.expires.push(Expire { scope, emits: vec![emit] }),
                    },
                }
            }
            Action::Hear(event, from, place) => {
                let (label, place) = (label.map(str::to_owned), self.place(*place));
                local.hears.push(Hear {
                    from: *from,
                    event: *event,
                    place,
                    label,
                    steps,
                    enters,
                    leaves,
                    early: false,
                    target,
                });
            }
        }
    }

    fn place(self, id: PlaceId) -> Place {
        self.sight.automaton.places.get(id)
    }
}
