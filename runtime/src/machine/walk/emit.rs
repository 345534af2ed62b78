//! What a step publishes.

use std::sync::Arc;

use super::{Emission, EventId, Outgoing, Walk, short};
use crate::envelope::{Event, Name, Position, Recipient, Round, Sequence, UNDOS};
use crate::machine::data::{Emit, Receiver, State};
use crate::machine::place::Path;
use crate::machine::progress::Live;

impl Walk {
    /// Publishes the next event of the answer, if it may be published here.
    pub(super) fn publish_next(&mut self) -> Result<bool, String> {
        let Some(emission) = self.left.pop_front() else { return Ok(false) };
        let Some((path, emit)) = self.row(&emission) else {
            self.left.push_front(emission);
            return Ok(false);
        };
        let rounds = emit.site.scopes.iter();
        let rounds =
            rounds.map(|scope| Round { scope: *scope, number: self.progress.round(*scope) }).collect();
        let known_as = emission.event.clone();
        let event = self.event(emission, rounds)?;
        self.enter(emit.site.opens);
        let to: Vec<Recipient> = emit.to.iter().map(|to| self.subscriber(emit, to)).collect();
        if let Some(step) = emit.undoable {
            let sent = to.iter().filter_map(|to| Some((to.name.clone(), to.sequence?)));
            let (payload, to) = (event.payload.clone(), sent.collect());
            self.progress.live.push(Live { step, event: known_as, payload, to });
        }
        self.enter(emit.site.enters);
        self.go(&path, emit.target);
        self.outgoing.push(Outgoing { event: Arc::new(event), to });
        Ok(true)
    }

    /// The row by which an event may be published here.
    fn row(&self, emission: &Emission) -> Option<(Path, &'static Emit)> {
        let row = |state: &'static State| state.emits.iter().find(|emit| emission.event == emit.event);
        self.progress.place.leaf(self.machine, row)
    }

    /// Why an event may not be published here.
    pub(super) fn not_allowed(&self, emission: &Emission) -> String {
        let mut allowed = Vec::new();
        let mut collect = |state: &'static State| {
            allowed.extend(state.emits.iter().map(|emit| short(self.machine.now(emit.event))));
            None::<()>
        };
        self.progress.place.leaf(self.machine, &mut collect);
        let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(" or ") };
        let event = self.machine.published(emission.event.clone());
        format!("{} cannot emit {} here, only {allowed}", self.machine.participant, event.short())
    }

    /// The event of this emission, in its place of the step. The payload is kept, if that is wanted.
    pub(super) fn event(&mut self, emission: Emission, rounds: Vec<Round>) -> Result<Event, String> {
        let (machine, key) = (self.machine, &self.key);
        if emission.key != key.as_str() {
            let (event, other) = (machine.published(emission.event), &emission.key);
            let event = event.short();
            return Err(format!("the answer {event} is about {other} instead of {key}"));
        }
        let input = self.thread.cause.input();
        let position = Position::Emitted(self.thread.published);
        if emission.trace.is_some() {
            self.progress.trace = emission.trace;
        }
        let event = Event {
            id: EventId::derived(machine.choreography, key, machine.participant, input.as_ref(), position),
            source: Name::from(machine.participant),
            choreography: Name::from(machine.choreography),
            key: key.clone(),
            name: machine.published(emission.event),
            payload: emission.payload,
            causation: self.thread.cause.event().cloned(),
            rounds,
            trace: self.progress.trace.clone(),
        };
        self.thread.published += 1;
        self.progress.keep(machine, &event.name, &event.payload);
        Ok(event)
    }

    /// A subscriber, with the event's place in what it is sent.
    fn subscriber(&mut self, emit: &Emit, to: &Receiver) -> Recipient {
        let at = self.progress.stamp(to.name, emit.site.lane);
        let overtakes = emit.leaves.map_or(0, |scope| self.progress.published_in(scope, to.name, at));
        Recipient { name: to.name.into(), sequence: Some(at), overtakes, undoes: None, external: to.external }
    }

    /// A subscriber of an event that takes back the one in the place `undoes`.
    pub(super) fn told_back(&mut self, to: &Receiver, undoes: Option<Sequence>) -> Recipient {
        let sequence = Some(self.progress.stamp(to.name, UNDOS));
        Recipient { name: to.name.into(), sequence, overtakes: 0, undoes, external: to.external }
    }
}
