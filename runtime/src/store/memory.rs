//! Everything in the memory of this process.

use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::{Backend, Change, Outcome, Pending, Record, Snapshot, Step};
use crate::envelope::{Delivery, EventId, InstanceId, Key, Name, Outgoing, Recipient};
use crate::machine::Progress;
use crate::transport::{Mail, Mailbox};

/// Locks are split so many times, so that workers seldom meet.
const SPLIT: usize = 64;

pub(super) struct Memory {
    shards: usize,
    hasher: RandomState,
    instances: [Mutex<Instances>; SPLIT],
    /// Source and id of what came from outside.
    sent: Mutex<HashSet<(Name, EventId), RandomState>>,
    mailboxes: RwLock<HashMap<Name, Arc<Mailbox>, RandomState>>,
    journal: Mutex<Vec<Record>>,
    held: Mutex<Vec<(Name, Delivery)>>,
    handles: AtomicU64,
}

/// Where the participants of each key stand.
type Instances = HashMap<Key, Vec<Participant>, RandomState>;

struct Participant {
    service: Name,
    choreography: Name,
    snapshot: Snapshot,
}

impl Participant {
    fn is(&self, id: &InstanceId) -> bool {
        self.service == id.service && self.choreography == id.choreography
    }
}

/// A panic elsewhere cannot leave these maps half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    pub(super) fn new(shards: usize) -> Self {
        Self {
            shards,
            hasher: RandomState::default(),
            instances: std::array::from_fn(|_| Mutex::default()),
            sent: Mutex::default(),
            mailboxes: RwLock::default(),
            journal: Mutex::default(),
            held: Mutex::default(),
            handles: AtomicU64::new(1),
        }
    }

    fn mailbox(&self, subscriber: &Name, external: bool) -> Arc<Mailbox> {
        let known = self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).get(subscriber).cloned();
        known.unwrap_or_else(|| {
            let shards = if external { 1 } else { self.shards };
            let mut mailboxes = self.mailboxes.write().unwrap_or_else(PoisonError::into_inner);
            let mailbox =
                mailboxes.entry(subscriber.clone()).or_insert_with(|| Arc::new(Mailbox::new(shards)));
            Arc::clone(mailbox)
        })
    }

    /// The part of the instances that holds this key.
    fn part(&self, key: &Key) -> MutexGuard<'_, Instances> {
        let part = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or_default() % SPLIT;
        let [first, ..] = &self.instances;
        lock(self.instances.get(part).unwrap_or(first))
    }

    fn read(&self, id: &InstanceId) -> Snapshot {
        let part = self.part(&id.key);
        let participants = part.get(&id.key).into_iter().flatten();
        participants.filter(|it| it.is(id)).map(|it| it.snapshot.clone()).next().unwrap_or_default()
    }

    fn change(&self, change: Change) -> Outcome {
        let Change { instance, expected, progress } = change;
        let mut part = self.part(&instance.key);
        let participants = part.entry(instance.key.clone()).or_insert_with(|| Vec::with_capacity(4));
        let snapshot = Snapshot { revision: expected + 1, progress: Some(progress) };
        match participants.iter_mut().find(|it| it.is(&instance)) {
            Some(it) if it.snapshot.revision == expected => it.snapshot = snapshot,
            None if expected == 0 => {
                let InstanceId { service, choreography, .. } = instance;
                participants.push(Participant { service, choreography, snapshot });
            }
            _ => return Outcome::Conflict,
        }
        Outcome::Written
    }

    fn write(&self, step: Step, post: &mut Vec<Parcel>) -> Outcome {
        if step.once && !self.first_time(&step.emitted) {
            return Outcome::Conflict;
        }
        let nudged = step.change.as_ref().filter(|_| step.nudge).map(|change| change.instance.clone());
        if let Some(change) = step.change
            && self.change(change) == Outcome::Conflict
        {
            return Outcome::Conflict;
        }
        if !step.records.is_empty() {
            lock(&self.journal).extend(step.records);
        }
        if let Some(instance) = nudged {
            self.mailbox(&instance.service.clone(), false).put([Mail::Nudge(instance)]);
        }
        for outgoing in step.emitted {
            let handle = self.handles.fetch_add(1, Ordering::Relaxed);
            for to in outgoing.to {
                let event = Arc::clone(&outgoing.event);
                let delivery = Delivery { event, sequence: to.sequence, handle };
                pack(post, to, Mail::Delivery(delivery));
            }
        }
        Outcome::Written
    }

    fn first_time(&self, emitted: &[Outgoing]) -> bool {
        let mut sent = lock(&self.sent);
        emitted.iter().all(|outgoing| sent.insert((outgoing.event.source.clone(), outgoing.event.id.clone())))
    }
}

/// Mail for one subscriber, brought there at once.
struct Parcel {
    to: Recipient,
    mail: Vec<Mail>,
}

fn pack(post: &mut Vec<Parcel>, to: Recipient, mail: Mail) {
    match post.iter_mut().find(|parcel| parcel.to.name == to.name) {
        Some(parcel) => parcel.mail.push(mail),
        None => post.push(Parcel { to, mail: vec![mail] }),
    }
}

impl Backend for Memory {
    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        let mut post = Vec::new();
        let outcomes = steps.into_iter().map(|step| self.write(step, &mut post)).collect();
        for Parcel { to, mail } in post {
            self.mailbox(&to.name, to.external).put(mail);
        }
        Box::pin(ready(Ok(outcomes)))
    }

    fn load(&self, ids: Vec<InstanceId>) -> Pending<Vec<Snapshot>> {
        Box::pin(ready(Ok(ids.iter().map(|id| self.read(id)).collect())))
    }

    fn quarantined(&self) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        let mut found = Vec::new();
        for part in &self.instances {
            for (key, participants) in &*lock(part) {
                for Participant { service, choreography, snapshot } in participants {
                    if let Some(progress) = snapshot.progress.as_ref().filter(|it| it.quarantine.is_some()) {
                        let (service, choreography) = (service.clone(), choreography.clone());
                        let instance = InstanceId { service, choreography, key: key.clone() };
                        found.push((instance, Arc::clone(progress)));
                    }
                }
            }
        }
        Box::pin(ready(Ok(found)))
    }

    fn journal(&self) -> Pending<Vec<Record>> {
        Box::pin(ready(Ok(lock(&self.journal).clone())))
    }

    fn hold(&self, subscriber: &Name, delivery: Delivery) {
        lock(&self.held).push((subscriber.clone(), delivery));
    }

    fn subscribe(&self, subscriber: &Name, external: bool) -> Pending<Arc<Mailbox>> {
        let mailbox = self.mailbox(subscriber, external);
        let held: Vec<_> = lock(&self.held).extract_if(.., |(name, _)| name == subscriber).collect();
        mailbox.put(held.into_iter().map(|(_, delivery)| Mail::Delivery(delivery)));
        Box::pin(ready(Ok(mailbox)))
    }
}
