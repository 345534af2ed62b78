//! When to look at an instance: deadlines, and steps whose process may have died before all was done.
//!
//! Before a state is written that has something to do at some time, a *wake* is: a message under that second. Any
//! replica that finds it looks at the instance. It is removed when the state that it was written for, or a later
//! one, has nothing to do at that time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Stream;
use futures_util::TryStreamExt as _;

use super::Shared;
use super::broker::Failure;
use super::setup::SIGN_OF_LIFE;
use super::subjects;
use crate::envelope::{InstanceId, Name};
use crate::store::{StoreError, unix_now};
use crate::transport::Mailbox;

/// How often the present second is looked at, and the minutes before it.
const TICK: Duration = Duration::from_millis(250);
const SWEEP: i64 = 10_000;

/// So many minutes back, wakes of clocks that are behind are found.
const MINUTES_BACK: i64 = 10;

/// An instance that has something to do and has not done it is told so again after this while, in milliseconds:
/// whoever was told may have died.
const AGAIN: i64 = 3_000;

/// A wake whose state was never written is removed after this while, in milliseconds. Whoever was to write it has
/// lost patience long before.
const GRACE: i64 = 8 * 60 * 1000;

/// Looks at the instances of one service when they have something to do.
pub(super) struct Watch {
    shared: Weak<Shared>,
    mailbox: Weak<Mailbox>,
    service: Name,
    instances: Stream<()>,
    consumers: Vec<PullConsumer>,
    /// Instances that are due before long: when, in milliseconds since 1970.
    near: BinaryHeap<Reverse<(i64, InstanceId)>>,
    /// The instances that were told, and when: so that they are not told all the time.
    told: BTreeMap<u64, i64>,
    /// Minutes before those that the sweep covers, in which there are wakes.
    old: Vec<i64>,
    /// Events that were published before this process came have been taken.
    level: bool,
    began: i64,
    swept: i64,
    /// The last second that was looked at.
    seen: i64,
}

impl Watch {
    pub(super) fn new(
        shared: &Arc<Shared>,
        mailbox: &Arc<Mailbox>,
        service: Name,
        instances: Stream<()>,
        consumers: Vec<PullConsumer>,
    ) -> Self {
        let now = unix_now();
        Self {
            shared: Arc::downgrade(shared),
            mailbox: Arc::downgrade(mailbox),
            service,
            instances,
            consumers,
            near: BinaryHeap::new(),
            told: BTreeMap::new(),
            old: Vec::new(),
            level: false,
            began: now,
            swept: 0,
            seen: 0,
        }
    }

    /// Watches until nobody serves the service here any more.
    pub(super) async fn run(mut self) {
        while let Some(shared) = self.shared.upgrade().filter(|_| self.mailbox.strong_count() > 0) {
            if let Err(error) = self.look(&shared).await {
                tracing::warn!(%error, service = %self.service, "cannot look for deadlines, will again");
                tokio::time::sleep(TICK * 4).await;
            }
            drop(shared);
            tokio::time::sleep(self.pause()).await;
        }
    }

    fn pause(&self) -> Duration {
        let until = self.near.peek().map_or(i64::MAX, |Reverse((due, _))| due.saturating_sub(unix_now()));
        Duration::from_millis(u64::try_from(until.max(1)).unwrap_or(1)).min(TICK)
    }

    /// Finds the minutes long ago in which there are wakes: nobody may have served, or slept, for a night.
    async fn list(&mut self, shared: &Shared) -> Result<(), StoreError> {
        let all = shared.subjects.state_of(&self.service, "wake.>");
        let newest = unix_now().div_euclid(60_000) - MINUTES_BACK;
        let attempt = || async {
            let passing = |error: &dyn std::fmt::Display| Failure::Passing(error.to_string());
            let subjects = self.instances.info_with_subjects(&all).await.map_err(|error| passing(&error))?;
            let mut subjects = std::pin::pin!(subjects);
            let mut minutes = Vec::new();
            while let Some((subject, _)) = subjects.try_next().await.map_err(|error| passing(&error))? {
                let minute = subject.split('.').nth(3).and_then(|minute| minute.parse::<i64>().ok());
                minutes.extend(minute.filter(|minute| *minute < newest));
            }
            minutes.sort_unstable();
            minutes.dedup();
            Ok(minutes)
        };
        self.old = shared.broker.patiently("look for deadlines", attempt).await?;
        Ok(())
    }

    async fn look(&mut self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        let now = unix_now();
        let second = now.div_euclid(1000);
        if second - self.seen > (MINUTES_BACK - 1) * 60 {
            self.list(shared).await?;
        }
        // The second before once more: who has written there may have been slow.
        for second in (self.seen.max(second - 60)..=second).chain(std::iter::once(second - 1)) {
            self.look_at(shared, &shared.subjects.wakes_of_second(&self.service, second)).await?;
        }
        self.seen = second;
        if now - self.swept >= SWEEP {
            self.swept = now;
            let minute = now.div_euclid(60_000);
            let old = std::mem::take(&mut self.old);
            for minute in old.into_iter().chain(minute - MINUTES_BACK..minute) {
                let found =
                    self.look_at(shared, &shared.subjects.wakes_of_minute(&self.service, minute)).await?;
                if found && minute < now.div_euclid(60_000) - MINUTES_BACK {
                    self.old.push(minute);
                }
            }
            self.old.dedup();
            self.told.retain(|_, when| now - *when < 10 * AGAIN);
        }
        self.tell(shared, now);
        Ok(())
    }

    /// Tells those who serve of what has fallen due meanwhile.
    fn tell(&mut self, shared: &Shared, now: i64) {
        while let Some(Reverse((due, _))) = self.near.peek()
            && *due <= now
        {
            if let Some(Reverse((_, instance))) = self.near.pop() {
                shared.nudge(&instance);
            }
        }
    }

    /// Looks at all instances of these wakes; says whether some are left.
    async fn look_at(&mut self, shared: &Arc<Shared>, wakes: &str) -> Result<bool, StoreError> {
        let (mut from, mut left) = (1, false);
        while let Some(wake) = shared.broker.next(&self.instances, wakes, from).await? {
            from = wake.sequence + 1;
            left |= self.consider(shared, &wake).await?;
        }
        Ok(left)
    }

    /// Looks at one instance; says whether the wake is still needed.
    async fn consider(&mut self, shared: &Arc<Shared>, wake: &StreamMessage) -> Result<bool, StoreError> {
        let now = unix_now();
        if self.told.get(&wake.sequence).is_some_and(|when| now - *when < AGAIN) {
            return Ok(true);
        }
        let written = i64::try_from(wake.time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
        let Some(instance) = subjects::instance(&self.service, &wake.subject, 0) else {
            shared.broker.remove(&self.instances, wake.sequence).await?;
            return Ok(false);
        };
        let state = shared.read(&instance).await?;
        let state = state.filter(|(revision, _)| *revision > wake.sequence);
        let Some((_, state)) = state else {
            // Whoever wrote the wake is about to write the state, or has died before.
            if now - written < GRACE {
                return Ok(true);
            }
            shared.broker.remove(&self.instances, wake.sequence).await?;
            return Ok(false);
        };
        let fires =
            std::str::from_utf8(&wake.payload).ok().and_then(|due| due.parse::<i64>().ok()).unwrap_or(0);
        let due = state.due.filter(|due| *due <= fires.max(now));
        if due.is_none() && state.waiting == 0 {
            shared.broker.remove(&self.instances, wake.sequence).await?;
            shared.nudge(&instance);
            return Ok(false);
        }
        if self.is_level(shared).await? {
            let at = due.unwrap_or(now).max(now);
            self.told.insert(wake.sequence, at);
            self.near.push(Reverse((at, instance)));
        }
        Ok(true)
    }

    /// Whether all has been taken that was published before: it goes before what falls due. Once that is so after
    /// the start, only what is still on the server counts.
    async fn is_level(&mut self, shared: &Shared) -> Result<bool, StoreError> {
        if self.level {
            return Ok(true);
        }
        // What a process has held that died comes to another after a while.
        let life = i64::try_from(SIGN_OF_LIFE.as_millis()).unwrap_or(i64::MAX);
        let waited = unix_now() - self.began > life + 2000;
        for consumer in &self.consumers {
            let attempt =
                || async { consumer.get_info().await.map_err(|error| Failure::Passing(error.to_string())) };
            let info = shared.broker.patiently("look at a consumer", attempt).await?;
            let held = shared.held.of_consumer(&info.name);
            if !waited && (info.num_pending > 0 || info.num_ack_pending > held) {
                return Ok(false);
            }
        }
        self.level = true;
        Ok(true)
    }
}
