//! What people need when something has gone wrong: what was set aside, and how it goes on.

use std::sync::Arc;

use super::{Backlog, Change, Found, Record, Snapshot, Step, Store, StoreError, Waits, Which};
use crate::envelope::{Event, InstanceId};
use crate::machine::{self, Progress};
use crate::scalar::Timestamp;

/// An instance that was set aside: nothing happens in it until someone lets it go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quarantined {
    /// The instance, and the service that failed.
    pub instance: InstanceId,
    /// Why.
    pub reason: String,
    /// The event that it failed at; `None`: it failed at something of its own, as at a deadline that had passed.
    pub event: Option<Arc<Event>>,
    /// How many events wait in it, the one that it failed at among them.
    pub waiting: usize,
}

/// What has come of dropping the event that an instance was set aside for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skipped {
    /// The instance goes on as if this event had never come.
    Event(Arc<Event>),
    /// It failed at something of its own, as at a deadline that had passed: there is nothing to drop.
    NoEvent,
    /// It was not set aside.
    NotSetAside,
}

/// A line of the journal, and when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Noted {
    /// When.
    pub at: Timestamp,
    /// What people should know of.
    pub record: Record,
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
        let found = self.backend().quarantined(None).await?;
        let mut listed: Vec<Quarantined> = found
            .into_iter()
            .filter_map(|(instance, progress)| {
                let reason = progress.quarantine.clone()?;
                let failed = progress.parked.iter().find(|it| Some(it.handle) == progress.failed_at);
                let event = failed.map(|delivery| Arc::clone(&delivery.event));
                Some(Quarantined { instance, reason, event, waiting: progress.parked.len() })
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
            let change = goes_on(instance, snapshot.revision, machine::release(&progress));
            let step = Step { change: Some(change), nudge: true, ..Step::default() };
            if self.commit_one(step).await? {
                return Ok(true);
            }
        }
    }

    /// Lets an instance go on that was set aside, without the event that it failed at, and notes that in the journal.
    ///
    /// Its service goes on as if the event had never come: whoever waits for an answer to it goes on waiting. The event stays
    /// in the log.
    pub async fn skip(&self, instance: &InstanceId) -> Result<Skipped, StoreError> {
        loop {
            let snapshot = self.snapshot(instance).await?;
            let Some(progress) = snapshot.progress.filter(|progress| progress.quarantine.is_some()) else {
                return Ok(Skipped::NotSetAside);
            };
            let Some((released, failed)) = machine::drop_failed(&progress) else {
                return Ok(Skipped::NoEvent);
            };
            let change = goes_on(instance, snapshot.revision, released);
            let record = Record {
                instance: instance.clone(),
                event: failed.event.id.clone(),
                event_type: failed.event.name.clone(),
                verdict: "skipped".into(),
                reason: format!(
                    "dropped by hand, after: {}",
                    progress.quarantine.as_deref().unwrap_or_default()
                ),
            };
            let step = Step {
                change: Some(change),
                consumed: Some((failed.taker(&instance.service), failed.handle)),
                waits: Waits::Unparks(failed.handle),
                records: vec![record],
                nudge: true,
                ..Step::default()
            };
            if self.commit_one(step).await? {
                return Ok(Skipped::Event(failed.event));
            }
        }
    }

    /// What people should know of, oldest first: events that were refused, instances that were set aside.
    pub async fn journal(&self) -> Result<Vec<Record>, StoreError> {
        let lines = self.backend().journal(Which::default(), usize::MAX).await?;
        Ok(lines.into_iter().map(|(_, record)| record).collect())
    }

    /// The journal's newest lines about these instances, so many at most, oldest first, each with its time.
    pub async fn noted(&self, which: &Which, most: usize) -> Result<Vec<Noted>, StoreError> {
        let lines = self.backend().journal(which.clone(), most).await?;
        let noted = |(at, record)| Noted { at: Timestamp::from_millis(at), record };
        Ok(lines.into_iter().map(noted).collect())
    }

    /// Where these instances stand and what they wait for; so many at most, those that have stood the longest first. What
    /// is over, or may be, is left out, unless it is asked for.
    ///
    /// It reads all instances that there are.
    pub async fn instances(&self, which: &Which, most: usize) -> Result<Found, StoreError> {
        self.backend().survey(which.clone(), most).await
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

    /// Who has still to take events, by name. One that does not run, or cannot keep up, is seen here first.
    ///
    /// A store in memory says nothing.
    pub async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        self.backend().backlog().await
    }

    pub(crate) async fn snapshot(&self, instance: &InstanceId) -> Result<Snapshot, StoreError> {
        let read = self.backend().load(vec![instance.clone()]).await?;
        read.into_iter().next().unwrap_or_else(|| Ok(Snapshot::default()))
    }
}

/// An instance that was set aside at this revision goes on from here.
fn goes_on(instance: &InstanceId, revision: u64, progress: Progress) -> Change {
    Change { instance: instance.clone(), expected: revision, progress: Arc::new(progress), was_due: None }
}
