use bytes::Bytes;

use super::{Context, HandlerError};
use crate::envelope::{Event, Key, KeyPart, Name, short};
use crate::payload::{self, Payload};

/// What a method is called with.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    event: &'a Event,
    known: &'a [(Name, Bytes)],
    context: &'a Context,
}

impl<'a> Input<'a> {
    pub(crate) fn new(event: &'a Event, known: &'a [(Name, Bytes)], context: &'a Context) -> Self {
        Self { event, known, context }
    }

    /// Where the method is called.
    pub fn context(self) -> &'a Context {
        self.context
    }

    /// The event that was heard.
    pub fn event<T: Payload>(self) -> Result<T, HandlerError> {
        self.read::<T>(&self.event.payload)
    }

    /// Refuses an event whose payload names another instance than its envelope.
    pub fn check_key(self, parts: &[&dyn KeyPart]) -> Result<(), HandlerError> {
        let (event, service) = (self.event.name.short(), &self.context.service);
        let key =
            Key::text_of(parts).map_err(|e| HandlerError::payload(format!("{event} of {service}: {e}")))?;
        if key == self.event.key.as_str() {
            return Ok(());
        }
        let sent = &self.event.key;
        Err(HandlerError::payload(format!(
            "{event} of {service}: its payload names {key}, it was sent for {sent}"
        )))
    }

    /// An event of the past that the service is sure to have seen.
    pub fn known<T: Payload>(self) -> Result<T, HandlerError> {
        let (event, service) = (short(T::TYPE), &self.context.service);
        let missing = || HandlerError::permanent(format!("{service} does not know {event} of this instance"));
        self.known_if_any()?.ok_or_else(missing)
    }

    /// An event of the past that the service may have seen; the last of its type.
    pub fn known_if_any<T: Payload>(self) -> Result<Option<T>, HandlerError> {
        let kept = self.known.iter().find(|(name, _)| name == T::TYPE);
        kept.map(|(_, payload)| self.read::<T>(payload)).transpose()
    }

    fn read<T: Payload>(self, payload: &[u8]) -> Result<T, HandlerError> {
        let (event, service) = (short(T::TYPE), &self.context.service);
        payload::read(payload).map_err(|e| HandlerError::payload(format!("{event} of {service}: {e}")))
    }
}
