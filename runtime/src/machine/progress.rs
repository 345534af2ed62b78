use bytes::Bytes;

use super::Machine;
use crate::envelope::{Delivery, EventId, Name};

/// Where one instance stands at one participant: what is kept between two steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The hash of the machine that took it here.
    pub machine: u64,
    /// The machine's state.
    pub at: u32,
    /// The sequence number of the last event taken from each emitter.
    pub heard: Vec<(Name, u64)>,
    /// The sequence number of the last event published to each subscriber.
    pub emitted: Vec<(Name, u64)>,
    /// The events of externals that were taken: source and id.
    pub external: Vec<(Name, EventId)>,
    /// The last payload of each event type that a later method wants to know.
    pub known: Vec<(Name, Bytes)>,
    /// What arrived before its time, in the order of arrival.
    pub parked: Vec<Delivery>,
    /// Why the instance is set aside: nothing is taken until someone lets it go on.
    pub quarantine: Option<String>,
    /// Nothing more can happen here.
    pub finished: bool,
}

impl Progress {
    /// An instance of which nothing has happened yet.
    pub(crate) fn new(machine: &Machine) -> Self {
        Self {
            machine: machine.hash,
            at: 0,
            heard: Vec::new(),
            emitted: Vec::new(),
            external: Vec::new(),
            known: Vec::new(),
            parked: Vec::new(),
            quarantine: None,
            finished: false,
        }
    }

    /// Whether anything has been taken or published: before that, any machine may take it on.
    pub(crate) fn begun(&self) -> bool {
        self.at != 0 || !self.heard.is_empty() || !self.emitted.is_empty() || !self.external.is_empty()
    }

    /// The sequence number of the last event taken from `emitter`.
    pub(crate) fn last_heard(&self, emitter: &Name) -> u64 {
        self.heard.iter().find(|(name, _)| name == emitter).map_or(0, |(_, sequence)| *sequence)
    }

    /// The next sequence number for `subscriber`.
    pub(super) fn stamp(&mut self, subscriber: &'static str) -> u64 {
        if let Some((_, last)) = self.emitted.iter_mut().find(|(name, _)| name == subscriber) {
            *last = last.saturating_add(1);
            return *last;
        }
        self.emitted.push((subscriber.into(), 1));
        1
    }

    /// Notes that a delivery has been taken: it is a duplicate from now on.
    pub(super) fn note(&mut self, delivery: &Delivery) {
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
        match self.heard.iter_mut().find(|(name, _)| name == source) {
            Some((_, last)) => *last = sequence.max(*last),
            None => self.heard.push((source.clone(), sequence)),
        }
    }

    /// Keeps a payload, if the machine says that a later method wants to know it.
    pub(super) fn keep(&mut self, machine: &Machine, event: &Name, payload: &Bytes) {
        if !machine.keeps.iter().any(|kept| event == kept) {
            return;
        }
        match self.known.iter_mut().find(|(name, _)| name == event) {
            Some((_, last)) => *last = payload.clone(),
            None => self.known.push((event.clone(), payload.clone())),
        }
    }
}
