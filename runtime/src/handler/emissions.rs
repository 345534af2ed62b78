use super::HandlerError;
use crate::envelope::{Emission, Key, KeyPart, short};
use crate::payload::{self, Payload};

/// The events that a method has answered with, in order.
#[derive(Clone, Debug, Default)]
pub struct Emissions {
    events: Vec<Emission>,
}

impl Emissions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more; `key` are the fields of its payload that name the instance.
    pub fn push<T: Payload>(&mut self, event: &T, key: &[&dyn KeyPart]) -> Result<(), HandlerError> {
        let invalid =
            |invalid| HandlerError::permanent(format!("the answer {} is invalid: {invalid}", short(T::NAME)));
        let emission = Emission {
            event: T::TYPE.into(),
            key: Key::text_of(key).map_err(invalid)?,
            payload: payload::write(event).map_err(invalid)?,
            #[cfg(feature = "otel")]
            trace: crate::trace::current(),
            #[cfg(not(feature = "otel"))]
            trace: None,
        };
        self.events.push(emission);
        Ok(())
    }

    pub(crate) fn first(&self) -> Option<&Emission> {
        self.events.first()
    }

    /// These, whose payloads are nobody's.
    #[cfg(test)]
    pub(crate) fn of(events: Vec<Emission>) -> Self {
        Self { events }
    }

    pub(crate) fn into_vec(self) -> Vec<Emission> {
        self.events
    }
}
