//! What travels: events, their ids, the keys that tell instances apart. No async, no I/O.

mod id;
mod key;
mod name;
mod sequence;
mod trace;

use std::sync::Arc;

use bytes::Bytes;

pub(crate) use id::Position;
pub use id::{EventId, MAX_EVENT_ID};
pub use key::{Key, KeyPart, MAX_KEY};
pub use name::Name;
pub(crate) use name::short;
pub(crate) use sequence::UNDOS;
pub use sequence::{Round, Sequence};
pub use trace::Trace;

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
    /// The deadlines in whose bodies it was published, and how often each had fallen due before.
    pub rounds: Vec<Round>,
    /// The distributed trace that it is part of.
    pub trace: Option<Trace>,
}

/// One event on its way to one of its subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// The event.
    pub event: Arc<Event>,
    /// Its place in what the emitter has sent this subscriber about the instance; events that externals
    /// publish carry none, nor do foreign ones.
    pub sequence: Option<Sequence>,
    /// It may be taken before so many events that stand right before it: they are of a body that it leaves.
    pub overtakes: u64,
    /// The event that it takes back, by its place.
    pub undoes: Option<Sequence>,
    /// The choreography that listens, if the event belongs to another one.
    pub listener: Option<Name>,
    /// What the store knows it by.
    pub handle: u64,
    /// When it was published, in milliseconds since 1970.
    pub at: i64,
    /// It may have been brought before, here or elsewhere.
    pub again: bool,
}

impl Delivery {
    /// The handle of what a participant tells itself: no store knows it.
    pub(crate) const OWN: u64 = 0;

    /// An event that was published then and that no service has counted.
    pub(crate) fn new(event: Arc<Event>, handle: u64, at: i64) -> Self {
        let (sequence, undoes, listener) = (None, None, None);
        Self { event, sequence, overtakes: 0, undoes, listener, handle, at, again: false }
    }

    /// The same on its way to one of those to whom it was said.
    pub(crate) fn to(to: &Recipient, event: Arc<Event>, handle: u64, at: i64) -> Self {
        let Recipient { sequence, overtakes, undoes, .. } = *to;
        Self { sequence, overtakes, undoes, ..Self::new(event, handle, at) }
    }

    /// Whether a participant tells itself: a deadline has fallen due, or a decision is open.
    pub(crate) fn is_own(&self) -> bool {
        self.handle == Self::OWN
    }

    /// The name under which `service` takes it.
    pub(crate) fn subscriber(&self, service: &'static str) -> Name {
        self.taker(&service.into())
    }

    /// The same, where the name is not in the program's text.
    pub(crate) fn taker(&self, service: &Name) -> Name {
        let foreign = self.listener.as_ref().map(|choreography| listener(service, choreography));
        foreign.unwrap_or_else(|| service.clone())
    }

    /// The choreography whose machine takes it.
    pub(crate) fn choreography(&self) -> &Name {
        self.listener.as_ref().unwrap_or(&self.event.choreography)
    }
}

/// Foreign events of a type that a service hears for a choreography.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listener {
    /// The event's type.
    pub event: Name,
    /// The choreography that it starts.
    pub choreography: Name,
}

/// Who wants to hear, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// The subscriber.
    pub name: Name,
    /// Whether it takes part from outside.
    pub external: bool,
    /// The events that are said to it.
    pub hears: Vec<Heard>,
    /// The foreign events that it listens to.
    pub listeners: Vec<Listener>,
}

#[cfg(test)]
impl Subscription {
    /// Of a service that says and hears nothing in particular.
    pub(crate) fn to_nothing(name: &'static str) -> Self {
        Self { name: name.into(), external: false, hears: Vec::new(), listeners: Vec::new() }
    }
}

/// Events of a type that are said to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Heard {
    /// The event's type.
    pub event: Name,
    /// Where, and by whom; `None`: wherever it is said.
    pub said: Option<Said>,
    /// Whether an external says it, whose events have no places in what the subscriber is sent.
    pub outside: bool,
}

/// Where an event is said, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    /// The choreography.
    pub choreography: Name,
    /// The emitter.
    pub by: Name,
}

/// The name under which `service` hears foreign events for `choreography`. No service has a name like that.
pub(crate) fn listener(service: &str, choreography: &str) -> Name {
    Name::from(format!("{service} for {choreography}"))
}

/// Who is to hear an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The subscriber.
    pub name: Name,
    /// The event's place in what its source has sent this subscriber about the instance.
    pub sequence: Option<Sequence>,
    /// It may be taken before so many events that stand right before it: they are of a body that it leaves.
    pub overtakes: u64,
    /// The event that it takes back, by its place.
    pub undoes: Option<Sequence>,
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
    pub event: Name,
    /// The text of the key that its payload carries.
    pub key: String,
    /// JSON.
    pub payload: Bytes,
    /// The trace in which it was decided; `None`: that of the instance.
    pub trace: Option<Trace>,
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
