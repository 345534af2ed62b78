//! What travels: events, their ids, the keys that tell instances apart. No async, no I/O.

mod id;
mod key;
mod name;

use std::sync::Arc;

use bytes::Bytes;

pub(crate) use id::Position;
pub use id::{EventId, MAX_EVENT_ID};
pub use key::{Key, KeyPart, MAX_KEY};
pub use name::Name;
pub(crate) use name::short;

/// The largest payload of one event, in bytes of JSON.
pub const MAX_PAYLOAD: usize = 1024 * 1024;

/// One event, as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Tells it from every other event of its source.
    pub id: EventId,
    /// Who published it.
    pub source: Name,
    /// The choreography that it belongs to, by its qualified name.
    pub choreography: Name,
    /// The instance that it belongs to.
    pub key: Key,
    /// What it is: the qualified name of its type.
    pub name: Name,
    /// JSON.
    pub payload: Bytes,
    /// The event that its emitter had heard just before.
    pub causation: Option<EventId>,
}

/// One event on its way to one of its subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// The event.
    pub event: Arc<Event>,
    /// Its place in what the emitter has sent this subscriber about the instance, from 1; events that
    /// externals publish carry none.
    pub sequence: Option<u64>,
    /// What the store knows it by.
    pub handle: u64,
}

/// Who is to hear an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The subscriber.
    pub name: Name,
    /// The event's place in what its source has sent this subscriber about the instance, from 1.
    pub sequence: Option<u64>,
    /// Whether it takes part from outside.
    pub external: bool,
}

/// One event that is being published, with everyone who is to hear it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The event.
    pub event: Arc<Event>,
    /// Its subscribers.
    pub to: Vec<Recipient>,
}

/// One event that a service wants to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Emission {
    /// The qualified name of its type.
    pub event: &'static str,
    /// The text of the key that its payload carries.
    pub key: String,
    /// JSON.
    pub payload: Bytes,
}

/// Names an instance at one participant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId {
    /// The participant.
    pub service: Name,
    /// The choreography.
    pub choreography: Name,
    /// The instance.
    pub key: Key,
}
