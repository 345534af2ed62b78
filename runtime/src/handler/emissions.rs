use bytes::Bytes;

use super::HandlerError;
use crate::envelope::{Key, KeyPart, short};
use crate::payload::{self, Payload};

/// The events that a method has answered with, in order.
#[derive(Clone, Debug, Default)]
pub struct Emissions {
    events: Vec<Emission>,
}

/// One event to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emission {
    /// The qualified name of its type.
    pub event: &'static str,
    /// The key that its payload carries.
    pub key: Key,
    /// JSON.
    pub payload: Bytes,
}

impl Emissions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more; `key` are the fields of its payload that name the instance.
    pub fn push<T: Payload>(&mut self, event: &T, key: &[&dyn KeyPart]) -> Result<(), HandlerError> {
        let name = short(T::TYPE);
        let invalid = |invalid| HandlerError::permanent(format!("the answer {name} is invalid: {invalid}"));
        let emission = Emission {
            event: T::TYPE,
            key: Key::new(key).map_err(invalid)?,
            payload: payload::write(event).map_err(invalid)?,
        };
        self.events.push(emission);
        Ok(())
    }

    pub(crate) fn as_slice(&self) -> &[Emission] {
        &self.events
    }
}
