//! One turn of one instance: what is to be done with an event, in terms of the pure machine and of steps to
//! write. The driver and the test harness both go through here.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tracing::Instrument as _;

use crate::envelope::{Delivery, InstanceId, Name, Outgoing};
use crate::failpoint;
use crate::handler::{Context, Emissions, Fault, HandlerError, Input, Service};
use crate::machine::{self, Hear, Machine, Progress, Verdict};
use crate::observe::Happened;
use crate::store::{Change, Record, Snapshot, Step};

/// One instance at its participant, as it was read.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) machine: &'static Machine,
    pub(crate) revision: u64,
    pub(crate) progress: &'a Arc<Progress>,
}

/// What is to be done with an event.
pub(crate) enum Turn {
    /// Nothing: it waits already.
    Nothing,
    /// The handler is to be asked.
    Ask(&'static Hear),
    /// This is to be written.
    Write(Box<Write>),
    /// The event is not ours to take; the reason.
    Hold(String),
}

/// A step to be written, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) step: Step,
    pub(crate) heard: Delivery,
    pub(crate) happened: Happened,
}

impl<'a> Standing<'a> {
    /// The participant of `machine`, where the store says that the instance stands.
    pub(crate) fn new(machine: &'static Machine, snapshot: &'a Snapshot, fresh: &'a Arc<Progress>) -> Self {
        let progress = snapshot.progress.as_ref().unwrap_or(fresh);
        Self { machine, revision: snapshot.revision, progress }
    }

    /// What is to be done with an event that has just arrived.
    pub(crate) fn arrived(self, delivery: &Delivery) -> Turn {
        self.turn(machine::judge(self.machine, self.progress, delivery), delivery, false)
    }

    /// The first parked event that need not wait any longer, and what is to be done with it.
    pub(crate) fn unparked(self) -> Option<(Delivery, Turn)> {
        self.progress.parked.iter().find_map(|delivery| {
            match machine::judge_parked(self.machine, self.progress, delivery) {
                Verdict::Early | Verdict::Parked | Verdict::Quarantined | Verdict::Held(_) => None,
                verdict => Some((delivery.clone(), self.turn(verdict, delivery, true))),
            }
        })
    }

    fn turn(self, verdict: Verdict, delivery: &Delivery, parked: bool) -> Turn {
        match verdict {
            Verdict::Enabled(hear) => Turn::Ask(hear),
            Verdict::Parked => Turn::Nothing,
            Verdict::Held(reason) => Turn::Hold(reason),
            Verdict::Duplicate if parked => {
                Turn::Write(Box::new(self.dismiss(delivery, parked, Happened::Duplicate, None)))
            }
            Verdict::Duplicate => {
                Turn::Write(Box::new(self.write(None, true, delivery, Happened::Duplicate)))
            }
            Verdict::Early | Verdict::Quarantined => {
                let progress = machine::park(self.machine, self.progress, delivery);
                Turn::Write(Box::new(self.write(Some(progress), false, delivery, Happened::Parked)))
            }
            Verdict::DuplicateStart => {
                let reason = format!("{} has been started already", delivery.event.choreography.short());
                Turn::Write(Box::new(self.refuse(delivery, parked, "duplicate start", reason)))
            }
            Verdict::Illegal(reason) => {
                Turn::Write(Box::new(self.refuse(delivery, parked, "illegal", reason)))
            }
        }
    }

    /// The step of an event that the handler has answered. An answer that is not allowed is an error.
    pub(crate) fn answered(
        self,
        delivery: &Delivery,
        hear: &'static Hear,
        answer: &Emissions,
    ) -> Result<Write, String> {
        let taken = machine::take(self.machine, self.progress, delivery, hear, answer.as_slice())?;
        let mut write = self.write(Some(taken.progress), true, delivery, Happened::Heard);
        write.step.emitted = taken.outgoing;
        Ok(write)
    }

    /// The step that sets the instance aside.
    pub(crate) fn quarantine(self, delivery: &Delivery, reason: String) -> Write {
        let progress = machine::quarantine(self.machine, self.progress, delivery, &reason);
        let record = self.record(delivery, "quarantined", &reason);
        let mut write = self.write(Some(progress), false, delivery, Happened::Quarantined(reason));
        write.step.records.push(record);
        write
    }

    /// The journal's line on an instance that is held.
    pub(crate) fn held(self, delivery: &Delivery, reason: &str) -> Record {
        self.record(delivery, "held", reason)
    }

    fn refuse(self, delivery: &Delivery, parked: bool, verdict: &'static str, reason: String) -> Write {
        let record = self.record(delivery, verdict, &reason);
        self.dismiss(delivery, parked, Happened::Refused(reason), Some(record))
    }

    fn dismiss(self, delivery: &Delivery, parked: bool, happened: Happened, record: Option<Record>) -> Write {
        // What comes from outside and was never parked has left no trace in the instance, and leaves none.
        let traced = parked || delivery.sequence.is_some();
        let progress = traced.then(|| machine::dismiss(self.machine, self.progress, delivery));
        let mut write = self.write(progress, true, delivery, happened);
        write.step.records.extend(record);
        write
    }

    fn write(self, progress: Option<Progress>, consume: bool, heard: &Delivery, happened: Happened) -> Write {
        let change = progress.map(|progress| Change {
            instance: self.instance(heard),
            expected: self.revision,
            progress: Arc::new(progress),
        });
        let consumed = consume.then(|| (Name::from(self.machine.participant), heard.handle));
        Write { step: Step { change, consumed, ..Step::default() }, heard: heard.clone(), happened }
    }

    fn record(self, delivery: &Delivery, verdict: &'static str, reason: &str) -> Record {
        Record {
            instance: self.instance(delivery),
            event: delivery.event.id.clone(),
            event_type: delivery.event.name.clone(),
            verdict: verdict.into(),
            reason: reason.to_owned(),
        }
    }

    fn instance(self, delivery: &Delivery) -> InstanceId {
        InstanceId {
            service: self.machine.participant.into(),
            choreography: self.machine.choreography.into(),
            key: delivery.event.key.clone(),
        }
    }
}

/// What a handler is asked.
pub(crate) struct Question {
    pub(crate) service: Service,
    pub(crate) delivery: Delivery,
    pub(crate) progress: Arc<Progress>,
    pub(crate) hear: &'static Hear,
    pub(crate) attempt: u32,
}

impl Question {
    /// Asks the service's own code. A panic there is an error like any other.
    pub(crate) async fn ask(self) -> Result<Emissions, HandlerError> {
        let Some(point) = self.hear.point else { return Ok(Emissions::new()) };
        failpoint::pass("before_handler");
        let event = &*self.delivery.event;
        let context = Context {
            service: self.service.name().into(),
            choreography: event.choreography.clone(),
            key: event.key.clone(),
            event: event.id.clone(),
            attempt: self.attempt,
        };
        let input = Input::new(event, &self.progress.known, &context);
        let (service, attempt) = (self.service.name(), self.attempt);
        let (choreography, key, name) = (&*event.choreography, event.key.as_str(), event.name.short());
        let span = tracing::info_span!("handle", choreography, key, service, event = name, attempt);
        let answer = AssertUnwindSafe(async { self.service.handler().handle(point, input).await })
            .catch_unwind()
            .instrument(span)
            .await
            .unwrap_or_else(|panic| Err(HandlerError::transient(format!("it panicked: {}", words(&*panic)))));
        failpoint::pass("after_handler");
        answer
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

/// Why an instance is set aside after so many attempts.
pub(crate) fn last_word(error: &HandlerError, attempts: u32) -> String {
    match error.fault() {
        Fault::Transient => format!("failed {attempts} times, last with: {error}"),
        Fault::Permanent | Fault::Payload => error.to_string(),
    }
}

/// What was emitted, kept for observers.
pub(crate) fn emitted(write: &Write) -> Vec<Outgoing> {
    write.step.emitted.clone()
}
