//! Everything in the memory of this process.

use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Backend, Change, Outcome, Pending, Record, Snapshot, Step};
use crate::envelope::{Delivery, EventId, Name};
use crate::progress::InstanceId;
use crate::transport::{Mail, Mailbox};

pub(super) struct Memory {
    shards: usize,
    instances: Mutex<HashMap<InstanceId, Snapshot>>,
    sent: Mutex<HashSet<(Name, EventId)>>,
    mailboxes: Mutex<HashMap<Name, Arc<Mailbox>>>,
    journal: Mutex<Vec<Record>>,
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
        instances.insert(change.instance, Snapshot { revision: stands + 1, progress: change.progress });
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
        if let Some(change) = step.change
            && self.change(change) == Outcome::Conflict
        {
            return Outcome::Conflict;
        }
        lock(&self.journal).extend(step.records);
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

    fn subscribe(&self, subscriber: &Name, external: bool) -> Pending<Arc<Mailbox>> {
        Box::pin(ready(Ok(self.mailbox(subscriber, external))))
    }
}
