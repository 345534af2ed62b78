//! What can go wrong for callers of the runtime.

use std::fmt;

use crate::handler::HandlerError;
use crate::payload::Invalid;
use crate::store::StoreError;

/// Why an event was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError {
    /// The event breaks its contract.
    Invalid {
        /// The event's type, without its namespace.
        event: String,
        /// Where, and how.
        invalid: Invalid,
    },
    /// What was to be sent is not what the choreography says, or was set aside.
    Refused(String),
    /// The store did not say that it has taken it. It may have, if only its answer was lost: send it again under the same
    /// id, and it is published once.
    Store(StoreError),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { event, invalid } => write!(f, "{event} is invalid: {invalid}"),
            Self::Refused(reason) => f.write_str(reason),
            Self::Store(error) => write!(f, "the event may not have been sent: {error}"),
        }
    }
}

impl std::error::Error for SendError {}

impl From<HandlerError> for SendError {
    fn from(error: HandlerError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<StoreError> for SendError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why no event was received.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReceiveError {
    /// An event arrived that breaks its contract. It is recorded in the journal and does not come again.
    Unreadable(String),
    /// The store does not answer.
    Store(StoreError),
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(reason) => write!(f, "an event cannot be read: {reason}"),
            Self::Store(error) => write!(f, "no event can be received: {error}"),
        }
    }
}

impl std::error::Error for ReceiveError {}

impl From<StoreError> for ReceiveError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
