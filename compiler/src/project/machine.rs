//! One participant's machine: what it emits and hears, in which order, and nothing else.

use crate::model::{Arena, ChoreographyId, EventId, LocalStateId, ServiceId, StepId};

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
