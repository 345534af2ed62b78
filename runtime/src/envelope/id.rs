use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Key;
use crate::mutation::{self, Mutation};

/// The longest id that an external may give its events, in bytes.
pub const MAX_EVENT_ID: usize = 128;

/// What tells an event from every other event of its source.
///
/// Services have theirs computed, so that a step that is run again after a crash publishes the same event.
/// Externals choose theirs: any text of 1 to [`MAX_EVENT_ID`] bytes, or a random one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(Repr);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    /// Written as 32 lowercase hexadecimal digits.
    Number(u128),
    /// Any other text.
    Text(Arc<str>),
}

impl EventId {
    /// An id that nobody has used before.
    pub fn random() -> Self {
        Self(Repr::Number(Uuid::new_v4().as_u128()))
    }

    /// The id of what `service` does in one step, in place `position` of the step.
    ///
    /// `input` is what the step is done for; a start is named by its key alone.
    pub(crate) fn derived(
        choreography: &str,
        key: &Key,
        service: &str,
        input: Option<&EventId>,
        position: Position,
    ) -> Self {
        if mutation::on(Mutation::ThrowIds) {
            return Self::random();
        }
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(choreography.as_bytes());
        part(key.as_str().as_bytes());
        part(service.as_bytes());
        part(&u64::from(input.is_some()).to_le_bytes());
        match input.map(|input| &input.0) {
            Some(Repr::Number(number)) => part(&number.to_le_bytes()),
            Some(Repr::Text(text)) => part(text.as_bytes()),
            None => {}
        }
        match position {
            Position::Emitted(index) => part(&index.to_le_bytes()),
            Position::Effect(0) => part(b"effect"),
            Position::Effect(question) => {
                part(b"effect");
                part(&question.to_le_bytes());
            }
        }
        Self::of_digest(hash)
    }

    /// What tells an event from those of all other sources, which may have used its id too.
    pub(crate) fn of_source(source: &str, id: &Self) -> Self {
        Self::of_parts(&[b"source", source.as_bytes(), id.to_string().as_bytes()])
    }

    /// The id of the deadline `scope` that `service` keeps, falling due for the time `round`.
    pub(crate) fn of_deadline(choreography: &str, key: &Key, service: &str, scope: u32, round: u32) -> Self {
        let (scope, round) = (scope.to_le_bytes(), round.to_le_bytes());
        let (key, service) = (key.as_str().as_bytes(), service.as_bytes());
        Self::of_parts(&[b"deadline", choreography.as_bytes(), key, service, &scope, &round])
    }

    fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self::of_digest(hash)
    }

    fn of_digest(hash: Sha256) -> Self {
        let digest: [u8; 32] = hash.finalize().into();
        let half = digest.first_chunk::<16>().copied().unwrap_or_default();
        Self(Repr::Number(u128::from_be_bytes(half)))
    }
}

/// What an id is derived for.
#[derive(Clone, Copy)]
pub(crate) enum Position {
    /// The event in this place of the step.
    Emitted(u64),
    /// What the handler does outside when it is asked this question of the step.
    Effect(u64),
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Number(number) => write!(f, "{number:032x}"),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventId({self})")
    }
}

impl From<Uuid> for EventId {
    fn from(id: Uuid) -> Self {
        Self(Repr::Number(id.as_u128()))
    }
}

impl From<&str> for EventId {
    fn from(text: &str) -> Self {
        let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match u128::from_str_radix(text, 16) {
            Ok(number) if digits => Self(Repr::Number(number)),
            _ => Self(Repr::Text(text.into())),
        }
    }
}

impl From<String> for EventId {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl serde::Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}
