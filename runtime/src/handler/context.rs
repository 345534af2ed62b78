use super::HandlerError;
use crate::envelope::{EventId, Key, Name, Position};

/// Where a handler is called: which instance, for which event or deadline, how often already.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) service: Name,
    pub(crate) choreography: Name,
    pub(crate) key: Key,
    pub(crate) event: EventId,
    /// How many questions were asked in the same step before.
    pub(crate) question: u64,
    pub(crate) attempt: u32,
    /// What idempotency keys are derived from.
    pub(crate) cause: EventId,
}

impl Context {
    /// The service that is called.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The choreography, by its qualified name.
    pub fn choreography(&self) -> &str {
        &self.choreography
    }

    /// The instance: the text of its key.
    pub fn key(&self) -> &str {
        self.key.as_str()
    }

    /// The id of the event that was heard; of a deadline that has fallen due, an id of its own.
    pub fn event_id(&self) -> &EventId {
        &self.event
    }

    /// How often the method is called for this event, from 1, as far as this process knows.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Puts the answer off: `return Err(cx.later())`.
    ///
    /// What was heard counts as heard, and the instance rests until the answer is there. Whoever has it, in
    /// this process or another, hands it in with the service's `complete_…`, once. Until then the instance
    /// takes what comes in other regions, and what overtakes the decision: then the answer is not wanted any
    /// more, and is refused.
    ///
    /// Only what takes a step back (`undo_…`) cannot be put off.
    pub fn later(&self) -> HandlerError {
        HandlerError::later()
    }

    /// What to hand to outside systems so that they do the same thing once only.
    ///
    /// A method that is called again for the same event, after an error or a crash, gets the same one. So it does for
    /// another event of the same type that begins the same instance: only one of them does.
    pub fn idempotency_key(&self) -> String {
        let (input, position) = (Some(&self.cause), Position::Effect(self.question));
        EventId::derived(&self.choreography, &self.key, &self.service, input, position).to_string()
    }
}
