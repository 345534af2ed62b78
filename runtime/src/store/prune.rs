//! Flows that are over and old: what may be removed from a store, and nothing that anybody still needs.

use std::collections::{HashMap, HashSet};

use super::survey::Legends;
use super::{Store, StoreError};
use crate::envelope::{InstanceId, Key, Name};
use crate::machine::Progress;
use crate::scalar::Timestamp;

/// What was removed, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pruned {
    /// Instances that were over at all their participants.
    pub flows: u64,
    /// Events of these, and of none.
    pub events: u64,
    /// Lines of the journal about these, and about none.
    pub lines: u64,
}

impl Store {
    /// Removes what was over before this time: instances that are over, or may be, at all their participants, with their
    /// events, where nobody has still to take one; and lines of the journal about these, and about none. Services may run
    /// meanwhile.
    ///
    /// An instance leaves nothing behind: what comes from outside for it later begins a new one, with the idempotency keys of
    /// the first. So prune what is older than anything that may come twice, and use no key again.
    ///
    /// On NATS, nothing is removed that is younger than what some participant has still to take, less an hour: one that
    /// is gone for good keeps everything. `Store::backlog` names it.
    pub async fn prune(&self, before: Timestamp) -> Result<Pruned, StoreError> {
        self.backend().prune(self.past(before), true).await
    }

    /// What [`prune`](Self::prune) would remove.
    pub async fn prunable(&self, before: Timestamp) -> Result<Pruned, StoreError> {
        self.backend().prune(self.past(before), false).await
    }

    /// That time, or now: what happens meanwhile is not looked at.
    fn past(&self, before: Timestamp) -> i64 {
        before.as_millis().min(self.backend().now())
    }
}

/// A flow: a choreography's name, and a key.
pub(crate) type FlowId = (Name, Key);

/// Looks at one instance after the other, and tells the flows that may go. `T` says where an instance is.
pub(crate) struct Flows<T> {
    before: i64,
    legends: Legends,
    /// `None`: somebody there is not done, or has not been for long.
    found: HashMap<FlowId, Option<Vec<T>>>,
}

impl<T> Flows<T> {
    /// Those that were over before this time, in milliseconds since 1970.
    pub(crate) fn new(before: i64, legends: Legends) -> Self {
        Self { before, legends, found: HashMap::new() }
    }

    /// Looks at an instance that changed at this time; so many events are parked in it.
    pub(crate) fn look(&mut self, id: InstanceId, changed: i64, progress: &Progress, waiting: usize, at: T) {
        let may_go = changed < self.before && waiting == 0 && self.is_over(&id, progress);
        let InstanceId { choreography, key, .. } = id;
        let flow = self.found.entry((choreography, key)).or_insert_with(|| Some(Vec::new()));
        match flow {
            Some(parts) if may_go => parts.push(at),
            _ => *flow = None,
        }
    }

    /// Meets an instance that cannot be read: its flow stays.
    #[cfg(any(feature = "sqlite", feature = "nats"))]
    pub(crate) fn pass_by(&mut self, id: InstanceId) {
        self.found.insert((id.choreography, id.key), None);
    }

    fn is_over(&self, id: &InstanceId, progress: &Progress) -> bool {
        if progress.quarantine.is_some() || progress.due().is_some() {
            return false;
        }
        let machine = (id.service.clone(), id.choreography.clone(), progress.machine);
        let may_be_over = || Some(self.legends.get(&machine)?.awaits(progress)?.may_be_over);
        progress.finished || may_be_over().unwrap_or(false)
    }

    /// The flows that may go, and where their instances are; and the flows that stay.
    pub(crate) fn split(self) -> (Vec<(FlowId, Vec<T>)>, HashSet<FlowId>) {
        let (mut over, mut stay) = (Vec::new(), HashSet::new());
        for (flow, parts) in self.found {
            match parts {
                Some(parts) => over.push((flow, parts)),
                None => drop(stay.insert(flow)),
            }
        }
        (over, stay)
    }
}
