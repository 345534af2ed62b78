//! Where one instance stands at one participant: what the store keeps between two steps.

use bytes::Bytes;

use crate::envelope::{Delivery, EventId, Key, Name};

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

/// Where one instance stands at one participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The hash of the machine that took it here.
    pub machine: u64,
    /// The machine's state.
    pub at: u32,
    /// The sequence number of the last event taken from each emitter.
    pub heard: Vec<(Name, u64)>,
    /// The sequence number of the last event published to each subscriber.
    pub emitted: Vec<(Name, u64)>,
    /// The events of externals that were taken: source and id.
    pub external: Vec<(Name, EventId)>,
    /// The last payload of each event type that a later method wants to know.
    pub known: Vec<(Name, Bytes)>,
    /// What arrived before its time, in the order of arrival.
    pub parked: Vec<Delivery>,
    /// Why the instance is set aside: nothing is taken until someone lets it go on.
    pub quarantine: Option<String>,
    /// Nothing more can happen here.
    pub finished: bool,
}
