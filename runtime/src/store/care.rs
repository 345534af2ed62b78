//! What people need when something has gone wrong: what was set aside, and how it goes on.

use std::sync::Arc;

use super::{Change, Record, Snapshot, Step, Store, StoreError};
use crate::envelope::InstanceId;
use crate::machine;

/// An instance that was set aside: nothing happens in it until someone lets it go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quarantined {
    /// The instance, and the service that failed.
    pub instance: InstanceId,
    /// Why.
    pub reason: String,
    /// How many events wait in it; the one that it failed at is the first.
    pub waiting: usize,
}

/// Where an instance stands at one service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The number of the state in the service's machine; of the fork, where it is in several at once.
    pub state: u32,
    /// Nothing more can happen in it.
    pub finished: bool,
    /// Why it was set aside, if it was.
    pub quarantine: Option<String>,
    /// How many events wait in it for others to come first.
    pub waiting: usize,
}

impl Store {
    /// All instances that were set aside.
    pub async fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        let found = self.backend().quarantined().await?;
        let mut listed: Vec<Quarantined> = found
            .into_iter()
            .filter_map(|(instance, progress)| {
                let reason = progress.quarantine.clone()?;
                Some(Quarantined { instance, reason, waiting: progress.parked.len() })
            })
            .collect();
        listed.sort_by(|a, b| a.instance.cmp(&b.instance));
        Ok(listed)
    }

    /// Lets an instance go on that was set aside, from the event that it failed at. Says whether there was
    /// one.
    pub async fn retry(&self, instance: &InstanceId) -> Result<bool, StoreError> {
        loop {
            let snapshot = self.snapshot(instance).await?;
            let Some(progress) = snapshot.progress.filter(|progress| progress.quarantine.is_some()) else {
                return Ok(false);
            };
            let change = Change {
                instance: instance.clone(),
                expected: snapshot.revision,
                progress: Arc::new(machine::release(&progress)),
                was_due: None,
            };
            let step = Step { change: Some(change), nudge: true, ..Step::default() };
            if self.commit_one(step).await? {
                return Ok(true);
            }
        }
    }

    /// What people should know of, oldest first: events that were refused, instances that were set aside.
    pub async fn journal(&self) -> Result<Vec<Record>, StoreError> {
        self.backend().journal().await
    }

    /// Where an instance stands at a service; `None`: nothing of it has come there yet.
    pub async fn status(&self, instance: &InstanceId) -> Result<Option<Status>, StoreError> {
        let progress = self.snapshot(instance).await?.progress;
        Ok(progress.map(|progress| Status {
            state: progress.place.state,
            finished: progress.finished,
            quarantine: progress.quarantine.clone(),
            waiting: progress.parked.len(),
        }))
    }

    pub(crate) async fn snapshot(&self, instance: &InstanceId) -> Result<Snapshot, StoreError> {
        let read = self.backend().load(vec![instance.clone()]).await?;
        Ok(read.into_iter().next().unwrap_or_default())
    }
}
