//! Who emits and hears what, over all choreographies and everything that services state.

use rustc_hash::FxHashSet;

use crate::model::{Arena, ChoreographyId, EventId, Model, Observation, Service, ServiceId, Step};
use crate::source::Span;

/// A service, and an event that it emits or hears.
pub(crate) type Pair = (ServiceId, EventId);

/// The use of everything that can be used.
pub(crate) struct Usage {
    pub(crate) events: Arena<EventId, EventUse>,
    /// Whether a step names the service.
    pub(crate) in_steps: Arena<ServiceId, bool>,
    /// Who emits what in a step.
    pub(crate) emitted: FxHashSet<Pair>,
    /// Who hears what in a step.
    pub(crate) heard: FxHashSet<Pair>,
    /// Who states to emit what.
    pub(crate) stated_emits: FxHashSet<Pair>,
    /// Who states to read what.
    pub(crate) stated_reads: FxHashSet<Pair>,
}

/// The use of one event.
#[derive(Debug, Default)]
pub(crate) struct EventUse {
    /// Who emits it in a step, each once, with the first place.
    emitters: Vec<(ServiceId, Span)>,
    /// Who hears it in a step, each once, with the first place.
    subscribers: Vec<(ServiceId, Span)>,
    /// Who states to emit it, each once.
    stated_emitters: Vec<(ServiceId, Span)>,
    /// Who states to read it, each once.
    stated_readers: Vec<(ServiceId, Span)>,
    /// The choreographies in which it occurs, in order.
    pub(crate) choreographies: Vec<ChoreographyId>,
}

impl EventUse {
    /// Whether a choreography speaks of it; then its steps say who emits and hears it.
    pub(crate) fn in_choreography(&self) -> bool {
        !self.choreographies.is_empty()
    }

    /// Everybody who emits it, each with a place. Where no choreography speaks of the event yet, the services'
    /// own word counts.
    pub(crate) fn producers(&self) -> &[(ServiceId, Span)] {
        if self.in_choreography() { &self.emitters } else { &self.stated_emitters }
    }

    /// Everybody who hears it, each with a place; as with the producers.
    pub(crate) fn consumers(&self) -> &[(ServiceId, Span)] {
        if self.in_choreography() { &self.subscribers } else { &self.stated_readers }
    }
}

impl Usage {
    pub(crate) fn of(model: &Model) -> Self {
        let mut usage = Self {
            events: model.events.values().map(|_| EventUse::default()).collect(),
            in_steps: model.services.values().map(|_| false).collect(),
            emitted: FxHashSet::default(),
            heard: FxHashSet::default(),
            stated_emits: FxHashSet::default(),
            stated_reads: FxHashSet::default(),
        };
        for (id, choreography) in model.choreographies.iter() {
            for step in choreography.steps.values() {
                usage.step(id, step);
            }
        }
        for (id, service) in model.services.iter() {
            usage.statements(id, service);
        }
        for observation in &model.observations {
            usage.observation(observation);
        }
        usage
    }

    /// Whoever observes hears, whether a choreography speaks of the event or not.
    fn observation(&mut self, observation: &Observation) {
        let observer = observation.observer.id;
        self.in_steps[observer] = true;
        for event in &observation.events {
            if self.heard.insert((observer, event.id)) {
                let usage = &mut self.events[event.id];
                usage.subscribers.push((observer, event.span));
                usage.stated_readers.push((observer, event.span));
            }
        }
    }

    fn step(&mut self, choreography: ChoreographyId, step: &Step) {
        let (event, emitter) = (step.event.id, step.emitter);
        let usage = &mut self.events[event];
        if usage.choreographies.last() != Some(&choreography) {
            usage.choreographies.push(choreography);
        }
        self.in_steps[emitter.id] = true;
        if self.emitted.insert((emitter.id, event)) {
            usage.emitters.push((emitter.id, emitter.span));
        }
        for subscriber in &step.subscribers {
            self.in_steps[subscriber.id] = true;
            if self.heard.insert((subscriber.id, event)) {
                usage.subscribers.push((subscriber.id, subscriber.span));
            }
        }
    }

    fn statements(&mut self, id: ServiceId, service: &Service) {
        for event in service.emits.iter().flatten() {
            if self.stated_emits.insert((id, event.id)) {
                self.events[event.id].stated_emitters.push((id, event.span));
            }
        }
        for event in service.reads.iter().flatten().map(|read| read.event) {
            if self.stated_reads.insert((id, event.id)) {
                self.events[event.id].stated_readers.push((id, event.span));
            }
        }
    }
}
