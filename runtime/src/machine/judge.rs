use super::place::{Place, state};
use super::{Hear, Machine, Progress, Undone};
use crate::envelope::{Delivery, Sequence, short};
use crate::mutation::{self, Mutation};

/// So many events from outside may wait in one instance. Services say only what their part lets them; nothing
/// but this keeps an external from filling an instance.
pub(super) const MOST_FROM_OUTSIDE: usize = 1000;

/// What an event is to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It can be taken here and now.
    Enabled(&'static Hear),
    /// It takes back what was taken.
    Undoes(&'static Undone),
    /// It was taken before.
    Duplicate,
    /// It will be taken later: something else comes first.
    Early,
    /// It belongs to something that has been left by a deadline: it is absorbed.
    Late,
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
    if let Some(reason) = held(machine, progress) {
        return Verdict::Held(reason);
    }
    let source = &delivery.event.source;
    let (taken, in_turn) = if let Some(Sequence { lane, number }) = delivery.sequence
        && !mutation::on(Mutation::ForgetSequence)
    {
        let expected = progress.last_heard(source, lane).saturating_add(1);
        (number < expected, number == expected)
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
        return overtakes(machine, progress, delivery).map_or(Verdict::Early, Verdict::Enabled);
    }
    match delivery.undoes {
        Some(step) => takes_back(machine, progress, delivery, step),
        None => next_in_turn(machine, progress, delivery),
    }
}

/// The row by which a passed deadline is heard although events of its body still stand before it in the same line.
///
/// They wait for something that may never come now that the others have left the body; once it is left here too,
/// they are late. What stands before those was published before the body was entered, and is taken first.
fn overtakes(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Option<&'static Hear> {
    let Sequence { lane, number } = delivery.sequence?;
    let event = &delivery.event;
    let before = number.saturating_sub(1).saturating_sub(progress.last_heard(&event.source, lane));
    let in_time = || event.rounds.iter().all(|round| round.number == progress.round(round.scope));
    if before > delivery.overtakes || !in_time() {
        return None;
    }
    let leaves = |hear: &&Hear| !hear.leaves.is_empty() && means(machine, hear, delivery);
    progress.place.find(&mut |place| place.hears(machine).find(leaves)).map(|(_, hear)| hear)
}

/// Why this machine must not step the instance.
pub(crate) fn held(machine: &'static Machine, progress: &Progress) -> Option<String> {
    if progress.begun() && progress.machine != machine.hash {
        let (ours, theirs) = (machine.hash, progress.machine);
        return Some(format!(
            "it was begun by another version of {} (machine {theirs:016x}; this one is {ours:016x})",
            machine.participant
        ));
    }
    let mut unknown = None;
    progress.place.any(&mut |place| {
        unknown = state(machine, place.state).is_none().then_some(place.state);
        unknown.is_some()
    });
    unknown.map(|at| format!("its state {at} is none that {} has", machine.participant))
}

/// What an event is that takes the event `step` of the same emitter back.
fn takes_back(
    machine: &'static Machine,
    progress: &Progress,
    delivery: &Delivery,
    step: Sequence,
) -> Verdict {
    let event = &delivery.event;
    let row =
        machine.undone.iter().find(|row| machine.is(row.event, &event.name) && event.source == row.from);
    let Some(row) = row else {
        let (participant, name, source) = (machine.participant, event.name.short(), &event.source);
        return Verdict::Illegal(format!(
            "{participant} has nothing that {source} could take back by {name}"
        ));
    };
    if progress.took.iter().any(|(source, taken)| *taken == step && *source == event.source) {
        return Verdict::Undoes(row);
    }
    // What it takes back was absorbed, unless it is still to come.
    let still_to_come = progress.last_heard(&event.source, step.lane) < step.number;
    if still_to_come { Verdict::Early } else { Verdict::Late }
}

/// What a delivery is that nothing from its emitter comes before.
fn next_in_turn(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Verdict {
    for round in &delivery.event.rounds {
        match round.number.cmp(&progress.round(round.scope)) {
            std::cmp::Ordering::Less => return Verdict::Late,
            std::cmp::Ordering::Greater => return Verdict::Early,
            std::cmp::Ordering::Equal => {}
        }
    }
    let enabled = |place: &Place| place.hears(machine).find(|hear| means(machine, hear, delivery));
    if let Some((_, hear)) = progress.place.find(&mut |place| enabled(place)) {
        return Verdict::Enabled(hear);
    }
    if delivery.sequence.is_none() && left(machine, progress, delivery) {
        return Verdict::Late;
    }
    if may_request(machine, delivery) {
        return request(machine, progress, delivery);
    }
    if takeable_later(machine, progress, delivery) {
        return Verdict::Early;
    }
    if progress.begun()
        && let Some(start) = starts(machine, delivery)
    {
        // Several services may say the same of an instance; one of them begins it.
        return if start.foreign { Verdict::Duplicate } else { Verdict::DuplicateStart };
    }
    let (event, source) = (delivery.event.name.short(), &delivery.event.source);
    Verdict::Illegal(format!(
        "{} cannot hear {event} from {source}: {}",
        machine.participant,
        awaits(machine, progress)
    ))
}

/// Whether the event leaves the body of a deadline somewhere in the machine.
pub(crate) fn may_leave(machine: &'static Machine, delivery: &Delivery) -> bool {
    let mut rows = machine.states.iter().flat_map(|state| state.hears);
    rows.any(|hear| !hear.leaves.is_empty() && means(machine, hear, delivery))
}

fn means(machine: &Machine, hear: &Hear, delivery: &Delivery) -> bool {
    if !machine.is(hear.event, &delivery.event.name) {
        return false;
    }
    if hear.foreign || delivery.listener.is_some() {
        return hear.foreign && delivery.listener.is_some();
    }
    let lane = delivery.sequence.map(|sequence| sequence.lane);
    // The same event may be in the body of a deadline here, and behind it there.
    let rounds = &delivery.event.rounds;
    let in_place = || {
        lane == Some(hear.site.lane)
            && rounds.len() == hear.site.scopes.len()
            && rounds.iter().all(|round| hear.site.scopes.contains(&round.scope))
    };
    delivery.event.source == hear.from && if hear.unordered { lane.is_none() } else { in_place() }
}

/// The row by which the event would begin an instance.
fn starts(machine: &'static Machine, delivery: &Delivery) -> Option<&'static Hear> {
    let first = Place::start(machine);
    let starts = |hear: &&Hear| (hear.unordered || hear.foreign) && means(machine, hear, delivery);
    first.find(&mut |place| place.hears(machine).find(starts)).map(|(_, hear)| hear)
}

/// Whether the event, which tells no rounds, belongs only to what has been left by a deadline.
fn left(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> bool {
    if progress.rounds.is_empty() {
        return false;
    }
    let mut rows =
        machine.states.iter().flat_map(|state| state.hears).filter(|hear| means(machine, hear, delivery));
    let left = |hear: &Hear| hear.site.scopes.iter().any(|scope| progress.round(*scope) > 0);
    rows.next().is_some_and(left) && rows.all(left)
}

/// Whether the event may ask for the `else` of some deadline.
fn may_request(machine: &'static Machine, delivery: &Delivery) -> bool {
    delivery.sequence.is_none() && delivery.listener.is_none() && may_leave(machine, delivery)
}

/// What a request for the `else` of a deadline is where no such deadline runs: it waits for a body that was never entered,
/// and comes too late for one that was.
fn request(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Verdict {
    let mut rows =
        machine.states.iter().flat_map(|state| state.hears).filter(|hear| means(machine, hear, delivery));
    let entered = |hear: &Hear| hear.leaves.iter().all(|scope| progress.has_entered(*scope));
    let waits = !rows.all(entered) && takeable_later(machine, progress, delivery);
    if waits { Verdict::Early } else { Verdict::Late }
}

/// Whether some state that can be reached from here hears the event.
fn takeable_later(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> bool {
    let mut seen = vec![false; machine.states.len()];
    let mut pending = Vec::new();
    let mut heard_here = false;
    progress.place.any(&mut |place| {
        if place.regions.is_empty() {
            pending.push(place.state);
        } else if let Some(fork) = state(machine, place.state) {
            // Its regions have begun: what was before where they stand does not come again.
            heard_here |= fork.hears.iter().any(|hear| means(machine, hear, delivery));
            pending.extend(leads_to(fork).filter(|to| !fork.regions.contains(to)));
        }
        false
    });
    while let Some(at) = pending.pop() {
        let Some(mark) = usize::try_from(at).ok().and_then(|index| seen.get_mut(index)) else { continue };
        if std::mem::replace(mark, true) {
            continue;
        }
        let Some(state) = state(machine, at) else { continue };
        if state.hears.iter().any(|hear| means(machine, hear, delivery)) {
            return true;
        }
        pending.extend(leads_to(state));
    }
    heard_here
}

/// The states that may follow this one.
fn leads_to(state: &'static super::State) -> impl Iterator<Item = u32> {
    let behind = !state.regions.is_empty() || !state.rollback.is_empty();
    (state.hears.iter().map(|hear| hear.target))
        .chain(state.emits.iter().map(|emit| emit.target))
        .chain(state.expires.iter().map(|expire| expire.target))
        .chain(state.regions.iter().copied())
        .chain(behind.then_some(state.target))
}

/// What the instance waits for, in words.
pub(crate) fn awaits(machine: &'static Machine, progress: &Progress) -> String {
    let (mut hears, mut starts, mut decides) = (Vec::new(), false, false);
    progress.place.any(&mut |place| {
        hears.extend(place.hears(machine).map(|hear| {
            let event = short(machine.now(hear.event));
            if hear.foreign { event.to_owned() } else { format!("{event} from {}", hear.from) }
        }));
        starts |= state(machine, place.state).is_some_and(|state| !state.emits.is_empty());
        decides |= place.decision.is_some();
        false
    });
    if decides {
        hears.insert(0, "an answer that was put off".to_owned());
    }
    match hears.split_last() {
        _ if starts && !decides => "it has yet to start".to_owned(),
        None => "it has finished".to_owned(),
        Some((only, [])) => format!("it waits for {only}"),
        Some((last, others)) => format!("it waits for {} or {last}", others.join(", ")),
    }
}
