//! Those who take part from outside: they publish their events and hear the services'.

mod delivery;

use std::sync::{Arc, Mutex, PoisonError};

use crate::envelope::{
    Event, EventId, Heard, Key, KeyPart, MAX_EVENT_ID, Name, Outgoing, Recipient, Subscription, short,
};
use crate::error::{ReceiveError, SendError};
use crate::failpoint;
use crate::payload::{self, Payload};
use crate::store::{Step, Store, StoreError};
use crate::transport::{Mail, Mailbox};

pub use delivery::{Delivery, Incoming, Unreadable};

/// One external, as generated code sees it.
#[derive(Clone, Debug)]
pub struct Client {
    store: Store,
    name: &'static str,
    hears: &'static [&'static str],
    mailbox: Arc<Mutex<Option<Arc<Mailbox>>>>,
}

impl Client {
    /// The external `name`.
    pub fn new(store: &Store, name: &'static str) -> Self {
        Self { store: store.clone(), name, hears: &[], mailbox: Arc::default() }
    }

    /// It hears events of these types.
    #[must_use]
    pub fn hears(mut self, types: &'static [&'static str]) -> Self {
        self.hears = types;
        self
    }

    /// Publishes an event to services. It is on durable ground when this returns.
    ///
    /// The same id again is the same event: it is published once.
    pub async fn send<T: Payload>(
        &self,
        choreography: &'static str,
        to: &[&'static str],
        id: impl Into<EventId>,
        event: &T,
        key: &[&dyn KeyPart],
    ) -> Result<EventId, SendError> {
        let id = id.into();
        let invalid = |invalid| SendError::Invalid { event: short(T::NAME).to_owned(), invalid };
        if !(1..=MAX_EVENT_ID).contains(&id.to_string().len()) {
            return Err(SendError::Refused(format!("the id of an event has 1 to {MAX_EVENT_ID} bytes")));
        }
        let event = Event {
            id: id.clone(),
            source: self.name.into(),
            choreography: choreography.into(),
            key: Key::new(key).map_err(invalid)?,
            name: T::NAME.into(),
            payload: payload::write(event).map_err(invalid)?,
            causation: None,
            rounds: Vec::new(),
            #[cfg(feature = "otel")]
            trace: crate::trace::current(),
            #[cfg(not(feature = "otel"))]
            trace: None,
        };
        let to = to.iter().map(|name| Recipient {
            name: (*name).into(),
            sequence: None,
            overtakes: 0,
            undoes: None,
            external: false,
        });
        let outgoing = Outgoing { event: Arc::new(event), to: to.collect() };
        let step = Step { emitted: vec![outgoing], once: true, ..Step::default() };
        self.store.commit_one(step).await?;
        failpoint::pass("after_send");
        Ok(id)
    }

    /// The next event for this external; waits for one. It comes again until [`Delivery::done`] is called.
    pub async fn next<T>(
        &self,
        read: impl Fn(&Incoming) -> Result<T, Unreadable>,
    ) -> Result<Delivery<T>, ReceiveError> {
        let mailbox = self.mailbox().await?;
        let mut taken = Vec::with_capacity(1);
        loop {
            if mailbox.take(0, 1, &mut taken) == 0 {
                mailbox.arrived(0).await;
                continue;
            }
            let Some(Mail::Delivery(delivery)) = taken.pop() else { continue };
            let incoming =
                Incoming::new(self.store.clone(), Arc::clone(&mailbox), self.name.into(), delivery);
            let Some(incoming) = incoming.unless_done().await? else { continue };
            return match read(&incoming) {
                Ok(event) => Ok(Delivery { event, incoming }),
                Err(unreadable) => Err(incoming.refuse(unreadable).await?),
            };
        }
    }

    async fn mailbox(&self) -> Result<Arc<Mailbox>, StoreError> {
        let known = self.mailbox.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(mailbox) = known {
            return Ok(mailbox);
        }
        let from_anyone =
            |event: &&'static str| Heard { event: Name::from(*event), said: None, outside: false };
        let hears = self.hears.iter().map(from_anyone).collect();
        let subscription =
            Subscription { name: self.name.into(), external: true, hears, listeners: Vec::new() };
        let mailbox = self.store.backend().subscribe(subscription).await?;
        *self.mailbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&mailbox));
        Ok(mailbox)
    }
}
