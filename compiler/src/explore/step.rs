//! What one participant does in one step of a run.

use crate::model::{EventId, ScopeId, ServiceId, StepId};

/// One step of a run of the machines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// Whose.
    pub who: ServiceId,
    /// What it does.
    pub did: Did,
}

/// What a participant does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Did {
    /// It emits an event.
    Emit {
        /// What.
        event: EventId,
        /// Who is to hear it.
        to: Vec<ServiceId>,
        /// The steps in the text that may be meant.
        steps: Vec<StepId>,
        /// The deadline that has passed, where that is why.
        passed: Option<ScopeId>,
    },
    /// It hears an event.
    Hear {
        /// What.
        event: EventId,
        /// From whom.
        from: ServiceId,
        /// The steps in the text with which it was emitted: one of these.
        steps: Vec<StepId>,
        /// The deadline that has passed, as this tells.
        passed: Option<ScopeId>,
    },
    /// It takes back what it did.
    TakeBack {
        /// The emissions, last first: of each, the steps in the text that may be meant.
        undone: Vec<Vec<StepId>>,
    },
}
