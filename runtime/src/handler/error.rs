use std::error::Error;
use std::fmt;

use crate::payload::Invalid;

/// What a method returns: its answer, or why it has none.
pub type Answer<T> = Result<T, HandlerError>;

/// Why a method has no answer.
///
/// Any [`Error`] turns into a fault that may pass: the method is called again, after a while. What no
/// repetition can mend is said with [`HandlerError::permanent`]: the instance is set aside at once.
///
/// It is no [`Error`] itself, so that `?` can turn all of them into it.
pub struct HandlerError {
    fault: Fault,
    message: String,
}

/// What may help against a [`HandlerError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Trying again.
    Transient,
    /// Nothing but a changed program or outside world.
    Permanent,
    /// Nothing: the event's payload is not what the contract says.
    Payload,
    /// It is no fault: the answer comes later, by a completion.
    Later,
}

impl HandlerError {
    /// A fault that may pass: the method is called again, after a while.
    pub fn transient(message: impl Into<String>) -> Self {
        Self { fault: Fault::Transient, message: message.into() }
    }

    /// A fault that no repetition can mend: the instance is set aside at once.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { fault: Fault::Permanent, message: message.into() }
    }

    /// The payload of an event breaks its contract.
    pub(crate) fn payload(message: impl Into<String>) -> Self {
        Self { fault: Fault::Payload, message: message.into() }
    }

    /// The answer comes later.
    pub(crate) fn later() -> Self {
        Self { fault: Fault::Later, message: "the answer comes later".to_owned() }
    }

    /// Generated code was called with a number that it does not know.
    #[doc(hidden)]
    pub fn unknown_point(point: u32) -> Self {
        Self::permanent(format!("the generated code has no method number {point}; build it again"))
    }

    /// What may help against it.
    pub fn fault(&self) -> Fault {
        self.fault
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self::transient(message)
    }
}

impl From<Invalid> for HandlerError {
    fn from(invalid: Invalid) -> Self {
        Self::permanent(invalid.to_string())
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.fault, self.message)
    }
}
