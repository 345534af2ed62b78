use bytes::Bytes;

use super::{Context, HandlerError};
use crate::envelope::{Key, KeyPart, Name, short};
use crate::payload::{self, Payload};

/// What a method is called with.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Its type and its payload.
    event: Option<(&'a Name, &'a Bytes)>,
    known: &'a [(Name, Bytes)],
    context: &'a Context,
}

impl<'a> Input<'a> {
    pub(crate) fn new(
        event: Option<(&'a Name, &'a Bytes)>,
        known: &'a [(Name, Bytes)],
        context: &'a Context,
    ) -> Self {
        Self { event, known, context }
    }

    /// Where the method is called.
    pub fn context(self) -> &'a Context {
        self.context
    }

    /// The event that was heard; where a step is taken back, that step's own. A method that is called at a
    /// join or by a deadline has none.
    pub fn event<T: Payload>(self) -> Result<T, HandlerError> {
        let none = || {
            let (event, service) = (short(T::NAME), &self.context.service);
            HandlerError::permanent(format!("{service} is called without {event}, or any event"))
        };
        let (_, payload) = self.event.ok_or_else(none)?;
        self.read::<T>(payload)
    }

    /// Refuses an event whose payload names another instance than its envelope.
    pub fn check_key(self, parts: &[&dyn KeyPart]) -> Result<(), HandlerError> {
        let Some((event, _)) = self.event else { return Ok(()) };
        let sent = &self.context.key;
        let refused = match Key::text_of(parts) {
            Ok(key) if key == sent.as_str() => return Ok(()),
            Ok(key) => format!("its payload names {key}, it was sent for {sent}"),
            Err(invalid) => invalid.to_string(),
        };
        let (event, service) = (event.short(), &self.context.service);
        Err(HandlerError::payload(format!("{event} of {service}: {refused}")))
    }

    /// An event of the past that the service is sure to have seen.
    pub fn known<T: Payload>(self) -> Result<T, HandlerError> {
        let missing = || {
            let (event, service) = (short(T::NAME), &self.context.service);
            HandlerError::permanent(format!("{service} does not know {event} of this instance"))
        };
        self.known_if_any()?.ok_or_else(missing)
    }

    /// An event of the past that the service may have seen; the last of its type.
    pub fn known_if_any<T: Payload>(self) -> Result<Option<T>, HandlerError> {
        let kept = self.known.iter().find(|(name, _)| name == T::TYPE);
        kept.map(|(_, payload)| self.read::<T>(payload)).transpose()
    }

    /// Which of these event types the service has seen last: how a region ended that can end in several ways.
    pub fn last_of(self, types: &[&'static str]) -> Option<&'static str> {
        let seen = self.known.iter().rev();
        seen.into_iter().find_map(|(name, _)| types.iter().copied().find(|it| name == it))
    }

    fn read<T: Payload>(self, payload: &[u8]) -> Result<T, HandlerError> {
        payload::read(payload).map_err(|invalid| {
            let (event, service) = (short(T::NAME), &self.context.service);
            HandlerError::payload(format!("{event} of {service}: {invalid}"))
        })
    }
}
