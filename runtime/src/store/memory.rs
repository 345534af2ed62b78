//! Everything in the memory of this process.

mod clock;
mod post;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use super::prune::Flows;
use super::survey::{Legends, Survey};
use super::{
    Backend, Backlog, Change, Found, Loaded, Outcome, Pending, Pruned, Record, Snapshot, Step, Which,
};
use crate::envelope::{Delivery, EventId, InstanceId, Key, Name, Outgoing, Subscription};
use crate::machine::{Legend, Machine, Progress};
use crate::transport::{Mail, Mailbox};
pub(super) use clock::Clock;
use post::{Parcels, Post};

/// Locks are split so many times, so that workers seldom meet.
const SPLIT: usize = 64;

pub(crate) struct Memory {
    hasher: RandomState,
    instances: [Mutex<Instances>; SPLIT],
    /// Source and id of what came from outside.
    sent: Mutex<HashSet<(Name, EventId), RandomState>>,
    post: Arc<Post>,
    clock: Arc<Clock>,
    journal: Mutex<Vec<(i64, Record)>>,
    legends: Mutex<Legends>,
    held: Mutex<Vec<(Name, Delivery)>>,
    /// What was published, for those who watch.
    published: Option<Mutex<Vec<Outgoing>>>,
}

/// Where the participants of each key stand.
type Instances = HashMap<Key, Vec<Participant>, RandomState>;

struct Participant {
    service: Name,
    choreography: Name,
    snapshot: Snapshot,
    /// When it was written, in milliseconds since 1970.
    changed: i64,
}

impl Participant {
    fn is(&self, id: &InstanceId) -> bool {
        self.service == id.service && self.choreography == id.choreography
    }

    fn instance(&self, key: &Key) -> InstanceId {
        let (service, choreography) = (self.service.clone(), self.choreography.clone());
        InstanceId { service, choreography, key: key.clone() }
    }
}

/// A panic elsewhere cannot leave these maps half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    pub(super) fn new(shards: usize, clock: Clock) -> Self {
        Self {
            hasher: RandomState::default(),
            instances: std::array::from_fn(|_| Mutex::default()),
            sent: Mutex::default(),
            post: Arc::new(Post::new(shards)),
            clock: Arc::new(clock),
            journal: Mutex::default(),
            legends: Mutex::default(),
            held: Mutex::default(),
            published: None,
        }
    }

    /// In a time that stands until it is moved on, with everything that is published to be seen.
    pub(super) fn watched() -> Self {
        let mut memory = Self::new(1, Clock::standing());
        memory.published = Some(Mutex::default());
        memory
    }

    /// What was published since the last time.
    pub(crate) fn published(&self) -> Vec<Outgoing> {
        self.published.as_ref().map(|published| std::mem::take(&mut *lock(published))).unwrap_or_default()
    }

    /// Moves a standing time on to the next time at which something falls due, or to `end` if that is earlier.
    /// Says whether something fell due.
    pub(crate) fn advance(&self, end: i64) -> bool {
        self.clock.advance(end)
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

    /// What `look` finds in where the participants stand.
    fn search<T>(&self, look: impl Fn(&Participant, &Key, &Arc<Progress>) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        for part in &self.instances {
            for (key, participants) in &*lock(part) {
                let standing =
                    participants.iter().filter_map(|it| Some((it, it.snapshot.progress.as_ref()?)));
                found.extend(standing.filter_map(|(it, progress)| look(it, key, progress)));
            }
        }
        found
    }

    fn change(&self, change: Change, at: i64) -> Outcome {
        let Change { instance, expected, progress, .. } = change;
        let mut part = self.part(&instance.key);
        let participants = part.entry(instance.key.clone()).or_insert_with(|| Vec::with_capacity(4));
        let due = progress.due();
        let snapshot = Snapshot { revision: expected + 1, progress: Some(progress) };
        let found = participants.iter_mut().find(|it| it.is(&instance));
        let before = found.as_ref().and_then(|it| it.snapshot.progress.as_ref()?.due());
        let wake = due.filter(|_| due != before).map(|due| (due, instance.clone()));
        match found {
            Some(it) if it.snapshot.revision == expected => (it.snapshot, it.changed) = (snapshot, at),
            None if expected == 0 => {
                let InstanceId { service, choreography, .. } = instance;
                participants.push(Participant { service, choreography, snapshot, changed: at });
            }
            _ => return Outcome::Conflict,
        }
        drop(part);
        if let Some((due, instance)) = wake {
            self.clock.wake(due, instance, &self.post);
        }
        Outcome::Written(expected + 1)
    }

    fn write(&self, step: Step, at: i64, parcels: &mut Parcels) -> Outcome {
        if step.once && !self.first_time(&step.emitted) {
            return Outcome::Conflict;
        }
        let nudged = step.change.as_ref().filter(|_| step.nudge).map(|change| change.instance.clone());
        let outcome = step.change.map_or(Outcome::Written(0), |change| self.change(change, at));
        if outcome == Outcome::Conflict {
            return outcome;
        }
        if !step.records.is_empty() {
            lock(&self.journal).extend(step.records.into_iter().map(|record| (at, record)));
        }
        self.post.nudge(nudged);
        if let Some(published) = &self.published {
            lock(published).extend(step.emitted.iter().cloned());
        }
        for outgoing in step.emitted {
            self.post.pack(outgoing, at, parcels);
        }
        outcome
    }

    fn first_time(&self, emitted: &[Outgoing]) -> bool {
        let mut sent = lock(&self.sent);
        emitted.iter().all(|outgoing| sent.insert((outgoing.event.source.clone(), outgoing.event.id.clone())))
    }

    /// What was published is with those who take it: there is no log.
    fn prune(&self, before: i64, remove: bool) -> Pruned {
        let mut flows = Flows::new(before, lock(&self.legends).clone());
        for (id, changed, progress) in
            self.search(|it, key, progress| Some((it.instance(key), it.changed, Arc::clone(progress))))
        {
            flows.look(id, changed, &progress, progress.parked.len(), ());
        }
        let mut pruned = Pruned::default();
        let (over, stay) = flows.split();
        for ((choreography, key), _) in over {
            pruned.flows += 1;
            if remove && let Entry::Occupied(mut participants) = self.part(&key).entry(key.clone()) {
                let old = |it: &Participant| it.choreography == choreography && it.changed < before;
                participants.get_mut().retain(|it| !old(it));
                if participants.get().is_empty() {
                    participants.remove();
                }
            }
        }
        let mut journal = lock(&self.journal);
        let stays = |(at, record): &(i64, Record)| {
            let InstanceId { choreography, key, .. } = &record.instance;
            *at >= before || stay.contains(&(choreography.clone(), key.clone()))
        };
        pruned.lines = journal.iter().filter(|line| !stays(line)).count() as u64;
        if remove {
            journal.retain(stays);
        }
        pruned
    }

    /// Deadlines and open decisions of a service that has just come, or come back.
    fn remember_dues(&self, service: &Name) {
        let dues = self.search(|it, key, progress| {
            let due = progress.due().filter(|_| it.service == *service)?;
            Some((due, it.instance(key)))
        });
        for (due, instance) in dues {
            self.clock.wake(due, instance, &self.post);
        }
    }
}

impl Backend for Memory {
    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        let (mut parcels, at) = (Parcels::default(), self.clock.now());
        let outcomes = steps.into_iter().map(|step| self.write(step, at, &mut parcels)).collect();
        self.post.bring(parcels);
        Box::pin(ready(Ok(outcomes)))
    }

    fn load(&self, ids: Vec<InstanceId>) -> Pending<Vec<Loaded>> {
        Box::pin(ready(Ok(ids.iter().map(|id| Ok(self.read(id))).collect())))
    }

    fn quarantined(&self, of: Option<Name>) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        let found = self.search(|it, key, progress| {
            progress.quarantine.as_ref().filter(|_| of.as_ref().is_none_or(|of| it.service == *of))?;
            Some((it.instance(key), Arc::clone(progress)))
        });
        Box::pin(ready(Ok(found)))
    }

    fn journal(&self, which: Which, most: usize) -> Pending<Vec<(i64, Record)>> {
        let journal = lock(&self.journal);
        let of_these = journal.iter().rev().filter(|(_, record)| which.has(&record.instance));
        let mut newest: Vec<_> = of_these.take(most).cloned().collect();
        newest.reverse();
        Box::pin(ready(Ok(newest)))
    }

    fn survey(&self, which: Which, most: usize) -> Pending<Found> {
        let mut survey = Survey::new(which, most, lock(&self.legends).clone());
        for (id, changed, progress) in
            self.search(|it, key, progress| Some((it.instance(key), it.changed, Arc::clone(progress))))
        {
            survey.look(id, changed, &progress, progress.parked.len());
        }
        Box::pin(ready(Ok(survey.found())))
    }

    /// Mail is with those who take it.
    fn backlog(&self) -> Pending<Vec<Backlog>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn prune(&self, before: i64, remove: bool) -> Pending<Pruned> {
        Box::pin(ready(Ok(self.prune(before, remove))))
    }

    fn keep_legends(&self, service: &Name, machines: &'static [Machine]) -> Pending<()> {
        let legends = machines.iter().map(|machine| {
            ((service.clone(), machine.choreography.into(), machine.hash), Legend::of(machine))
        });
        lock(&self.legends).extend(legends);
        Box::pin(ready(Ok(())))
    }

    fn hold(&self, subscriber: &Name, delivery: Delivery) {
        lock(&self.held).push((subscriber.clone(), delivery));
    }

    /// What was brought does not come again.
    fn parked(&self, _subscriber: &Name, _delivery: &Delivery) {}

    /// Events go to the mailboxes of those who hear them: what they hear need not be said.
    fn subscribe(&self, subscription: Subscription) -> Pending<Arc<Mailbox>> {
        let Subscription { name: subscriber, external, listeners, .. } = subscription;
        self.post.listen(&subscriber, listeners);
        let mailbox = self.post.mailbox(&subscriber, external);
        let held: Vec<_> = lock(&self.held).extract_if(.., |(name, _)| *name == subscriber).collect();
        mailbox.put(held.into_iter().map(|(_, delivery)| Mail::Delivery(delivery)));
        if !external {
            self.remember_dues(&subscriber);
            self.post.nudge(self.clock.fallen_due());
        }
        Box::pin(ready(Ok(mailbox)))
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.clock.close();
    }
}
