//! When to look at an instance: deadlines, and steps whose process may have died before all was done.
//!
//! Before a state is written that has something to do at some time, a *wake* is: a message under that second. Any
//! replica that finds it looks at the instance. It is removed when the state that it was written for, or a later
//! one, has nothing to do within that second.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Stream;
use futures_util::future::try_join_all;

use super::Shared;
use super::broker::Failure;
use super::setup::SIGN_OF_LIFE;
use super::state::Stored;
use super::subjects;
use crate::envelope::{InstanceId, Name};
use crate::store::{StoreError, unix_now};
use crate::transport::Mailbox;

/// How often the present second is looked at, and the minutes before it.
const TICK: Duration = Duration::from_millis(250);
const SWEEP: i64 = 10_000;

/// So many minutes back, wakes of clocks that are behind are found.
const MINUTES_BACK: i64 = 10;

/// So many wakes and instances are read at once.
const TOGETHER: usize = 256;

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
    minutes: Minutes,
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
            minutes: Minutes::default(),
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
        let minute = |subject: &str| subject.split('.').nth(3)?.parse::<i64>().ok();
        let old = |subject: &str, _| minute(subject).filter(|minute| *minute < newest);
        let minutes = shared.broker.subjects(&self.instances, &all, old).await?;
        self.minutes.left.extend(minutes);
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
            for minute in self.minutes.to_sweep(now) {
                let found =
                    self.look_at(shared, &shared.subjects.wakes_of_minute(&self.service, minute)).await?;
                self.minutes.swept(minute, found);
                // There may be many: whoever was found first need not wait for the last.
                self.tell(shared, now);
            }
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
        // Mostly there is none, which is cheaper to see.
        if shared.broker.next(&self.instances, wakes, 1).await?.is_none() {
            return Ok(false);
        }
        let subjects = shared.broker.subjects(&self.instances, wakes, |it, _| Some(it.to_owned())).await?;
        let mut left = false;
        for subjects in subjects.chunks(TOGETHER) {
            let found = try_join_all(subjects.iter().map(|subject| self.find(shared, subject))).await?;
            for found in found {
                left |= found != Found::Nothing;
                self.note(shared, found).await?;
            }
        }
        Ok(left)
    }

    /// Looks at the wake under this subject and at its instance, and removes it if it is not needed any more.
    async fn find(&self, shared: &Arc<Shared>, subject: &str) -> Result<Found, StoreError> {
        let Some(message) = shared.broker.last(&self.instances, subject).await? else {
            return Ok(Found::Nothing);
        };
        let (wake, now) = (Wake::read(&message), unix_now());
        if self.told.get(&wake.sequence).is_some_and(|when| now - *when < AGAIN) {
            return Ok(Found::Waiting);
        }
        let Some(instance) = subjects::instance(&self.service, subject, 0) else {
            self.remove(shared, wake.sequence).await?;
            return Ok(Found::Nothing);
        };
        let state = match StoreError::apart(shared.read(&instance).await)? {
            Ok(state) => state,
            Err(error) => {
                // Its events say so; here they are not waited for all the time.
                tracing::debug!(%error, key = %instance.key, service = %self.service, "an instance cannot be read");
                return Ok(Found::Unreadable { wake: wake.sequence });
            }
        };
        match wake.need(state.as_ref().map(|(revision, state)| (*revision, state)), now) {
            Need::Soon => Ok(Found::Waiting),
            Need::At(at) => Ok(Found::Due { wake: wake.sequence, at, instance }),
            Need::None => {
                self.remove(shared, wake.sequence).await?;
                if state.is_some() {
                    shared.nudge(&instance);
                }
                Ok(Found::Nothing)
            }
        }
    }

    /// Notes when an instance is to be told, or is not to be looked at for a while.
    async fn note(&mut self, shared: &Arc<Shared>, found: Found) -> Result<(), StoreError> {
        match found {
            Found::Nothing | Found::Waiting => {}
            Found::Unreadable { wake } => drop(self.told.insert(wake, unix_now())),
            Found::Due { wake, at, instance } => {
                if self.is_level(shared).await? {
                    self.told.insert(wake, at);
                    self.near.push(Reverse((at, instance)));
                }
            }
        }
        Ok(())
    }

    async fn remove(&self, shared: &Shared, number: u64) -> Result<(), StoreError> {
        shared.broker.remove(&shared.subjects.state_stream(&self.service), number).await
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

/// The minutes that are looked at again and again. This one is among them: a wake that nobody was told of, or who has died, is
/// passed by else until its minute is over.
#[derive(Debug, Default)]
struct Minutes {
    /// Those in which there are wakes that are still needed, however long ago they are.
    left: BTreeSet<i64>,
}

impl Minutes {
    fn to_sweep(&self, now: i64) -> BTreeSet<i64> {
        let minute = now.div_euclid(60_000);
        self.left.iter().copied().chain(minute - MINUTES_BACK..=minute).collect()
    }

    /// A minute was looked at; `found`: there are wakes left in it.
    fn swept(&mut self, minute: i64, found: bool) {
        if found {
            self.left.insert(minute);
        } else {
            self.left.remove(&minute);
        }
    }
}

/// What has come of a look at a wake, which has this number in the stream.
#[derive(PartialEq, Eq)]
enum Found {
    /// It is not there, or not any more.
    Nothing,
    /// Its instance was told not long ago, or its state may be about to be written.
    Waiting,
    Unreadable {
        wake: u64,
    },
    /// Its instance has something to do at this time, in milliseconds since 1970.
    Due {
        wake: u64,
        at: i64,
        instance: InstanceId,
    },
}

/// What a wake says.
#[derive(Clone, Copy, Debug)]
struct Wake {
    /// Its number in the stream.
    sequence: u64,
    /// When it was written, and when the instance has something to do, in milliseconds since 1970.
    written: i64,
    fires: i64,
}

/// What a wake is still needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// The instance has something to do at this time, in milliseconds since 1970, or has already.
    At(i64),
    /// Its state may be about to be written.
    Soon,
    None,
}

impl Wake {
    fn read(message: &StreamMessage) -> Self {
        let fires = std::str::from_utf8(&message.payload).ok().and_then(|fires| fires.parse().ok());
        Self {
            sequence: message.sequence,
            written: i64::try_from(message.time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX),
            fires: fires.unwrap_or(0),
        }
    }

    /// What the wake is needed for, if this is the state of the instance, with its number.
    ///
    /// An instance has one wake a second: a step that is only tried replaces what another was written for. So what
    /// counts is what the state has to do within that second, be it older than the wake or later due.
    fn need(self, state: Option<(u64, &Stored)>, now: i64) -> Need {
        let second = self.fires.max(now).div_euclid(1000);
        if let Some((_, state)) = state {
            match state.due.filter(|due| due.div_euclid(1000) <= second) {
                Some(due) => return Need::At(due.max(now)),
                None if state.waiting > 0 => return Need::At(now),
                None => {}
            }
        }
        let is_written = state.is_some_and(|(revision, _)| revision > self.sequence);
        if is_written || now - self.written >= GRACE { Need::None } else { Need::Soon }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::nats::state::Pending;

    /// A wake with number 5, written at second 10 for something then; a state with this number that is due then.
    fn check(state: Option<(u64, Option<i64>, usize)>, now: i64, expected: Need) {
        let wake = Wake { sequence: 5, written: 10_300, fires: 10_300 };
        let state = state.map(|(revision, due, waiting)| {
            (revision, Stored { progress: Box::default(), pending: Pending::default(), due, waiting })
        });
        let found = wake.need(state.as_ref().map(|(revision, state)| (*revision, state)), now);
        assert_eq!(found, expected, "{state:?} at {now}");
    }

    #[test]
    fn a_wake_is_needed_until_its_state_has_nothing_to_do() {
        check(Some((6, Some(10_300), 0)), 10_200, Need::At(10_300));
        check(Some((6, Some(10_300), 0)), 20_000, Need::At(20_000));
        check(Some((6, Some(60_000), 0)), 10_400, Need::None);
        check(Some((6, None, 0)), 10_400, Need::None);
        check(Some((6, None, 1)), 10_400, Need::At(10_400));
    }

    #[test]
    fn a_state_that_was_never_written_is_waited_for_and_given_up() {
        check(None, 10_400, Need::Soon);
        check(None, 10_300 + GRACE, Need::None);
        check(Some((4, None, 0)), 10_400, Need::Soon);
        check(Some((4, None, 0)), 10_300 + GRACE, Need::None);
    }

    #[test]
    fn a_minute_is_looked_at_again_as_long_as_a_wake_is_needed_in_it() {
        let (mut minutes, minute) = (Minutes::default(), 60_000);
        assert!(minutes.to_sweep(7 * minute + 5_000).contains(&7), "while it lasts");
        assert!(minutes.to_sweep(17 * minute).contains(&7), "its wakes may be late");
        assert!(!minutes.to_sweep(18 * minute).contains(&7));
        minutes.swept(7, true);
        assert!(minutes.to_sweep(18 * minute).contains(&7));
        assert!(minutes.to_sweep(500 * minute).contains(&7));
        minutes.swept(7, false);
        assert!(!minutes.to_sweep(18 * minute).contains(&7));
    }

    #[test]
    fn a_step_that_was_only_tried_takes_no_deadline_away() {
        check(Some((4, Some(10_100), 0)), 10_400, Need::At(10_400));
        check(Some((4, Some(10_900), 0)), 10_400, Need::At(10_900));
        check(Some((4, Some(10_100), 0)), 10_300 + GRACE, Need::At(10_300 + GRACE));
        check(Some((4, None, 1)), 10_400, Need::At(10_400));
    }

    #[test]
    fn a_wake_for_now_takes_no_deadline_of_the_same_second_away() {
        check(Some((6, Some(10_900), 0)), 10_400, Need::At(10_900));
    }
}
