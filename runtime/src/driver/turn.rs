//! One turn of one instance: what is to be done with an event or a deadline, in terms of the pure machine and
//! of steps to write. The driver and the test harness both go through here.

use std::sync::Arc;

use crate::envelope::{Delivery, Event, EventId, InstanceId, Key, Name, Position};
use crate::handler::{Emissions, Fault, HandlerError};
use crate::machine::{self, Machine, Next, Progress, Question, Verdict, Walk};
use crate::observe::Happened;
use crate::store::{Change, Record, Snapshot, Step, Waits};
use crate::text;

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
    /// It has to wait for others, with the store as it is or parked.
    Early,
    /// A step begins.
    Begin(Box<Walk>),
    /// This is to be written.
    Write(Box<Write>),
    /// The event is not ours to take; the reason.
    Hold(String),
}

/// How a step goes on.
pub(crate) enum Onward {
    /// The handler is to be asked.
    Ask(Question, Box<Walk>),
    /// It is complete, or has failed: this is to be written.
    Write(Box<Write>),
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

    /// The same in an instance of which nothing can be known.
    pub(crate) fn unknown(machine: &'static Machine, fresh: &'a Arc<Progress>) -> Self {
        Self { machine, revision: 0, progress: fresh }
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

    /// What the instance has to do by itself by now: the rest of a step, or a deadline that has fallen due. It
    /// is told as an event of its own.
    pub(crate) fn due(self, key: &Key, now: i64) -> Option<(Delivery, Box<Walk>)> {
        let progress = self.progress;
        if progress.due().is_none_or(|due| due > now) || machine::held(self.machine, progress).is_some() {
            return None;
        }
        if let Some(open) = &progress.open {
            let id = open.thread.cause.input().unwrap_or_else(|| self.own_id(key));
            let walk = Walk::resume(self.machine, progress, key);
            return Some((self.own(key, id, "decision".into(), now), Box::new(walk)));
        }
        let expire = progress.fallen_due(self.machine, now)?;
        let id = machine::deadline(self.machine, progress, key, expire);
        let walk = Walk::expire(self.machine, progress, key, expire);
        Some((self.own(key, id, format!("deadline {}", expire.scope).into(), now), Box::new(walk)))
    }

    /// A look at the instance for which no event is the reason, as an event of its own.
    pub(crate) fn look(self, key: &Key, now: i64) -> Delivery {
        self.own(key, self.own_id(key), "look".into(), now)
    }

    /// The step that puts off what the handler is thinking about, if one of the events that wait is urgent then:
    /// it leaves the body of a deadline, and what is answered in there is too late. Says which event that is.
    pub(crate) fn overtaken<'e>(
        self,
        walk: &Walk,
        heard: &Delivery,
        mut waiting: impl Iterator<Item = &'e Delivery> + Clone,
        now: i64,
    ) -> Option<(usize, Write)> {
        if !waiting.clone().any(|delivery| machine::may_leave(self.machine, delivery)) {
            return None;
        }
        let mut walk = walk.clone();
        walk.put_off(heard).ok()?;
        let Ok(Next::Rest) = walk.next() else { return None };
        let write = self.complete(walk, heard, now);
        let after = &write.step.change.as_ref()?.progress;
        let urgent = waiting.position(|delivery| {
            let verdict = machine::judge(self.machine, after, delivery);
            matches!(verdict, Verdict::Enabled(hear) if !hear.leaves.is_empty())
        })?;
        Some((urgent, write))
    }

    fn turn(self, verdict: Verdict, delivery: &Delivery, parked: bool) -> Turn {
        match verdict {
            Verdict::Enabled(hear) => {
                Turn::Begin(Box::new(Walk::hear(self.machine, self.progress, delivery, hear)))
            }
            Verdict::Undoes(row) => {
                Turn::Begin(Box::new(Walk::undone(self.machine, self.progress, delivery, row)))
            }
            Verdict::Parked => Turn::Nothing,
            Verdict::Held(reason) => Turn::Hold(reason),
            Verdict::Duplicate if parked => {
                Turn::Write(Box::new(self.dismiss(delivery, parked, Happened::Duplicate, None)))
            }
            Verdict::Duplicate => {
                Turn::Write(Box::new(self.write(None, true, delivery, Happened::Duplicate)))
            }
            Verdict::Late => Turn::Write(Box::new(self.dismiss(delivery, parked, Happened::Late, None))),
            Verdict::Early => Turn::Early,
            Verdict::Quarantined => Turn::Write(Box::new(self.park(delivery))),
            Verdict::DuplicateStart => {
                let reason = format!("{} has been started already", delivery.choreography().short());
                Turn::Write(Box::new(self.refuse(delivery, parked, "duplicate start", reason)))
            }
            Verdict::Illegal(reason) => {
                Turn::Write(Box::new(self.refuse(delivery, parked, "illegal", reason)))
            }
        }
    }

    /// Goes on with a step as far as it goes without the handler.
    pub(crate) fn go_on(self, mut walk: Box<Walk>, heard: &Delivery, now: i64) -> Onward {
        match walk.next() {
            Ok(Next::Ask(question)) => Onward::Ask(question, walk),
            Ok(Next::Rest) => Onward::Write(Box::new(self.complete(*walk, heard, now))),
            Err(mismatch) => Onward::Write(Box::new(self.quarantine(heard, &mismatch))),
        }
    }

    /// Goes on with a step that the handler has answered, or put off.
    pub(crate) fn answered(
        self,
        mut walk: Box<Walk>,
        heard: &Delivery,
        answer: Result<Emissions, HandlerError>,
        attempts: u32,
        now: i64,
    ) -> Onward {
        let taken = match answer {
            Ok(answer) => walk.answered(heard, answer.into_vec()),
            Err(error) if error.fault() == Fault::Later => walk.put_off(heard),
            Err(error) => Err(last_word(&error, attempts)),
        };
        match taken {
            Ok(()) => self.go_on(walk, heard, now),
            Err(reason) => Onward::Write(Box::new(self.quarantine(heard, &reason))),
        }
    }

    fn complete(self, walk: Walk, heard: &Delivery, now: i64) -> Write {
        let taken = walk.finish(now);
        let happened = if heard.is_own() { Happened::Due } else { Happened::Heard };
        let mut write = self.write(Some(taken.progress), true, heard, happened);
        write.step.emitted = taken.outgoing;
        write
    }

    /// The step that sets the instance aside.
    pub(crate) fn quarantine(self, delivery: &Delivery, reason: &str) -> Write {
        let reason = text::reason(reason);
        let failed_at = (!delivery.is_own()).then_some(delivery);
        let progress = machine::quarantine(self.machine, self.progress, failed_at, &reason);
        let record = self.record(delivery, "quarantined", &reason);
        let mut write = self.write(Some(progress), false, delivery, Happened::Quarantined(reason));
        write.step.records.push(record);
        write
    }

    /// The step that keeps an event with the instance until its time comes.
    pub(crate) fn park(self, delivery: &Delivery) -> Write {
        let progress = machine::park(self.machine, self.progress, delivery);
        self.write(Some(progress), false, delivery, Happened::Parked)
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
        // What comes from outside and was never parked has left no trace in the instance, and leaves none: it begins none. One
        // that stands somewhere may have gone on elsewhere to where the event can be taken: it is written as it stands.
        let traced = parked || delivery.sequence.is_some() || self.revision > 0;
        let progress = traced.then(|| machine::dismiss(self.machine, self.progress, delivery));
        let mut write = self.write(progress, true, delivery, happened);
        write.step.records.extend(record);
        write
    }

    fn write(self, progress: Option<Progress>, consume: bool, heard: &Delivery, happened: Happened) -> Write {
        let waits = progress.as_ref().map(|progress| self.waits(progress, heard)).unwrap_or_default();
        let change = progress.map(|progress| Change {
            instance: self.instance(&heard.event.key),
            expected: self.revision,
            progress: Arc::new(progress),
            was_due: self.progress.due(),
        });
        let consume = consume && !heard.is_own();
        let consumed = consume.then(|| (heard.subscriber(self.machine.participant), heard.handle));
        Write { step: Step { change, consumed, waits, ..Step::default() }, heard: heard.clone(), happened }
    }

    /// What becomes of an event that waits in the instance, or is to, where it stands like this afterwards.
    fn waits(self, after: &Progress, heard: &Delivery) -> Waits {
        let has = |progress: &Progress| progress.parked.iter().any(|it| it.handle == heard.handle);
        match (has(self.progress), has(after)) {
            (false, true) => Waits::Parks(heard.handle),
            (true, false) => Waits::Unparks(heard.handle),
            _ => Waits::Same,
        }
    }

    fn record(self, delivery: &Delivery, verdict: &'static str, reason: &str) -> Record {
        Record {
            instance: self.instance(&delivery.event.key),
            event: delivery.event.id.clone(),
            event_type: delivery.event.name.clone(),
            verdict: verdict.into(),
            reason: text::reason(reason),
        }
    }

    fn instance(self, key: &Key) -> InstanceId {
        InstanceId {
            service: self.machine.participant.into(),
            choreography: self.machine.choreography.into(),
            key: key.clone(),
        }
    }

    fn own_id(self, key: &Key) -> EventId {
        let Machine { choreography, participant, .. } = *self.machine;
        EventId::derived(choreography, key, participant, None, Position::Effect(0))
    }

    /// What a participant tells itself.
    fn own(self, key: &Key, id: EventId, name: Name, now: i64) -> Delivery {
        let event = Event {
            id,
            source: self.machine.participant.into(),
            choreography: self.machine.choreography.into(),
            key: key.clone(),
            name,
            payload: bytes::Bytes::from_static(b"null"),
            causation: None,
            rounds: Vec::new(),
            trace: self.progress.trace.clone(),
        };
        Delivery::new(Arc::new(event), Delivery::OWN, now)
    }
}

/// Why an instance is set aside after so many attempts.
fn last_word(error: &HandlerError, attempts: u32) -> String {
    match error.fault() {
        Fault::Transient => format!("failed {attempts} times, last with: {error}"),
        Fault::Permanent | Fault::Payload | Fault::Later => error.to_string(),
    }
}
