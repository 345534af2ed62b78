use crate::envelope::{EventId, Key, Name, Position};

/// Where a handler is called: which instance, for which event, how often already.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) service: Name,
    pub(crate) choreography: Name,
    pub(crate) key: Key,
    pub(crate) event: EventId,
    pub(crate) attempt: u32,
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

    /// The id of the event that was heard.
    pub fn event_id(&self) -> &EventId {
        &self.event
    }

    /// How often the method is called for this event, from 1, as far as this process knows.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// What to hand to outside systems so that they do the same thing once only.
    ///
    /// A method that is called again for the same event, after an error or a crash, gets the same one.
    pub fn idempotency_key(&self) -> String {
        let inputs = [&self.event];
        EventId::derived(&self.choreography, &self.key, &self.service, &inputs, Position::Effect).to_string()
    }
}
