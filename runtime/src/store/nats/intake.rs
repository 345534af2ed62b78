//! Brings events from the server to the mailboxes of this process.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_nats::Subject;
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{
    self,
    consumer::{PullConsumer, pull::MessagesError},
};
use futures_util::StreamExt as _;
use futures_util::future::join_all;

use super::Shared;
use super::step::ROOM;
use super::wire::{self, Arrived, Message, Standing};
use crate::envelope::{Delivery, EventId, InstanceId, Key, MAX_KEY, Name, Subscription, listener};
use crate::store::{Record, StoreError};
use crate::text;
use crate::transport::{Mail, Mailbox};

/// A mailbox that holds so many is given no more until some have been taken; they stay on the server.
const FULL: usize = 4096;

/// So many are asked for at a time.
const BATCH: usize = 256;

/// So many that have come are put into the mailbox at once.
const TOGETHER: usize = 64;

/// So much is kept of the names of a choreography and an event that nobody may know, in bytes.
const LONGEST_NAME: usize = 256;

/// How often a full mailbox is looked at again, and how often the mailbox's owner when nothing arrives.
const FULL_PAUSE: Duration = Duration::from_millis(5);
const QUIET_PAUSE: Duration = Duration::from_secs(1);

/// How long the server waits for events before it is asked again, and how often it shows life meanwhile.
const ONE_REQUEST: Duration = Duration::from_secs(20);
const HEARTBEAT: Duration = Duration::from_secs(3);

/// One kind of events on its way to one subscriber.
pub(super) struct Intake {
    shared: Weak<Shared>,
    mailbox: Weak<Mailbox>,
    pub(super) consumer: PullConsumer,
    title: Arc<str>,
    /// The number of the mailbox.
    number: u64,
    /// Who acknowledges: the service, or the service for the choreography that listens.
    taker: Name,
    /// The name by which emitters know the subscriber.
    subscriber: Name,
    /// The choreography that listens, if these are foreign events.
    listens: Option<Name>,
    /// An external says them.
    outside: bool,
    /// Where it is written what was dealt with, for an external.
    done: Option<Stream<()>>,
}

/// What the server says of an event that it brings.
struct Sent {
    /// The event's number in the log.
    number: u64,
    /// When it was published, in milliseconds since 1970.
    at: i64,
    /// It was brought before. A server that was killed may have forgotten so.
    again: bool,
}

/// What is not for the subscriber: it is said to others, or no event of ours.
struct NotTaken {
    /// Where the server hears what has become of it.
    answer: Subject,
    /// The journal's line on what is no event of ours.
    malformed: Option<Record>,
}

impl Shared {
    /// The intakes of a subscriber, not yet running.
    pub(super) async fn intakes(
        self: &Arc<Self>,
        subscription: &Subscription,
        mailbox: &Arc<Mailbox>,
        number: u64,
    ) -> Result<Vec<Intake>, StoreError> {
        let Subscription { name, external, hears, listeners } = subscription;
        let log = self.set_up_log().await?;
        let done = if *external { Some(self.state_of(name).await?) } else { None };
        let intake = |consumer: PullConsumer, taker: Name, listens: Option<Name>, outside: bool| Intake {
            shared: Arc::downgrade(self),
            mailbox: Arc::downgrade(mailbox),
            number,
            title: consumer.cached_info().name.as_str().into(),
            consumer,
            taker,
            subscriber: name.clone(),
            listens,
            outside,
            done: done.clone(),
        };
        let mut intakes = Vec::with_capacity(hears.len() + listeners.len());
        for heard in hears {
            let (title, filter) = self.subjects.consumer(name, heard);
            let consumer = self.consumer(&log, &title, &filter, 0).await?;
            intakes.push(intake(consumer, name.clone(), None, heard.outside));
        }
        // Who listens for the first time hears what is published after the store was opened.
        let from = self.last_before.load(Ordering::Relaxed) + 1;
        for listens in listeners {
            let (title, filter) = self.subjects.listener(name, listens);
            let consumer = self.consumer(&log, &title, &filter, from).await?;
            let taker = listener(name, &listens.choreography);
            intakes.push(intake(consumer, taker, Some(listens.choreography.clone()), false));
        }
        Ok(intakes)
    }
}

impl Intake {
    /// Brings events until nobody takes them any more.
    pub(super) async fn run(self) {
        while self.is_wanted() {
            let messages = self
                .consumer
                .stream()
                .max_messages_per_batch(BATCH)
                .expires(ONE_REQUEST)
                .heartbeat(HEARTBEAT)
                .messages()
                .await;
            let mut messages = match messages {
                Ok(messages) => messages.ready_chunks(TOGETHER),
                Err(error) => {
                    tracing::warn!(%error, subscriber = %self.subscriber, "cannot ask for events, will again");
                    tokio::time::sleep(QUIET_PAUSE).await;
                    continue;
                }
            };
            while self.has_room().await {
                match tokio::time::timeout(QUIET_PAUSE, messages.next()).await {
                    Err(_) => {}
                    Ok(Some(came)) => {
                        if let Err(error) = self.bring(came).await {
                            tracing::debug!(%error, subscriber = %self.subscriber, "events are asked for again");
                            tokio::time::sleep(FULL_PAUSE).await;
                            break;
                        }
                    }
                    Ok(None) => break,
                }
            }
        }
        let Some(shared) = self.shared.upgrade() else { return };
        for answer in shared.held.give_all(self.number) {
            // Lost, they come to another a little later.
            let _ = shared.broker.client.publish(answer, "-NAK".into()).await;
        }
    }

    fn is_wanted(&self) -> bool {
        self.mailbox.strong_count() > 0 && self.shared.strong_count() > 0
    }

    /// Waits until the mailbox has room; `false`: there is no mailbox any more.
    async fn has_room(&self) -> bool {
        loop {
            match self.mailbox.upgrade().filter(|_| self.is_wanted()) {
                None => return false,
                Some(mailbox) if mailbox.waiting() < FULL => return true,
                Some(_) => tokio::time::sleep(FULL_PAUSE).await,
            }
        }
    }

    /// Puts what has come together into the mailbox at once: so whoever takes it has more to do at a time, and the
    /// server is told more at a time. Everything else waits until that is done.
    async fn bring(&self, came: Vec<Result<jetstream::Message, MessagesError>>) -> Result<(), MessagesError> {
        let (Some(shared), Some(mailbox)) = (self.shared.upgrade(), self.mailbox.upgrade()) else {
            return Ok(());
        };
        let (mut taken, mut others, mut failed) = (Vec::with_capacity(came.len()), Vec::new(), None);
        for message in came {
            match message.map(|message| self.take(&shared, &message)) {
                Ok(Some(Ok(delivery))) => taken.push(delivery),
                Ok(Some(Err(other))) => others.push(other),
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        if let Some(instances) = &self.done {
            taken = self.not_done(&shared, instances, taken).await;
        }
        mailbox.put(taken.into_iter().map(Mail::Delivery));
        for NotTaken { answer, malformed } in others {
            let word = match malformed {
                None => "+ACK",
                Some(line) if shared.note(std::slice::from_ref(&line)).await.is_ok() => "+TERM",
                // It comes again.
                Some(_) => continue,
            };
            // Lost, this answer is given again.
            let _ = shared.broker.client.publish(answer, word.into()).await;
        }
        failed.map_or(Ok(()), Err)
    }

    /// What a message is; `None`: it is here already, or no delivery of a stream.
    fn take(&self, shared: &Shared, message: &jetstream::Message) -> Option<Result<Delivery, NotTaken>> {
        let answer = message.reply.clone()?;
        let info = message.info().ok()?;
        let sent = Sent {
            number: info.stream_sequence,
            at: i64::try_from(info.published.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX),
            again: info.delivered > 1,
        };
        let number = sent.number;
        let read = Message {
            subject: message.subject.to_string(),
            headers: wire::known_headers(message.headers.as_ref()),
            payload: message.payload.clone(),
        };
        let arrived = match shared.read_event(&read).and_then(|arrived| self.may_be_said(arrived)) {
            Ok(arrived) => arrived,
            Err(reason) => {
                let record = self.malformed(&read, number, &reason);
                tracing::warn!(subject = read.subject, reason = record.reason, "malformed event");
                return Some(Err(NotTaken { answer, malformed: Some(record) }));
            }
        };
        let Some(delivery) = self.delivery(arrived, sent) else {
            return Some(Err(NotTaken { answer, malformed: None }));
        };
        // First, so that it is held or done at any time: who looks afterwards misses neither.
        let new = shared.held.take(&self.taker, number, answer, &self.title, self.number);
        new.then_some(Ok(delivery))
    }

    /// An external cannot say where its events stand: it could fill an instance with what has to wait for others.
    fn may_be_said(&self, arrived: Arrived) -> Result<Arrived, String> {
        if self.outside && arrived.to.is_some() {
            let (source, subscriber) = (&arrived.event.source, &self.subscriber);
            return Err(format!(
                "it has a header ce-chorseq, but {source} is an external, whose events have no places in what {subscriber} is sent"
            ));
        }
        Ok(arrived)
    }

    /// What an external has not dealt with before, of what was brought to it.
    async fn not_done(&self, shared: &Shared, instances: &Stream<()>, taken: Vec<Delivery>) -> Vec<Delivery> {
        let asked = taken.into_iter().map(async |delivery| {
            let subject = shared.subjects.done(&self.subscriber, delivery.handle);
            match shared.broker.last(instances, &subject).await {
                Ok(None) => return Some(delivery),
                Ok(Some(_)) => {
                    if let Some(answer) = shared.held.give(&self.taker, delivery.handle) {
                        let _ = shared.broker.client.publish(answer, "+ACK".into()).await;
                    }
                }
                // It comes again.
                Err(error) => {
                    shared.held.give(&self.taker, delivery.handle);
                    tracing::warn!(%error, subscriber = %self.subscriber, "cannot tell whether an event is new");
                }
            }
            None
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// `None`: the event is not for this subscriber.
    fn delivery(&self, arrived: Arrived, Sent { number, at, again }: Sent) -> Option<Delivery> {
        let Standing { sequence, overtakes, undoes } = match &self.listens {
            None => arrived.standing(&self.subscriber)?,
            Some(choreography) if arrived.event.choreography == *choreography => return None,
            Some(_) => Standing::default(),
        };
        let event = Arc::new(arrived.event);
        let listener = self.listens.clone();
        Some(Delivery { event, sequence, overtakes, undoes, listener, handle: number, at, again })
    }

    /// The journal's line on what is no event of ours. It is found under a subject of its own, so nothing in it is longer
    /// than in events of ours.
    fn malformed(&self, message: &Message, number: u64, reason: &str) -> Record {
        let mut tokens = message.subject.split('.').skip(2);
        let mut token = || {
            let token = text::beginning(tokens.next().unwrap_or_default(), LONGEST_NAME);
            super::subjects::qualified(token)
        };
        let (choreography, event_type) = (token(), token());
        let key = message.subject.rsplit('.').next().unwrap_or_default();
        let key = super::subjects::decoded(key).unwrap_or_else(|| key.to_owned());
        let key = Key::from_text(text::beginning(&key, MAX_KEY));
        Record {
            instance: InstanceId { service: self.subscriber.clone(), choreography, key },
            event: EventId::from(format!("number {number}")),
            event_type,
            verdict: "malformed".into(),
            reason: text::reason(reason),
        }
    }
}

impl Shared {
    fn read_event(&self, message: &Message) -> Result<Arrived, String> {
        let arrived = wire::read(message)?;
        // What has to wait is written once more, with headers that others may have left out.
        let most = self.broker.largest().saturating_sub(ROOM / 2);
        if message.size() > most {
            return Err(format!("it has {} bytes, at most {most} can be dealt with", message.size()));
        }
        Ok(arrived)
    }
}
