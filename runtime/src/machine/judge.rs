use super::{Hear, Machine, Progress, State};
use crate::envelope::{Delivery, short};

/// So many events from outside may wait in one instance. Services say only what their part lets them; nothing
/// but this keeps an external from filling an instance.
pub(super) const MOST_FROM_OUTSIDE: usize = 1000;

/// What an event is to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It can be taken here and now.
    Enabled(&'static Hear),
    /// It was taken before.
    Duplicate,
    /// It will be taken later: something else comes first.
    Early,
    /// It is parked already.
    Parked,
    /// The instance is set aside: everything waits.
    Quarantined,
    /// It would start an instance that has been started already.
    DuplicateStart,
    /// It can never be taken.
    Illegal(String),
    /// The instance belongs to another machine, which is not here.
    Held(String),
}

/// What a delivery that has just arrived is to an instance.
pub(crate) fn judge(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Verdict {
    let event = &delivery.event;
    for parked in &progress.parked {
        if parked.handle == delivery.handle {
            return Verdict::Parked;
        }
        if parked.event.source == event.source && parked.event.id == event.id {
            return Verdict::Duplicate;
        }
    }
    match judge_parked(machine, progress, delivery) {
        Verdict::Early | Verdict::Quarantined if delivery.sequence.is_none() && is_crowded(progress) => {
            let (event, source) = (event.name.short(), &event.source);
            Verdict::Illegal(format!(
                "{event} from {source} would have to wait, where {MOST_FROM_OUTSIDE} events from outside wait already"
            ))
        }
        verdict => verdict,
    }
}

/// No more events from outside may wait.
fn is_crowded(progress: &Progress) -> bool {
    progress.parked.iter().filter(|it| it.sequence.is_none()).count() >= MOST_FROM_OUTSIDE
}

/// What a delivery is to an instance now, no matter whether it is parked.
pub(crate) fn judge_parked(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Verdict {
    if progress.begun() && progress.machine != machine.hash {
        let (ours, theirs) = (machine.hash, progress.machine);
        return Verdict::Held(format!(
            "it was begun by another version of {} (machine {theirs:016x}; this one is {ours:016x})",
            machine.participant
        ));
    }
    let Some(state) = state(machine, progress.at) else {
        return Verdict::Held(format!("its state {} is none that {} has", progress.at, machine.participant));
    };
    let source = &delivery.event.source;
    let expected = progress.last_heard(source).saturating_add(1);
    let (taken, in_turn) = if let Some(sequence) = delivery.sequence {
        (sequence < expected, sequence == expected)
    } else {
        let id = &delivery.event.id;
        (progress.external.iter().any(|(other, taken)| other == source && taken == id), true)
    };
    if taken {
        return Verdict::Duplicate;
    }
    if progress.quarantine.is_some() {
        return Verdict::Quarantined;
    }
    if !in_turn {
        return Verdict::Early;
    }
    next_in_turn(machine, progress, state, delivery)
}

/// What a delivery is that nothing from its emitter comes before.
fn next_in_turn(
    machine: &'static Machine,
    progress: &Progress,
    state: &'static State,
    delivery: &Delivery,
) -> Verdict {
    if let Some(hear) = state.hears.iter().find(|hear| means(hear, delivery)) {
        return Verdict::Enabled(hear);
    }
    if takeable_later(machine, progress.at, delivery) {
        return Verdict::Early;
    }
    let starts = |hear: &Hear| means(hear, delivery) && hear.external;
    if progress.begun() && machine.states.first().is_some_and(|first| first.hears.iter().any(starts)) {
        return Verdict::DuplicateStart;
    }
    let (event, source) = (delivery.event.name.short(), &delivery.event.source);
    Verdict::Illegal(format!(
        "{} cannot hear {event} from {source}: {}",
        machine.participant,
        awaits(machine, progress)
    ))
}

fn means(hear: &Hear, delivery: &Delivery) -> bool {
    delivery.event.name == hear.event
        && delivery.event.source == hear.from
        && hear.external == delivery.sequence.is_none()
}

fn state(machine: &'static Machine, at: u32) -> Option<&'static State> {
    machine.states.get(usize::try_from(at).ok()?)
}

/// Whether some state that can be reached from here hears the event.
fn takeable_later(machine: &'static Machine, from: u32, delivery: &Delivery) -> bool {
    let mut seen = vec![false; machine.states.len()];
    let mut pending = vec![from];
    while let Some(at) = pending.pop() {
        let Some(mark) = usize::try_from(at).ok().and_then(|index| seen.get_mut(index)) else { continue };
        if std::mem::replace(mark, true) {
            continue;
        }
        let Some(state) = state(machine, at) else { continue };
        if state.hears.iter().any(|hear| means(hear, delivery)) {
            return true;
        }
        pending.extend(state.hears.iter().map(|hear| hear.target));
        pending.extend(state.emits.iter().map(|emit| emit.target));
    }
    false
}

/// What the instance waits for, in words.
pub(crate) fn awaits(machine: &'static Machine, progress: &Progress) -> String {
    let Some(state) = state(machine, progress.at) else {
        return format!("it stands at an unknown state {}", progress.at);
    };
    let hears: Vec<String> =
        state.hears.iter().map(|hear| format!("{} from {}", short(hear.event), hear.from)).collect();
    match hears.split_last() {
        _ if !state.emits.is_empty() => "it has yet to start".to_owned(),
        None => "it has finished".to_owned(),
        Some((only, [])) => format!("it waits for {only}"),
        Some((last, others)) => format!("it waits for {} or {last}", others.join(", ")),
    }
}
