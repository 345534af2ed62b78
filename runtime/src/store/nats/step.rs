//! One step: the state is written by compare-and-set, with what the step publishes in it; then that is published.
//! Whoever reads the state publishes what is still to be published.

use std::sync::Arc;

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID};
use async_nats::jetstream::stream::Stream;
use futures_util::future::{join_all, try_join_all};
use uuid::Uuid;

use super::Shared;
use super::broker::Published;
use super::state::{self, Pending, Stored};
use super::wire::{self, Message};
use crate::envelope::{Delivery, InstanceId, Name, Outgoing};
use crate::failpoint;
use crate::machine::Progress;
use crate::mutation::{self, Mutation};
use crate::store::{Change, Loaded, Outcome, Record, Snapshot, Step, StoreError, Waits, codec, unix_now};
use crate::transport::Mail;

/// So much room is left in the largest message: for headers, and for setting an instance aside.
pub(super) const ROOM: usize = 16 * 1024;

/// A message that is too large, in words.
type TooLarge = String;

impl Shared {
    pub(super) async fn commit(&self, steps: Vec<Step>) -> Result<Vec<Outcome>, StoreError> {
        match <[Step; 1]>::try_from(steps) {
            Ok([step]) => Ok(vec![self.write(step).await?]),
            Err(steps) => try_join_all(steps.into_iter().map(|step| self.write(step))).await,
        }
    }

    async fn write(&self, step: Step) -> Result<Outcome, StoreError> {
        let consumed = step.consumed.clone();
        let outcome = match step.change {
            Some(_) => self.change(step).await?,
            None => self.publish_alone(step).await?,
        };
        if let (Some((subscriber, number)), Outcome::Written(revision)) = (consumed, &outcome) {
            failpoint::pass("before_ack");
            self.acknowledge(&subscriber, number, *revision == 0).await?;
        }
        Ok(outcome)
    }

    /// A step that changes no instance.
    async fn publish_alone(&self, step: Step) -> Result<Outcome, StoreError> {
        let at = unix_now();
        let mut outcome = Outcome::Written(0);
        for outgoing in &step.emitted {
            let message = wire::message(&self.subjects, outgoing, None, at);
            if let Err(too_large) = self.fits(&message) {
                return Ok(Outcome::Refused(too_large));
            }
            let published = self.publish_event(&wire::message_id(&outgoing.event), &message).await?;
            if step.once && matches!(published, Published::Again(_)) {
                outcome = Outcome::Conflict;
            }
        }
        self.note(&step.records).await?;
        Ok(outcome)
    }

    async fn change(&self, step: Step) -> Result<Outcome, StoreError> {
        let Some(change) = &step.change else { return Ok(Outcome::Written(0)) };
        let at = unix_now();
        let stored = match self.stored(change, &step, at) {
            Ok(stored) => stored,
            Err(too_large) => return Ok(Outcome::Refused(too_large)),
        };
        let setting_aside = change.progress.quarantine.is_some();
        let payload = state::encode(&stored).map_err(StoreError::new)?;
        let room = if setting_aside { ROOM / 4 } else { ROOM };
        if let Err(too_large) = self.has_room(payload.len(), room, "the state of the instance") {
            return Ok(Outcome::Refused(too_large));
        }
        let instances = self.state_of(&change.instance.service).await?;
        let parks = parked(&step, change);
        if let Some(delivery) = parks
            && let Err(too_large) = self.keep_parked(change, delivery).await?
        {
            return Ok(Outcome::Refused(too_large));
        }
        self.put_wakes(&step, change, at).await?;
        failpoint::pass("after_wakes");
        if setting_aside {
            self.put_state(&self.subjects.aside(&change.instance), "true".into()).await?;
        }
        let subject = self.subjects.state(&change.instance);
        // Where a delivery leads here, it leads here again, and whoever has won without knowing finds it done. Others must
        // not be told that they have lost.
        let id = step.consumed.is_none().then(|| Uuid::new_v4().to_string());
        let written =
            self.broker.replace(&instances, &subject, change.expected, id.as_deref(), payload).await?;
        let (revision, again) = match written {
            Published::At(revision) => (revision, false),
            Published::Again(revision) => (revision, true),
            Published::Overtaken => return Ok(Outcome::Conflict),
        };
        if let Some((subscriber, number)) = &step.consumed
            && mutation::on(Mutation::AcknowledgeFirst)
        {
            self.acknowledge(subscriber, *number, true).await?;
        }
        failpoint::pass("after_state");
        self.finish(&instances, &change.instance, &stored.pending, again).await?;
        if let Some(delivery) = parks {
            self.acknowledge(&delivery.taker(&change.instance.service), delivery.handle, false).await?;
        }
        self.nudge_here(&step, change, at);
        Ok(Outcome::Written(revision))
    }

    /// The state that is written, and in it what the step has still to do then.
    fn stored(&self, change: &Change, step: &Step, at: i64) -> Result<Stored, TooLarge> {
        let progress = &change.progress;
        let events = step.emitted.iter().map(|outgoing| self.pending_event(outgoing, progress, at));
        let unparked = match step.waits {
            Waits::Unparks(number) => vec![number],
            Waits::Same | Waits::Parks(_) => Vec::new(),
        };
        Ok(Stored {
            progress: codec::encode(progress)?,
            pending: Pending {
                events: events.collect::<Result<_, _>>()?,
                records: step.records.clone(),
                unparked,
            },
            due: progress.due(),
            waiting: if progress.quarantine.is_some() { 0 } else { progress.parked.len() },
        })
    }

    fn pending_event(
        &self,
        outgoing: &Outgoing,
        progress: &Progress,
        at: i64,
    ) -> Result<(String, Message), TooLarge> {
        let message = wire::message(&self.subjects, outgoing, Some(progress.machine), at);
        self.fits(&message)?;
        Ok((wire::message_id(&outgoing.event), message))
    }

    fn fits(&self, message: &Message) -> Result<(), TooLarge> {
        self.has_room(message.size(), ROOM / 2, "an event")
    }

    pub(super) fn has_room(&self, size: usize, room: usize, what: &str) -> Result<(), TooLarge> {
        let largest = self.broker.largest().saturating_sub(room);
        if size <= largest {
            return Ok(());
        }
        Err(format!(
            "{what} has {size} bytes, nats-server takes {largest} at most: raise its max_payload, then retry"
        ))
    }

    /// Keeps an event that is parked by this step, with the instance.
    async fn keep_parked(
        &self,
        change: &Change,
        delivery: &Delivery,
    ) -> Result<Result<(), TooLarge>, StoreError> {
        let outgoing = Outgoing { event: Arc::clone(&delivery.event), to: Vec::new() };
        let mut message = wire::message(&self.subjects, &outgoing, None, delivery.at);
        message.subject = self.subjects.parked(&change.instance, delivery.handle);
        message.headers.push((wire::AT, delivery.at.to_string()));
        if let Err(too_large) = self.has_room(message.size(), 512, "an event that has to wait") {
            return Ok(Err(too_large));
        }
        let headers = || message.header_map();
        self.broker.publish(&message.subject, headers, message.payload.clone()).await?;
        Ok(Ok(()))
    }

    /// Sees to it that the instance is looked at in time, whoever dies after the state is written.
    async fn put_wakes(&self, step: &Step, change: &Change, at: i64) -> Result<(), StoreError> {
        if is_to_be_looked_at(step, change) {
            self.put_wake(&change.instance, at.div_euclid(1000), at).await?;
        }
        if let Some(due) = change.progress.due().filter(|due| change.was_due != Some(*due)) {
            self.put_wake(&change.instance, due.max(at).div_euclid(1000), due).await?;
        }
        Ok(())
    }

    async fn put_wake(&self, instance: &InstanceId, second: i64, due: i64) -> Result<(), StoreError> {
        self.put_state(&self.subjects.wake(instance, second), due.to_string()).await
    }

    /// Writes something beside the instances. The last message of a subject counts.
    pub(super) async fn put_state(&self, subject: &str, payload: String) -> Result<(), StoreError> {
        self.broker.publish(subject, HeaderMap::new, payload.into()).await.map(drop)
    }

    /// Does what a state has still to do. `again`: another may have done it, or some of it.
    pub(super) async fn finish(
        &self,
        instances: &Stream<()>,
        instance: &InstanceId,
        pending: &Pending,
        again: bool,
    ) -> Result<(), StoreError> {
        if let [(id, message)] = pending.events.as_slice() {
            self.put_event(id, message, again).await?;
        } else {
            self.put_events(&pending.events, again).await?;
        }
        self.note(&pending.records).await?;
        for number in &pending.unparked {
            let subject = self.subjects.parked(instance, *number);
            if !again || self.broker.last(instances, &subject).await?.is_some() {
                self.broker.clear(instances, &subject).await?;
            }
        }
        Ok(())
    }

    /// What has one subject is published in order: so its last message tells how far this has come.
    async fn put_events(&self, events: &[(String, Message)], again: bool) -> Result<(), StoreError> {
        let mut subjects: Vec<&str> = events.iter().map(|(_, message)| &*message.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let published = subjects.into_iter().map(async |subject| {
            for (id, message) in events.iter().filter(|(_, message)| message.subject == subject) {
                self.put_event(id, message, again).await?;
            }
            Ok::<(), StoreError>(())
        });
        join_all(published).await.into_iter().collect()
    }

    async fn put_event(&self, id: &str, message: &Message, again: bool) -> Result<(), StoreError> {
        if again {
            // Seldom, and no room is kept for it in each step.
            Box::pin(self.publish_once(id, message)).await?;
        } else {
            self.publish_event(id, message).await?;
        }
        failpoint::pass("while_publishing");
        Ok(())
    }

    async fn publish_event(&self, id: &str, message: &Message) -> Result<Published, StoreError> {
        let headers = || {
            let mut headers = message.header_map();
            headers.insert(NATS_MESSAGE_ID, id);
            headers
        };
        self.broker.publish(&message.subject, headers, message.payload.clone()).await
    }

    /// Publishes an event, unless it is in the log: however long ago that was, and whoever does the same now.
    async fn publish_once(&self, id: &str, message: &Message) -> Result<(), StoreError> {
        let log = self.set_up_log().await?;
        loop {
            let last = self.broker.last(&log, &message.subject).await?;
            if let Some(last) = &last
                && is_at_least(&wire::known_headers(Some(&last.headers)), message)
            {
                return Ok(());
            }
            let expected = last.map_or(0, |last| last.sequence);
            let headers = || {
                let mut headers = message.header_map();
                headers.insert(NATS_MESSAGE_ID, id);
                headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
                headers
            };
            let published = self.broker.publish(&message.subject, headers, message.payload.clone()).await?;
            if published != Published::Overtaken {
                return Ok(());
            }
        }
    }

    /// Writes lines of the journal that are not there yet.
    pub(super) async fn note(&self, records: &[Record]) -> Result<(), StoreError> {
        for record in records {
            // Seldom, and no room is kept for it in each step.
            Box::pin(self.note_one(record)).await?;
        }
        Ok(())
    }

    async fn note_one(&self, record: &Record) -> Result<(), StoreError> {
        let Record { instance, event, verdict, .. } = record;
        let instances = self.state_of(&instance.service).await?;
        let subject = self.subjects.journal(instance, &event.to_string(), verdict);
        if self.broker.last(&instances, &subject).await?.is_none() {
            let line = state::encode_record(record).map_err(StoreError::new)?;
            self.broker.publish(&subject, HeaderMap::new, line).await?;
        }
        Ok(())
    }

    /// Says to the server that a delivery has been dealt with; `surely`: and waits until that is known, whatever comes.
    async fn acknowledge(&self, subscriber: &Name, number: u64, surely: bool) -> Result<(), StoreError> {
        let external = self.externals().contains(subscriber);
        if surely && external {
            // A server that is killed may forget what was acknowledged last; who is no service has nothing else.
            self.state_of(subscriber).await?;
            self.put_state(&self.subjects.done(subscriber, number), String::new()).await?;
        }
        let Some(answer) = self.held.give(subscriber, number) else { return Ok(()) };
        if surely && !external {
            let client = &self.broker.client;
            let attempt = || async {
                let heard = client.request(answer.clone(), "+ACK".into()).await;
                heard.map(drop).map_err(|error| super::broker::Failure::Passing(error.to_string()))
            };
            return self.broker.patiently("acknowledge an event", attempt).await;
        }
        // If it is lost the event comes again, and is known.
        let _ = self.broker.client.publish(answer, "+ACK".into()).await;
        Ok(())
    }

    /// Tells those who serve the instance in this process, who need not wait until it is looked at.
    fn nudge_here(&self, step: &Step, change: &Change, at: i64) {
        let due = change.progress.due().is_some_and(|due| due <= at);
        if step.nudge || due {
            self.nudge(&change.instance);
        }
    }

    pub(super) fn nudge(&self, instance: &InstanceId) {
        if let Some(mailbox) = self.mailbox(&instance.service) {
            mailbox.put([Mail::Nudge(instance.clone())]);
        }
    }

    pub(super) async fn load(&self, instances: Vec<InstanceId>) -> Result<Vec<Loaded>, StoreError> {
        try_join_all(instances.iter().map(async |it| StoreError::apart(self.load_one(it).await))).await
    }

    pub(super) async fn load_one(&self, instance: &InstanceId) -> Result<Snapshot, StoreError> {
        loop {
            let Some((revision, stored)) = self.read(instance).await? else { return Ok(Snapshot::default()) };
            let error = match self.progress(instance, stored.progress.get()).await {
                Ok(progress) => return Ok(Snapshot { revision, progress: Some(Arc::new(progress)) }),
                Err(error) => error,
            };
            // Another may have taken meanwhile what waited there.
            if self.read(instance).await?.is_none_or(|(now, _)| now == revision) {
                return Err(error);
            }
        }
    }

    /// The state of an instance, after what it has still to do is done.
    pub(super) async fn read(&self, instance: &InstanceId) -> Result<Option<(u64, Stored)>, StoreError> {
        let instances = self.state_of(&instance.service).await?;
        let subject = self.subjects.state(instance);
        let Some(message) = self.broker.last(&instances, &subject).await? else { return Ok(None) };
        let stored =
            state::decode(&message.payload).map_err(|damage| StoreError::damage(&subject, &damage))?;
        if !mutation::on(Mutation::SkipFlush) {
            self.finish(&instances, instance, &stored.pending, true).await?;
        }
        Ok(Some((message.sequence, stored)))
    }

    /// The progress, with the events that are parked.
    pub(super) async fn progress(&self, instance: &InstanceId, text: &str) -> Result<Progress, StoreError> {
        let subject = self.subjects.state(instance);
        let damage = |damage: String| StoreError::damage(&subject, &damage);
        let instances = self.state_of(&instance.service).await?;
        let handles = codec::parked(text).map_err(damage)?;
        let events = try_join_all(handles.iter().map(async |number| {
            let subject = self.subjects.parked(instance, *number);
            let message = self.broker.last(&instances, &subject).await?;
            message.ok_or_else(|| StoreError::damage(&subject, "the event is gone"))
        }))
        .await?;
        let mut events = events.into_iter();
        codec::decode(text, |parked| {
            let message = events.next().ok_or_else(|| "an event is gone".to_owned())?;
            unparked(instance, parked, message)
        })
        .map_err(damage)
    }
}

/// The event that the step parks.
fn parked<'a>(step: &Step, change: &'a Change) -> Option<&'a Delivery> {
    let Waits::Parks(handle) = step.waits else { return None };
    change.progress.parked.iter().find(|delivery| delivery.handle == handle)
}

/// Whether something may be left to do in the instance after this step, to which no event leads that would come again.
/// What has come again for the moment is no help: it is acknowledged as one that waits in the instance.
fn is_to_be_looked_at(step: &Step, change: &Change) -> bool {
    let parks = matches!(step.waits, Waits::Parks(_));
    // Nothing is delivered again that would lead here once more.
    let unasked = step.consumed.is_none();
    // What waits may be takeable now.
    let freed = !change.progress.parked.is_empty();
    step.nudge || (!parks && change.progress.quarantine.is_none() && (unasked || freed))
}

/// An event that was parked, as a delivery again.
fn unparked(
    instance: &InstanceId,
    parked: codec::Parked,
    message: async_nats::jetstream::message::StreamMessage,
) -> Result<Delivery, String> {
    let headers = wire::known_headers(Some(&message.headers));
    let message = Message { subject: String::new(), headers, payload: message.payload };
    let at = message.header(wire::AT).and_then(|at| at.parse().ok());
    let event = wire::read_parked(&message, instance)?;
    Ok(Delivery {
        event: Arc::new(event),
        sequence: parked.sequence.map(codec::sequence),
        overtakes: parked.overtakes,
        undoes: parked.undoes.map(codec::sequence),
        listener: parked.listener.map(Name::from),
        handle: parked.event,
        at: at.ok_or("it does not say when the event was published")?,
        again: true,
    })
}

/// Whether this message is the other, or came after it from the same emitter to the same subscriber.
fn is_at_least(last: &[(&'static str, String)], message: &Message) -> bool {
    let of_last = |name: &str| last.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str());
    of_last("ce-id") == message.header("ce-id")
        || wire::is_not_before(of_last("ce-chorseq"), message.header("ce-chorseq"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::envelope::{Event, EventId, Key};
    use crate::machine::{Machine, Progress, ends};

    static TEA: Machine = Machine { states: &[ends(&[])], ..Machine::EMPTY };

    /// An event that waits in the instance, with the number 7.
    fn waiting() -> Delivery {
        let event = Event {
            id: EventId::from("e7"),
            source: "Bank".into(),
            choreography: "tea.Tea".into(),
            key: Key::from_text("o1"),
            name: "tea.Paid".into(),
            payload: Bytes::from_static(b"{}"),
            causation: None,
            rounds: Vec::new(),
            trace: None,
        };
        Delivery::new(Arc::new(event), 7, 0)
    }

    /// A step with these events left waiting behind it.
    fn check(step: &Step, parked: Vec<Delivery>, expected: bool, why: &str) {
        let progress = Arc::new(Progress { parked, ..Progress::new(&TEA) });
        let instance =
            InstanceId { service: "Shop".into(), choreography: "tea.Tea".into(), key: Key::from_text("o1") };
        let change = Change { instance, expected: 1, progress, was_due: None };
        assert_eq!(is_to_be_looked_at(step, &change), expected, "{why}");
    }

    #[test]
    fn an_instance_is_looked_at_if_nothing_leads_there_that_would_come_again() {
        let hears = || Step { consumed: Some(("Shop".into(), 8)), ..Step::default() };
        let parks = Step { waits: Waits::Parks(7), ..Step::default() };
        let unparks = Step { waits: Waits::Unparks(6), ..hears() };
        check(&hears(), vec![], false, "what it has heard comes again");
        check(
            &hears(),
            vec![waiting()],
            true,
            "what waits may be takeable, wherever it has come again meanwhile",
        );
        check(&unparks, vec![waiting()], true, "the same");
        check(&parks, vec![waiting()], false, "it waits, and nothing has changed for it");
        check(&Step::default(), vec![], true, "a deadline does not come again");
    }
}
