use bytes::Bytes;

use super::place::{Open, Place};
use super::{Expire, Machine};
use crate::envelope::{Delivery, EventId, Name, Sequence, Trace};

/// Where one instance stands at one participant: what is kept between two steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The hash of the machine that took it here.
    pub machine: u64,
    /// Where it stands.
    pub place: Place,
    /// The last event taken from each emitter, in each lane.
    pub heard: Vec<(Name, Sequence)>,
    /// The last event published to each subscriber, in each lane.
    pub emitted: Vec<(Name, Sequence)>,
    /// The events without a sequence that were taken: source and id.
    pub external: Vec<(Name, EventId)>,
    /// The last payload of each event type that a later method wants to know; what came last is last.
    pub known: Vec<(Name, Bytes)>,
    /// What arrived before its time, in the order of arrival.
    pub parked: Vec<Delivery>,
    /// Why the instance is set aside: nothing is taken until someone lets it go on.
    pub quarantine: Option<String>,
    /// The parked event that it was set aside for, by its handle; `None`: it failed at something of its own.
    pub failed_at: Option<u64>,
    /// Nothing more can happen here.
    pub finished: bool,
    /// How often each deadline has fallen due, where it has.
    pub rounds: Vec<(u32, u32)>,
    /// The deadlines that run here.
    pub timers: Vec<Timer>,
    /// The bodies of deadlines kept here that were entered.
    pub entries: Vec<Entry>,
    /// What was done and can be taken back, in order.
    pub live: Vec<Live>,
    /// What was taken and may be taken back by its emitter: who that is, and the event's place.
    pub took: Vec<(Name, Sequence)>,
    /// The step that led here was left before its end: the handler is still to be asked.
    pub open: Option<Box<Open>>,
    /// The trace of what was taken or published last, as far as that had one.
    pub trace: Option<Trace>,
}

/// A deadline that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timer {
    /// The deadline.
    pub scope: u32,
    /// When it falls due, in milliseconds since 1970.
    pub due: i64,
}

/// The body of a deadline was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The deadline.
    pub scope: u32,
    /// The last event published to each subscriber before, in each lane.
    pub emitted: Vec<(Name, Sequence)>,
}

/// A step that was done and can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Live {
    /// The step.
    pub step: u32,
    /// Its event.
    pub event: Name,
    /// What it said.
    pub payload: Bytes,
    /// Its place in what each subscriber was sent.
    pub to: Vec<(Name, Sequence)>,
}

impl Progress {
    /// An instance of which nothing has happened yet.
    pub(crate) fn new(machine: &'static Machine) -> Self {
        Self {
            machine: machine.hash,
            place: Place::start(machine),
            heard: Vec::new(),
            emitted: Vec::new(),
            external: Vec::new(),
            known: Vec::new(),
            parked: Vec::new(),
            quarantine: None,
            failed_at: None,
            finished: false,
            rounds: Vec::new(),
            timers: Vec::new(),
            entries: Vec::new(),
            live: Vec::new(),
            took: Vec::new(),
            open: None,
            trace: None,
        }
    }

    /// Whether anything has been taken or published: before that, any machine may take it on.
    pub(crate) fn begun(&self) -> bool {
        self.place.state != 0
            || self.finished
            || !self.heard.is_empty()
            || !self.emitted.is_empty()
            || !self.external.is_empty()
    }

    /// The number of the last event taken from `emitter` in this lane.
    pub(crate) fn last_heard(&self, emitter: &Name, lane: u32) -> u64 {
        let last = self.heard.iter().find(|(name, last)| last.lane == lane && name == emitter);
        last.map_or(0, |(_, last)| last.number)
    }

    /// The next place in what `subscriber` is sent in this lane.
    pub(super) fn stamp(&mut self, subscriber: &'static str, lane: u32) -> Sequence {
        let last = self.emitted.iter_mut().find(|(name, last)| last.lane == lane && name == subscriber);
        if let Some((_, last)) = last {
            last.number = last.number.saturating_add(1);
            return *last;
        }
        let first = Sequence { lane, number: 1 };
        self.emitted.push((subscriber.into(), first));
        first
    }

    /// Notes that a delivery has been taken: it is a duplicate from now on.
    pub(super) fn note(&mut self, delivery: &Delivery) {
        if delivery.event.trace.is_some() {
            self.trace.clone_from(&delivery.event.trace);
        }
        if delivery.sequence.is_none() {
            self.external.push((delivery.event.source.clone(), delivery.event.id.clone()));
        }
        self.pass(delivery);
    }

    /// Notes that a delivery has been dealt with, and need not be waited for. What externals send is not
    /// numbered, so nothing is kept of it: they could fill every instance with what it does not take.
    pub(super) fn pass(&mut self, delivery: &Delivery) {
        let source = &delivery.event.source;
        self.parked.retain(|parked| parked.handle != delivery.handle);
        let Some(sequence) = delivery.sequence else { return };
        match self.heard.iter_mut().find(|(name, last)| last.lane == sequence.lane && name == source) {
            Some((_, last)) => last.number = sequence.number.max(last.number),
            None => self.heard.push((source.clone(), sequence)),
        }
    }

    /// Keeps a payload, if the machine says that a later method wants to know it.
    pub(super) fn keep(&mut self, machine: &Machine, event: &Name, payload: &Bytes) {
        let event = machine.known_as(event).map_or_else(|| event.clone(), Name::from);
        if !machine.keeps.iter().any(|kept| event == *kept) {
            return;
        }
        self.known.retain(|(name, _)| *name != event);
        self.known.push((event, payload.clone()));
    }

    /// How often a deadline has fallen due.
    pub(super) fn round(&self, scope: u32) -> u32 {
        self.rounds.iter().find(|(it, _)| *it == scope).map_or(0, |(_, round)| *round)
    }

    /// The body of a deadline that is kept here begins.
    pub(super) fn enter(&mut self, scope: u32) {
        let emitted = self.emitted.clone();
        match self.entries.iter_mut().find(|entry| entry.scope == scope) {
            Some(entry) => entry.emitted = emitted,
            None => self.entries.push(Entry { scope, emitted }),
        }
    }

    /// Whether the body of the deadline, which is kept here, has begun.
    pub(super) fn has_entered(&self, scope: u32) -> bool {
        self.entries.iter().any(|entry| entry.scope == scope)
    }

    /// How many of the events before this one in its line were published since the body of the deadline was entered.
    pub(super) fn published_in(&self, scope: u32, subscriber: &str, at: Sequence) -> u64 {
        let Some(entry) = self.entries.iter().find(|entry| entry.scope == scope) else { return 0 };
        let before = entry.emitted.iter().find(|(name, last)| last.lane == at.lane && name == subscriber);
        at.number.saturating_sub(1).saturating_sub(before.map_or(0, |(_, last)| last.number))
    }

    /// A deadline has fallen due.
    pub(super) fn leave(&mut self, scope: u32) {
        match self.rounds.iter_mut().find(|(it, _)| *it == scope) {
            Some((_, round)) => *round = round.saturating_add(1),
            None => self.rounds.push((scope, 1)),
        }
    }

    /// When there will be something to do here, whatever arrives, in milliseconds since 1970. An instance that
    /// is set aside holds its deadlines.
    pub(crate) fn due(&self) -> Option<i64> {
        if self.quarantine.is_some() {
            return None;
        }
        if self.open.is_some() {
            return Some(0);
        }
        self.timers.iter().map(|timer| timer.due).min()
    }

    /// The deadline that has fallen due by `now`, the earliest if there are several.
    pub(crate) fn fallen_due(&self, machine: &'static Machine, now: i64) -> Option<&'static Expire> {
        if self.quarantine.is_some() {
            return None;
        }
        let due = self.timers.iter().filter(|timer| timer.due <= now);
        let timer = due.min_by_key(|timer| (timer.due, timer.scope))?;
        let mut found = None;
        self.place.any(&mut |place| {
            found = place.expires(machine).find(|expire| expire.scope == timer.scope);
            found.is_some()
        });
        found
    }
}
