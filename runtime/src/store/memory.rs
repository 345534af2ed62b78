//! Everything in the memory of this process.

use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Backend, Change, Outcome, Pending, Record, Snapshot, Step};
use crate::envelope::InstanceId;
use crate::envelope::{Delivery, EventId, Name};
use crate::machine::Progress;
use crate::transport::{Mail, Mailbox};

pub(super) struct Memory {
    shards: usize,
    instances: Mutex<HashMap<InstanceId, Snapshot>>,
    sent: Mutex<HashSet<(Name, EventId)>>,
    mailboxes: Mutex<HashMap<Name, Arc<Mailbox>>>,
    journal: Mutex<Vec<Record>>,
    held: Mutex<Vec<(Name, Delivery)>>,
    handles: AtomicU64,
}

/// A panic elsewhere cannot leave these maps half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    pub(super) fn new(shards: usize) -> Self {
        Self {
            shards,
            instances: Mutex::default(),
            sent: Mutex::default(),
            mailboxes: Mutex::default(),
            journal: Mutex::default(),
            held: Mutex::default(),
            handles: AtomicU64::new(1),
        }
    }

    fn mailbox(&self, subscriber: &Name, external: bool) -> Arc<Mailbox> {
        let shards = if external { 1 } else { self.shards };
        let mut mailboxes = lock(&self.mailboxes);
        if let Some(mailbox) = mailboxes.get(subscriber) {
            return Arc::clone(mailbox);
        }
        let mailbox = Arc::new(Mailbox::new(shards));
        mailboxes.insert(subscriber.clone(), Arc::clone(&mailbox));
        mailbox
    }

    fn change(&self, change: Change) -> Outcome {
        let mut instances = lock(&self.instances);
        let stands = instances.get(&change.instance).map_or(0, |snapshot| snapshot.revision);
        if stands != change.expected {
            return Outcome::Conflict;
        }
        instances.insert(change.instance, Snapshot { revision: stands + 1, progress: Some(change.progress) });
        Outcome::Written
    }

    fn write(&self, step: Step) -> Outcome {
        if step.once {
            let mut sent = lock(&self.sent);
            let fresh =
                step.emitted.iter().all(|o| sent.insert((o.event.source.clone(), o.event.id.clone())));
            if !fresh {
                return Outcome::Conflict;
            }
        }
        let nudged = step.change.as_ref().filter(|_| step.nudge).map(|change| change.instance.clone());
        if let Some(change) = step.change
            && self.change(change) == Outcome::Conflict
        {
            return Outcome::Conflict;
        }
        lock(&self.journal).extend(step.records);
        if let Some(instance) = nudged {
            self.mailbox(&instance.service.clone(), false).put([Mail::Nudge(instance)]);
        }
        for outgoing in step.emitted {
            let handle = self.handles.fetch_add(1, Ordering::Relaxed);
            for to in outgoing.to {
                let event = Arc::clone(&outgoing.event);
                let mail = Mail::Delivery(Delivery { event, sequence: to.sequence, handle });
                self.mailbox(&to.name, to.external).put([mail]);
            }
        }
        Outcome::Written
    }
}

impl Backend for Memory {
    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        Box::pin(ready(Ok(steps.into_iter().map(|step| self.write(step)).collect())))
    }

    fn load(&self, ids: Vec<InstanceId>) -> Pending<Vec<Snapshot>> {
        let instances = lock(&self.instances);
        let found = ids.iter().map(|id| instances.get(id).cloned().unwrap_or_default()).collect();
        Box::pin(ready(Ok(found)))
    }

    fn quarantined(&self) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        let instances = lock(&self.instances);
        let set_aside = |(id, snapshot): (&InstanceId, &Snapshot)| {
            let progress = snapshot.progress.clone().filter(|progress| progress.quarantine.is_some())?;
            Some((id.clone(), progress))
        };
        Box::pin(ready(Ok(instances.iter().filter_map(set_aside).collect())))
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
