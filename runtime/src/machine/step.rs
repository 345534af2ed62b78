use std::sync::Arc;

use super::{Emit, Hear, Machine, Progress};
use crate::envelope::{Delivery, Emission, Event, EventId, Key, Name, Outgoing, Position, Recipient, short};

/// Where an instance stands after a step, and what the step publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) progress: Progress,
    pub(crate) outgoing: Vec<Outgoing>,
}

/// Hears an event and publishes the answer, all in one step. An answer that the machine does not allow is an
/// error, in words.
pub(crate) fn take(
    machine: &'static Machine,
    progress: &Progress,
    delivery: &Delivery,
    hear: &'static Hear,
    answer: &[Emission],
) -> Result<Taken, String> {
    let mut progress = adopt(machine, progress);
    progress.note(delivery);
    progress.at = hear.target;
    progress.keep(machine, &delivery.event.name, &delivery.event.payload);
    emit(machine, progress, &delivery.event.key, Some(&delivery.event.id), answer)
}

/// Begins an instance with what its participant publishes by itself.
pub(crate) fn start(
    machine: &'static Machine,
    progress: &Progress,
    key: &Key,
    answer: &[Emission],
) -> Result<Taken, String> {
    emit(machine, adopt(machine, progress), key, None, answer)
}

/// Keeps an event for later.
pub(crate) fn park(machine: &Machine, progress: &Progress, delivery: &Delivery) -> Progress {
    let mut progress = adopt(machine, progress);
    progress.parked.push(delivery.clone());
    progress
}

/// Goes on without an event that can never be taken.
pub(crate) fn dismiss(machine: &Machine, progress: &Progress, delivery: &Delivery) -> Progress {
    let mut progress = adopt(machine, progress);
    progress.pass(delivery);
    progress
}

/// Sets the instance aside; the event that it failed at waits before all others.
pub(crate) fn quarantine(machine: &Machine, progress: &Progress, delivery: &Delivery, why: &str) -> Progress {
    let mut progress = adopt(machine, progress);
    progress.parked.retain(|parked| parked.handle != delivery.handle);
    progress.parked.insert(0, delivery.clone());
    progress.quarantine = Some(why.to_owned());
    progress
}

/// Lets an instance go on that was set aside.
pub(crate) fn release(progress: &Progress) -> Progress {
    Progress { quarantine: None, ..progress.clone() }
}

/// The state to change. Until something has happened in it, it is any machine's.
fn adopt(machine: &Machine, progress: &Progress) -> Progress {
    Progress { machine: machine.hash, ..progress.clone() }
}

/// Publishes `answer` from where `progress` stands.
fn emit(
    machine: &'static Machine,
    mut progress: Progress,
    key: &Key,
    heard: Option<&EventId>,
    answer: &[Emission],
) -> Result<Taken, String> {
    let mut outgoing = Vec::with_capacity(answer.len());
    for (position, emission) in (0..).zip(answer) {
        let transition = transition(machine, &progress, emission)?;
        if emission.key != key.as_str() {
            let (event, other) = (short(emission.event), &emission.key);
            return Err(format!("the answer {event} is about {other} instead of {key}"));
        }
        let inputs = heard.as_slice();
        let position = Position::Emitted(position);
        let event = Event {
            id: EventId::derived(machine.choreography, key, machine.participant, inputs, position),
            source: Name::from(machine.participant),
            choreography: Name::from(machine.choreography),
            key: key.clone(),
            name: Name::from(emission.event),
            payload: emission.payload.clone(),
            causation: heard.cloned(),
        };
        progress.keep(machine, &event.name, &event.payload);
        progress.at = transition.target;
        outgoing.push(Outgoing { event: Arc::new(event), to: stamp(&mut progress, transition) });
    }
    settle(machine, &mut progress)?;
    Ok(Taken { progress, outgoing })
}

/// The transition that publishes this.
fn transition(
    machine: &'static Machine,
    progress: &Progress,
    emission: &Emission,
) -> Result<&'static Emit, String> {
    let emits = emits(machine, progress.at);
    emits.iter().find(|emit| emit.event == emission.event).ok_or_else(|| {
        let allowed: Vec<&str> = emits.iter().map(|emit| short(emit.event)).collect();
        let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(" or ") };
        format!("{} cannot emit {} here, only {allowed}", machine.participant, short(emission.event))
    })
}

fn emits(machine: &'static Machine, at: u32) -> &'static [Emit] {
    let state = usize::try_from(at).ok().and_then(|index| machine.states.get(index));
    state.map_or(&[], |state| state.emits)
}

fn stamp(progress: &mut Progress, emit: &Emit) -> Vec<Recipient> {
    let stamped = |to: &super::Receiver| Recipient {
        name: to.name.into(),
        sequence: Some(progress.stamp(to.name)),
        external: to.external,
    };
    emit.to.iter().map(stamped).collect()
}

/// Checks that the step is complete, and shrinks an instance that is over to what tells duplicates.
fn settle(machine: &'static Machine, progress: &mut Progress) -> Result<(), String> {
    let state = usize::try_from(progress.at).ok().and_then(|index| machine.states.get(index));
    let Some(state) = state else {
        return Err(format!("the machine of {} has no state {}", machine.participant, progress.at));
    };
    if let Some(missing) = state.emits.first() {
        return Err(format!("{} has yet to emit {}", machine.participant, short(missing.event)));
    }
    if state.ends && state.hears.is_empty() {
        progress.finished = true;
        progress.known = Vec::new();
        progress.emitted = Vec::new();
    }
    Ok(())
}
