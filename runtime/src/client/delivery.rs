use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::envelope::InstanceId;
use crate::envelope::{self, Event, Name};
use crate::error::ReceiveError;
use crate::failpoint;
use crate::payload::{self, Payload};
use crate::store::{Record, Step, Store, StoreError};
use crate::text;
use crate::transport::{Mail, Mailbox};

/// One event that an external hears. Dropped before [`done`](Self::done), it comes again.
#[derive(Debug)]
pub struct Delivery<T> {
    /// What was heard.
    pub event: T,
    pub(super) incoming: Incoming,
}

impl<T> Delivery<T> {
    /// Says that the event has been dealt with: it does not come again.
    pub async fn done(mut self) -> Result<T, StoreError> {
        failpoint::pass("before_done");
        self.incoming.consume(Vec::new()).await?;
        failpoint::pass("after_done");
        Ok(self.event)
    }

    /// The instance: the text of its key.
    pub fn key(&self) -> &str {
        self.incoming.key.as_str()
    }

    /// The event's id: the same event has the same one whenever it comes.
    pub fn id(&self) -> &envelope::EventId {
        &self.incoming.id
    }

    /// Who published it.
    pub fn source(&self) -> &str {
        &self.incoming.source
    }
}

/// An event that has arrived and is to be read.
#[derive(Debug)]
pub struct Incoming {
    store: Store,
    mailbox: Arc<Mailbox>,
    subscriber: Name,
    delivery: Option<envelope::Delivery>,
    event: Arc<Event>,
}

/// Why an event cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(String);

impl Incoming {
    pub(super) fn new(
        store: Store,
        mailbox: Arc<Mailbox>,
        subscriber: Name,
        delivery: envelope::Delivery,
    ) -> Self {
        let event = Arc::clone(&delivery.event);
        Self { store, mailbox, subscriber, delivery: Some(delivery), event }
    }

    /// The qualified name of the event's type.
    pub fn event_type(&self) -> &str {
        &self.event.name
    }

    /// Its payload.
    pub fn event<T: Payload>(&self) -> Result<T, Unreadable> {
        let (event, subscriber) = (self.event.name.short(), &self.subscriber);
        payload::read(&self.event.payload).map_err(|e| Unreadable(format!("{event} of {subscriber}: {e}")))
    }

    /// The error for an event that the contract does not know.
    pub fn unknown(&self) -> Unreadable {
        Unreadable(format!("{} does not hear {}", self.subscriber, self.event.name))
    }

    /// The same, unless another process has dealt with it since it was brought here.
    pub(super) async fn unless_done(mut self) -> Result<Option<Self>, StoreError> {
        let Some(delivery) = &self.delivery else { return Ok(None) };
        if self.store.backend().is_to_take(&self.subscriber, delivery.handle).await? {
            return Ok(Some(self));
        }
        self.delivery = None;
        Ok(None)
    }

    async fn consume(&mut self, records: Vec<Record>) -> Result<(), StoreError> {
        let Some(delivery) = &self.delivery else { return Ok(()) };
        let consumed = Some((self.subscriber.clone(), delivery.handle));
        let step = Step { consumed, records, ..Step::default() };
        self.store.commit_one(step).await?;
        self.delivery = None;
        Ok(())
    }

    /// Records the event as one that cannot be read, so that it does not block the others.
    pub(super) async fn refuse(mut self, unreadable: Unreadable) -> Result<ReceiveError, StoreError> {
        let record = Record {
            instance: InstanceId {
                service: self.subscriber.clone(),
                choreography: self.event.choreography.clone(),
                key: self.event.key.clone(),
            },
            event: self.event.id.clone(),
            event_type: self.event.name.clone(),
            verdict: "unreadable".into(),
            reason: text::reason(&unreadable.0),
        };
        self.consume(vec![record]).await?;
        Ok(ReceiveError::Unreadable(unreadable.0))
    }
}

impl Deref for Incoming {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(delivery) = self.delivery.take() {
            self.mailbox.put_back(Mail::Delivery(delivery));
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
