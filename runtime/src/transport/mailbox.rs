//! What waits in this process for one subscriber.

use std::collections::VecDeque;
use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use tokio::sync::Notify;

use crate::envelope::InstanceId;
use crate::envelope::{Delivery, Key};

/// What is put into a mailbox.
#[derive(Clone, Debug)]
pub(crate) enum Mail {
    /// An event to take.
    Delivery(Delivery),
    /// An instance that someone else has changed: look at it again.
    Nudge(InstanceId),
}

impl Mail {
    fn key(&self) -> &Key {
        match self {
            Self::Delivery(delivery) => &delivery.event.key,
            Self::Nudge(instance) => &instance.key,
        }
    }
}

/// What waits in this process for one subscriber, split so that each instance always meets the same worker.
#[derive(Debug)]
pub(crate) struct Mailbox {
    shards: Vec<Shard>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    waiting: Mutex<VecDeque<Mail>>,
    arrived: Notify,
}

impl Shard {
    /// A panic elsewhere cannot leave a queue half changed.
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailbox {
    pub(crate) fn new(shards: usize) -> Self {
        let shards = (0..shards.max(1)).map(|_| Shard::default()).collect();
        Self { shards, hasher: RandomState::default() }
    }

    pub(crate) fn shards(&self) -> usize {
        self.shards.len()
    }

    /// How much waits in all shards.
    #[cfg(any(feature = "sqlite", feature = "nats", feature = "metrics"))]
    pub(crate) fn waiting(&self) -> usize {
        self.shards.iter().map(|shard| shard.waiting().len()).sum()
    }

    fn shard_of(&self, key: &Key) -> usize {
        if self.shards.len() == 1 {
            return 0;
        }
        let shards = self.shards.len() as u64;
        usize::try_from((self.hasher.hash_one(key) >> 32) % shards).unwrap_or_default()
    }

    /// Puts mail behind what waits already.
    pub(crate) fn put(&self, mail: impl IntoIterator<Item = Mail>) {
        let mail = mail.into_iter();
        let room = mail.size_hint().0;
        let mut sorted: Vec<Vec<Mail>> = self.shards.iter().map(|_| Vec::with_capacity(room)).collect();
        for mail in mail {
            if let Some(pile) = sorted.get_mut(self.shard_of(mail.key())) {
                pile.push(mail);
            }
        }
        for (shard, mut pile) in self.shards.iter().zip(sorted) {
            if pile.is_empty() {
                continue;
            }
            let mut waiting = shard.waiting();
            let was_empty = waiting.is_empty();
            waiting.extend(pile.drain(..));
            drop(waiting);
            if was_empty {
                shard.arrived.notify_one();
            }
        }
    }

    /// Puts mail back before what waits already: it was taken out and not dealt with.
    pub(crate) fn put_back(&self, mail: Mail) {
        let Some(shard) = self.shards.get(self.shard_of(mail.key())) else { return };
        shard.waiting().push_front(mail);
        shard.arrived.notify_one();
    }

    /// Wakes whoever waits at this shard, to look for what was left there.
    pub(crate) fn wake(&self, shard: usize) {
        if let Some(shard) = self.shards.get(shard) {
            shard.arrived.notify_one();
        }
    }

    /// Moves up to `most` letters into `into`; says how many.
    pub(crate) fn take(&self, shard: usize, most: usize, into: &mut Vec<Mail>) -> usize {
        let Some(shard) = self.shards.get(shard) else { return 0 };
        let mut waiting = shard.waiting();
        let count = waiting.len().min(most);
        into.extend(waiting.drain(..count));
        if !waiting.is_empty() {
            // Others may be waiting here too, and are told of an empty box being filled only.
            shard.arrived.notify_one();
        }
        count
    }

    /// Returns as soon as something has arrived since the last call.
    pub(crate) async fn arrived(&self, shard: usize) {
        match self.shards.get(shard) {
            Some(shard) => shard.arrived.notified().await,
            None => std::future::pending().await,
        }
    }
}
