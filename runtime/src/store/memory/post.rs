//! How events get into the mailboxes of those who hear them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

use crate::envelope::{Delivery, Event, InstanceId, Listener, Name, Outgoing};
use crate::transport::{Mail, Mailbox};

/// All mailboxes, and who listens to foreign events.
pub(super) struct Post {
    shards: usize,
    mailboxes: RwLock<HashMap<Name, Arc<Mailbox>, RandomState>>,
    listeners: RwLock<Listeners>,
    handles: AtomicU64,
}

/// By the event's type: the service, and the choreography that listens.
type Listeners = HashMap<Name, Vec<(Name, Name)>, RandomState>;

/// Mail that is brought together: whose it is, whether that is an external, and what it is.
#[derive(Default)]
pub(super) struct Parcels(Vec<(Name, bool, Vec<Mail>)>);

impl Parcels {
    fn pack(&mut self, to: &Name, external: bool, mail: Mail) {
        match self.0.iter_mut().find(|(name, ..)| name == to) {
            Some((.., parcel)) => parcel.push(mail),
            None => self.0.push((to.clone(), external, vec![mail])),
        }
    }
}

impl Post {
    pub(super) fn new(shards: usize) -> Self {
        let (mailboxes, listeners) = (RwLock::default(), RwLock::default());
        // The number 0 is nobody's.
        Self { shards, mailboxes, listeners, handles: AtomicU64::new(Delivery::OWN + 1) }
    }

    pub(super) fn mailbox(&self, subscriber: &Name, external: bool) -> Arc<Mailbox> {
        let known = self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).get(subscriber).cloned();
        known.unwrap_or_else(|| {
            let shards = if external { 1 } else { self.shards };
            let mut mailboxes = self.mailboxes.write().unwrap_or_else(PoisonError::into_inner);
            let mailbox =
                mailboxes.entry(subscriber.clone()).or_insert_with(|| Arc::new(Mailbox::new(shards)));
            Arc::clone(mailbox)
        })
    }

    /// From now on the service hears these foreign events.
    pub(super) fn listen(&self, service: &Name, listeners: Vec<Listener>) {
        let mut all = self.listeners.write().unwrap_or_else(PoisonError::into_inner);
        for Listener { event, choreography } in listeners {
            let of_type = all.entry(event).or_default();
            let new = (service.clone(), choreography);
            if !of_type.contains(&new) {
                of_type.push(new);
            }
        }
    }

    /// Tells those who serve these instances to look at them again.
    pub(super) fn nudge(&self, instances: impl IntoIterator<Item = InstanceId>) {
        for instance in instances {
            self.mailbox(&instance.service.clone(), false).put([Mail::Nudge(instance)]);
        }
    }

    /// Packs an event for everyone who hears it.
    pub(super) fn pack(&self, outgoing: Outgoing, at: i64, parcels: &mut Parcels) {
        let handle = self.handles.fetch_add(1, Ordering::Relaxed);
        let Outgoing { event, to } = outgoing;
        for to in to {
            let delivery = Delivery::to(&to, Arc::clone(&event), handle, at);
            parcels.pack(&to.name, to.external, Mail::Delivery(delivery));
        }
        self.pack_foreign(&event, handle, at, parcels);
    }

    fn pack_foreign(&self, event: &Arc<Event>, handle: u64, at: i64, parcels: &mut Parcels) {
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner);
        if listeners.is_empty() {
            return;
        }
        let of_type = listeners.get(&event.name).into_iter().flatten();
        for (service, choreography) in of_type.filter(|(_, listens)| *listens != event.choreography) {
            let listener = Some(choreography.clone());
            let delivery = Delivery { listener, ..Delivery::new(Arc::clone(event), handle, at) };
            parcels.pack(service, false, Mail::Delivery(delivery));
        }
    }

    pub(super) fn bring(&self, parcels: Parcels) {
        for (to, external, mail) in parcels.0 {
            self.mailbox(&to, external).put(mail);
        }
    }
}
