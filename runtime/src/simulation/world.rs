//! What is outside of the processes: the store, the network, and the time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use crate::envelope::{Delivery, EventId, InstanceId, Listener, Name, Outgoing, Subscription, listener};
use crate::machine::Progress;
use crate::mutation::{self, Mutation};
use crate::store::{Change, Outcome, Record, Snapshot};
use crate::transport::{Mail, Mailbox};

/// How a store does what it has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A step is written at once, and what was heard is there until then: as in a file.
    Whole,
    /// The state goes first, then what it says is published, then what was heard is acknowledged: as on NATS.
    Split,
}

/// A delivery that comes again until it has been taken.
pub(super) struct Ticket {
    pub(super) delivery: Delivery,
    pub(super) service: Name,
    pub(super) taken: bool,
}

/// Where an instance stands, and what its last step has still to do.
#[derive(Clone, Default)]
pub(super) struct Kept {
    pub(super) snapshot: Snapshot,
    pub(super) pending: Vec<Outgoing>,
    pub(super) records: Vec<Record>,
}

/// The world of one run. All that is random in it comes from one seed.
pub(super) struct World {
    pub(super) kind: Kind,
    began: Instant,
    /// How far the clock has jumped, in milliseconds.
    pub(super) jumped: i64,
    pub(super) random: Rng,
    /// Faults happen.
    pub(super) stormy: bool,
    /// All instances have begun.
    pub(super) begun: bool,
    pub(super) instances: BTreeMap<InstanceId, Kept>,
    pub(super) log: Vec<Outgoing>,
    known: BTreeSet<(Name, EventId)>,
    pub(super) tickets: BTreeMap<(Name, u64), Ticket>,
    /// Instances that somebody has to look at, whoever dies, each with the revision that it was at before.
    pub(super) wakes: BTreeMap<InstanceId, u64>,
    mailboxes: BTreeMap<Name, BTreeMap<usize, Weak<Mailbox>>>,
    listeners: BTreeSet<(Name, Name, Name)>,
    pub(super) journal: Vec<Record>,
    /// What was done outside: the instance and what, under which idempotency key.
    pub(super) effects: BTreeMap<(String, String), BTreeSet<String>>,
    /// What externals have heard, in words.
    pub(super) heard: Vec<String>,
    /// What happened, and how often; and in order, in words.
    pub(super) counts: BTreeMap<&'static str, u64>,
    pub(super) story: Vec<String>,
}

/// The same world, for all who are in it.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(super) fn new(kind: Kind, seed: u64) -> Self {
        Self(Arc::new(Mutex::new(World {
            kind,
            began: Instant::now(),
            jumped: 0,
            random: Rng::with_seed(seed),
            stormy: true,
            begun: false,
            instances: BTreeMap::new(),
            log: Vec::new(),
            known: BTreeSet::new(),
            tickets: BTreeMap::new(),
            wakes: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            listeners: BTreeSet::new(),
            journal: Vec::new(),
            effects: BTreeMap::new(),
            heard: Vec::new(),
            counts: BTreeMap::new(),
            story: Vec::new(),
        })))
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// So long, in milliseconds, and in a storm now and then much longer.
    pub(super) async fn passes(&self, millis: u64) {
        let wait = {
            let mut world = self.world();
            let long = if world.chance(20) { 3_000 } else { millis };
            world.random.u64(0..=long)
        };
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }

    /// Publishes an event, unless it is known; it is on its way then. Says whether it was new.
    pub(super) fn publish(&self, outgoing: &Outgoing) -> bool {
        let handles = {
            let mut world = self.world();
            if !world.known.insert((outgoing.event.source.clone(), outgoing.event.id.clone())) {
                return false;
            }
            world.tell(|| format!("{} is published by {}", outgoing.event.name, outgoing.event.source));
            world.log.push(outgoing.clone());
            world.issue(outgoing)
        };
        for (subscriber, handle) in handles {
            tokio::spawn(bring(self.clone(), subscriber, handle));
        }
        true
    }

    /// Does what an instance's last step has still to do, as everybody must who reads it.
    pub(super) fn flush(&self, instance: &InstanceId) {
        if !mutation::on(Mutation::SkipFlush) {
            self.settle(instance);
        }
    }

    /// Does what an instance's last step has still to do.
    pub(super) fn settle(&self, instance: &InstanceId) {
        let kept = self.world().instances.get(instance).cloned().unwrap_or_default();
        for outgoing in &kept.pending {
            self.publish(outgoing);
        }
        let mut world = self.world();
        for record in kept.records {
            world.note(record);
        }
        if let Some(it) = world.instances.get_mut(instance)
            && it.snapshot.revision == kept.snapshot.revision
        {
            it.pending.clear();
            it.records.clear();
        }
    }
}

/// Brings a delivery, in any order and perhaps twice, until it has been taken.
async fn bring(shared: Shared, subscriber: Name, handle: u64) {
    let mut again = false;
    loop {
        shared.passes(30).await;
        let pause = {
            let mut world = shared.world();
            let Some(ticket) = world.tickets.get(&(subscriber.clone(), handle)) else { return };
            if ticket.taken {
                return;
            }
            let (delivery, service) = (ticket.delivery.clone(), ticket.service.clone());
            let replicas = if world.chance(6) { 2 } else { 1 };
            if replicas == 2 {
                world.count("deliveries doubled");
            }
            for _ in 0..replicas {
                world.put(&service, Mail::Delivery(Delivery { again, ..delivery.clone() }));
                again = true;
            }
            if world.stormy { world.random.u64(1_000..10_000) } else { 10_000 }
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

impl World {
    /// Milliseconds since the beginning, by the clock that all look at.
    pub(super) fn now(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap() + self.jumped
    }

    /// Once in so many times, as long as faults happen.
    pub(super) fn chance(&mut self, one_in: u32) -> bool {
        self.stormy && self.random.u32(..one_in) == 0
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(super) fn tell(&mut self, what: impl FnOnce() -> String) {
        let now = self.now();
        self.story.push(format!("{:>7} ms  {}", now, what()));
    }

    pub(super) fn note(&mut self, record: Record) {
        if !self.journal.contains(&record) {
            self.journal.push(record);
        }
    }

    /// Whoever hears the event is to be brought it: their names and the event's number.
    fn issue(&mut self, outgoing: &Outgoing) -> Vec<(Name, u64)> {
        let (handle, at) = (self.log.len() as u64, self.now());
        let event = &outgoing.event;
        let mut issued = Vec::new();
        for to in &outgoing.to {
            if to.external {
                self.heard.push(format!("{} {}", event.key, event.name.short()));
                continue;
            }
            let delivery = Delivery::to(to, Arc::clone(event), handle, at);
            issued.push((to.name.clone(), to.name.clone(), delivery));
        }
        for (of_type, service, choreography) in &self.listeners {
            if *of_type == event.name && *choreography != event.choreography {
                let listens = Some(choreography.clone());
                let event = Delivery::new(Arc::clone(event), handle, at);
                let delivery = Delivery { listener: listens, ..event };
                issued.push((listener(service, choreography), service.clone(), delivery));
            }
        }
        let tickets = issued.into_iter().map(|(subscriber, service, delivery)| {
            self.tickets.insert((subscriber.clone(), handle), Ticket { delivery, service, taken: false });
            (subscriber, handle)
        });
        tickets.collect()
    }

    /// Puts mail into the box of some replica; without one, it is lost.
    pub(super) fn put(&mut self, service: &Name, mail: Mail) {
        let boxes = self.mailboxes.entry(service.clone()).or_default();
        boxes.retain(|_, mailbox| mailbox.strong_count() > 0);
        let boxes: Vec<Arc<Mailbox>> = boxes.values().filter_map(Weak::upgrade).collect();
        if !boxes.is_empty() {
            let one = self.random.usize(..boxes.len());
            boxes[one].put([mail]);
        }
    }

    /// From now on the service hears these foreign events, whether it runs or not.
    pub(super) fn listen(&mut self, service: &'static str, listeners: Vec<Listener>) {
        for Listener { event, choreography } in listeners {
            self.listeners.insert((event, service.into(), choreography));
        }
    }

    pub(super) fn subscribe(&mut self, process: usize, subscription: Subscription) -> Arc<Mailbox> {
        let name = subscription.name;
        let mailbox = Arc::new(Mailbox::new(1));
        self.mailboxes.entry(name).or_default().insert(process, Arc::downgrade(&mailbox));
        mailbox
    }

    /// Writes a state, if the instance stands where the step was computed from.
    pub(super) fn change(
        &mut self,
        change: &Change,
        pending: Vec<Outgoing>,
        records: Vec<Record>,
    ) -> Outcome {
        let kept = self.instances.entry(change.instance.clone()).or_default();
        if kept.snapshot.revision != change.expected && !mutation::on(Mutation::ForgetCompare) {
            self.count("compare-and-set lost");
            return Outcome::Conflict;
        }
        let revision = change.expected + 1;
        let snapshot = Snapshot { revision, progress: Some(Arc::clone(&change.progress)) };
        *kept = Kept { snapshot, pending, records };
        Outcome::Written(revision)
    }

    pub(super) fn take(&mut self, subscriber: &Name, handle: u64) -> bool {
        let ticket = self.tickets.get_mut(&(subscriber.clone(), handle));
        ticket.is_some_and(|ticket| !std::mem::replace(&mut ticket.taken, true))
    }

    pub(super) fn progress(&self, instance: &InstanceId) -> Option<Arc<Progress>> {
        self.instances.get(instance)?.snapshot.progress.clone()
    }

    /// What is still to be done.
    pub(super) fn left(&self) -> Vec<String> {
        let mut left = Vec::new();
        for ((subscriber, _), ticket) in self.tickets.iter().filter(|(_, ticket)| !ticket.taken) {
            left.push(format!(
                "{} of {} is not taken by {subscriber}",
                ticket.delivery.event.name, ticket.delivery.event.key
            ));
        }
        for (instance, kept) in &self.instances {
            let Some(progress) = &kept.snapshot.progress else { continue };
            let (service, key) = (&instance.service, &instance.key);
            if !kept.pending.is_empty() {
                left.push(format!("{service} of {key} has something to publish"));
            }
            if let Some(why) = &progress.quarantine {
                left.push(format!("{service} of {key} is set aside: {why}"));
            }
            if !progress.parked.is_empty() {
                left.push(format!("{} events wait in {service} of {key}", progress.parked.len()));
            }
            if progress.due().is_some() {
                left.push(format!("{service} of {key} has a deadline"));
            }
        }
        left
    }
}
