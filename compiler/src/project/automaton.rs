//! A choreography as a finite automaton: who may do what next, seen from above.

use crate::model::{Arena, EventId, ServiceId, StateId, StepId};

/// The automaton of one choreography. State 0 is where an instance starts.
#[derive(Clone, Debug, Default)]
pub struct Automaton {
    /// The states.
    pub states: Arena<StateId, State>,
}

/// One state of the whole flow.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What may happen next; all by one emitter.
    pub transitions: Vec<Transition>,
    /// Whether the flow may be over here.
    pub ends: bool,
}

/// `emitter → subscribers : event`
#[derive(Clone, Debug)]
pub struct Transition {
    /// Who publishes.
    pub emitter: ServiceId,
    /// Who hears, sorted, each once.
    pub subscribers: Vec<ServiceId>,
    /// What.
    pub event: EventId,
    /// The step in the text.
    pub step: StepId,
    /// What holds afterwards.
    pub target: StateId,
}
