//! A choreography as a finite automaton: who may do what next, seen from above.
//!
//! `build` walks the body once (`draft`), works out which deadlines run where (`deadline`) and what a rollback
//! takes back (`rollback`), and then leaves out everything that nobody does (`condense`).

mod condense;
mod deadline;
mod draft;
mod early;
mod form;
mod reach;
mod rollback;
mod undo;

pub use draft::build;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Arena, EventId, ScopeId, ServiceId, StateId, StepId};
use crate::source::Span;

/// The automaton of one choreography. State 0 is where an instance starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Automaton {
    /// The states of the whole and of all regions.
    pub states: Arena<StateId, State>,
    /// Where the steps stand: lanes and deadlines.
    pub places: Places,
    /// Who keeps each deadline.
    pub keepers: Arena<ScopeId, ServiceId>,
    /// The deadlines whose body may come to its end, and waits for them all the same.
    pub unsettled: BTreeMap<ScopeId, Unsettled>,
}

/// How a body comes to its end, with its deadline still running.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Behind these events of whoever keeps it, each with those who do not hear it and have to.
    pub unheard: BTreeMap<StepId, BTreeSet<ServiceId>>,
    /// Behind something else.
    pub otherwise: bool,
}

/// One state of the whole flow, or of one region of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What may happen next; all by one emitter.
    pub transitions: Vec<Transition>,
    /// What may happen instead, as long as a deadline is open: what its `else` opens with.
    pub expiries: Vec<Transition>,
    /// Independent regions begin here; then there are no transitions.
    pub fork: Option<Fork>,
    /// The forks around it, outermost first; the last is the one whose region it belongs to.
    pub within: Vec<ForkId>,
    /// Whether the flow, or the region, may be over here.
    pub ends: bool,
    /// Where the flow goes on when the region is over that ends here, and its siblings are.
    pub closes: Option<StateId>,
    /// The number of the region that it belongs to; 0: to none.
    pub lane: u32,
}

/// One `par` of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForkId(u32);

/// Several regions, each an automaton of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Which.
    pub id: ForkId,
    /// Where they start.
    pub regions: Vec<StateId>,
    /// What holds when all of them are over.
    pub join: StateId,
    /// The `par` in the text.
    pub span: Span,
}

/// `emitter → subscribers : event`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Who publishes.
    pub emitter: ServiceId,
    /// Who hears, sorted, each once, without the emitter.
    pub subscribers: Vec<ServiceId>,
    /// What; of a rollback, the event that takes back the last of its steps.
    pub event: EventId,
    /// The step in the text; of a rollback, the last step that it takes back.
    pub step: StepId,
    /// Published by another choreography: whoever emits it takes no part here by that.
    pub foreign: bool,
    /// The steps that a rollback may take back; empty: this is none.
    pub undoes: Vec<StepId>,
    /// The deadlines that begin with this, for those who keep them.
    pub enters: Enters,
    /// The deadline that has passed when this happens.
    pub leaves: Option<ScopeId>,
    /// The event that settles the deadline is on its way to whoever keeps it, and may come too late: then this
    /// happens all the same, as the others see it. Whoever keeps the deadline has not heard that event then.
    pub crossing: bool,
    /// What holds afterwards.
    pub target: StateId,
}

/// The deadlines that begin with a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Enters {
    /// The step is the first of their bodies.
    pub with: Vec<ScopeId>,
    /// Their bodies begin behind it.
    pub behind: Vec<ScopeId>,
}

/// Where a step stands: in which region, and within which deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The region, counted over the whole choreography from 1; 0: in none.
    pub lane: u32,
    /// The deadlines whose bodies are around it, outermost first.
    pub scopes: Vec<ScopeId>,
}

/// A [`Place`]: steps in one place have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(u32);

/// What takes a step back: steps that are taken back by one event, heard by the same, have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UndoId(u32);

/// The place of each step, and what takes it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    of_steps: Arena<StepId, PlaceId>,
    known: Vec<Place>,
    undo_of_steps: Arena<StepId, Option<UndoId>>,
    undos: Vec<(EventId, Vec<ServiceId>)>,
}

impl Places {
    fn new(steps: usize) -> Self {
        let of_steps = (0..steps).map(|_| PlaceId::default()).collect();
        let undo_of_steps = (0..steps).map(|_| None).collect();
        Self { of_steps, known: vec![Place::default()], undo_of_steps, undos: Vec::new() }
    }

    fn put(&mut self, step: StepId, place: &Place) {
        let found = self.known.iter().position(|other| other == place);
        let index = found.unwrap_or_else(|| {
            self.known.push(place.clone());
            self.known.len() - 1
        });
        // There are no more places than steps.
        self.of_steps[step] = PlaceId(u32::try_from(index).unwrap_or_default());
    }

    fn put_undo(&mut self, step: StepId, event: EventId, subscribers: Vec<ServiceId>) {
        let undo = (event, subscribers);
        let known = self.undos.iter().position(|other| *other == undo);
        let index = known.unwrap_or_else(|| {
            self.undos.push(undo);
            self.undos.len() - 1
        });
        // There are no more of them than steps.
        self.undo_of_steps[step] = Some(UndoId(u32::try_from(index).unwrap_or_default()));
    }

    /// What takes a step back; `None`: nothing does.
    pub fn undo(&self, step: StepId) -> Option<UndoId> {
        self.undo_of_steps[step]
    }

    /// Where a step stands.
    pub fn of(&self, step: StepId) -> PlaceId {
        self.of_steps[step]
    }

    /// What that means.
    pub fn get(&self, id: PlaceId) -> Place {
        self.known.get(id.0 as usize).cloned().unwrap_or_default()
    }
}

impl Enters {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = ScopeId> + '_ {
        self.with.iter().chain(&self.behind).copied()
    }

    /// Those of them that this participant keeps.
    #[must_use]
    pub fn kept_by(&self, automaton: &Automaton, participant: ServiceId) -> Self {
        let keeps = |scope: &ScopeId| automaton.keepers[*scope] == participant;
        let kept = |scopes: &[ScopeId]| scopes.iter().copied().filter(keeps).collect();
        Self { with: kept(&self.with), behind: kept(&self.behind) }
    }
}

impl Transition {
    /// Whether this participant emits or hears the event.
    pub fn involves(&self, participant: ServiceId) -> bool {
        self.emits(participant) || self.hears(participant)
    }

    /// Whether this participant emits the event here.
    pub fn emits(&self, participant: ServiceId) -> bool {
        self.emitter == participant && !self.foreign && !self.crossing
    }

    /// Whether this participant hears the event.
    pub fn hears(&self, participant: ServiceId) -> bool {
        self.subscribers.binary_search(&participant).is_ok()
    }

    /// Whether it is the rollback of one participant.
    pub fn is_rollback(&self) -> bool {
        !self.undoes.is_empty()
    }
}

impl State {
    /// Whether it lies in a region of this fork, however deep.
    pub fn lies_in(&self, fork: ForkId) -> bool {
        self.within.contains(&fork)
    }

    /// Everything that may happen here.
    pub fn leaving(&self) -> impl DoubleEndedIterator<Item = &Transition> + Clone {
        self.transitions.iter().chain(&self.expiries)
    }
}

impl Automaton {
    /// Where an instance starts.
    pub fn initial(&self) -> Option<StateId> {
        self.states.ids().next()
    }

    /// The participants, by id.
    pub fn participants(&self) -> Vec<ServiceId> {
        let mut participants = Vec::new();
        for transition in self.states.values().flat_map(State::leaving) {
            participants.extend(&transition.subscribers);
            participants.extend((!transition.foreign).then_some(transition.emitter));
        }
        participants.sort_unstable();
        participants.dedup();
        participants
    }
}
