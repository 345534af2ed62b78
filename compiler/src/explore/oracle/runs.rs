//! Runs as each participant sees them, of the whole and of the machines, so that they can be compared.
//!
//! What happened within a deadline that has passed is left out: how far the body came is a race, and what was overtaken
//! is absorbed. What is done before and after, by whom and in which order, is no race.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::super::world::{Cast, World};
use super::super::{Did, Limits, Step, Whole};
use crate::model::{Choreography, EventId, ScopeId, ServiceId, StepId};
use crate::project::automaton::{Automaton, Transition};
use crate::project::machine::LocalMachine;

/// One thing that a participant sees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Seen {
    Emits(EventId, Vec<ServiceId>, Vec<ScopeId>),
    Hears(EventId, ServiceId, Vec<ScopeId>),
}

impl Seen {
    fn scopes(&self) -> &[ScopeId] {
        match self {
            Self::Emits(.., scopes) | Self::Hears(.., scopes) => scopes,
        }
    }
}

/// Something that was emitted and would have to be taken back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Live {
    event: EventId,
    steps: Vec<StepId>,
    scopes: Vec<ScopeId>,
}

/// What everybody has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Run {
    /// By participant and region: regions are independent.
    seen: BTreeMap<(ServiceId, u32), Vec<Seen>>,
    live: BTreeMap<ServiceId, Vec<Live>>,
    /// What is live of the bodies of passed deadlines.
    overtaken: BTreeMap<ServiceId, Vec<Live>>,
    emissions: usize,
}

/// A run as it is compared: what was seen, and what is live at the end.
pub(super) type Key = (BTreeMap<(ServiceId, u32), Vec<String>>, BTreeMap<ServiceId, BTreeSet<EventId>>);

/// Complete runs, each with what may be live of the bodies of passed deadlines.
pub(super) type Runs = BTreeMap<Key, BTreeSet<(ServiceId, EventId)>>;

impl Run {
    fn see(&mut self, who: ServiceId, lane: u32, seen: Seen) {
        self.seen.entry((who, lane)).or_default().push(seen);
    }

    fn leave(&mut self, who: ServiceId, scope: Option<ScopeId>) {
        let Some(scope) = scope else { return };
        // Behind the last thing outside of the body stands what it saw since the body was entered.
        for ((_, _), seen) in self.seen.iter_mut().filter(|((other, _), _)| *other == who) {
            while seen.last().is_some_and(|seen| seen.scopes().contains(&scope)) {
                seen.pop();
            }
        }
        self.seen.retain(|_, seen| !seen.is_empty());
        let live = self.live.entry(who).or_default();
        let (overtaken, kept) = live.drain(..).partition(|it| it.scopes.contains(&scope));
        *live = kept;
        let overtaken: Vec<Live> = overtaken;
        self.overtaken.entry(who).or_default().extend(overtaken);
    }

    fn take_back(&mut self, who: ServiceId, steps: &[StepId]) {
        for live in [&mut self.live, &mut self.overtaken] {
            live.entry(who).or_default().retain(|it| !it.steps.iter().any(|step| steps.contains(step)));
        }
    }

    fn emit(&mut self, who: ServiceId, lane: u32, seen: Seen, live: Option<Live>) {
        self.emissions += 1;
        self.see(who, lane, seen);
        self.live.entry(who).or_default().extend(live);
    }

    fn add_to(self, runs: &mut Runs) {
        let seen = self.seen.iter().map(|(k, v)| (*k, v.iter().map(|seen| format!("{seen:?}")).collect()));
        let live = self.live.iter().filter(|(_, live)| !live.is_empty());
        let live = live.map(|(who, live)| (*who, live.iter().map(|it| it.event).collect())).collect();
        let overtaken = self.overtaken.iter().flat_map(|(who, it)| it.iter().map(|it| (*who, it.event)));
        runs.entry((seen.collect(), live)).or_default().extend(overtaken);
    }
}

/// What came of listing runs.
pub(super) struct Listed {
    pub(super) complete: Runs,
    /// A run that ends with an event that nobody takes, or with somebody who must go on and cannot.
    pub(super) stuck: bool,
    /// There are more.
    pub(super) limited: bool,
}

/// More than this, and the choreography is passed over.
const MAX_SITUATIONS: usize = 6_000;

/// The runs of the whole with at most so many emissions.
pub(super) fn of_whole(automaton: &Automaton, undoable: &[StepId], emissions: usize) -> Listed {
    let mut listed = Listed { complete: Runs::new(), stuck: false, limited: false };
    let mut seen = FxHashSet::default();
    let mut pending: Vec<(Whole, Run)> =
        Whole::start(automaton).map(|start| (start, Run::default())).into_iter().collect();
    while let Some((whole, run)) = pending.pop() {
        if !seen.insert((whole.clone(), run.clone())) {
            continue;
        }
        listed.limited |= seen.len() > MAX_SITUATIONS;
        if listed.limited {
            break;
        }
        if whole.may_be_over(automaton) {
            run.clone().add_to(&mut listed.complete);
        }
        // One region after the other: what is seen is kept apart by regions.
        for (transition, after) in whole.next(automaton).into_iter().next().unwrap_or_default() {
            let mut longer = run.clone();
            happen(automaton, undoable, transition, &mut longer);
            if longer.emissions <= emissions {
                pending.push((after, longer));
            }
        }
    }
    listed
}

fn happen(automaton: &Automaton, undoable: &[StepId], transition: &Transition, run: &mut Run) {
    let place = automaton.places.get(automaton.places.of(transition.step));
    let Transition { emitter, event, step, leaves, .. } = *transition;
    if transition.is_rollback() {
        run.take_back(emitter, &transition.undoes);
        return;
    }
    run.leave(emitter, leaves);
    overtake(automaton, undoable, transition, run);
    let live = Live { event, steps: vec![step], scopes: place.scopes.clone() };
    let seen = Seen::Emits(event, transition.subscribers.clone(), place.scopes.clone());
    run.emit(emitter, place.lane, seen, undoable.contains(&step).then_some(live));
    for subscriber in &transition.subscribers {
        run.leave(*subscriber, leaves);
        run.see(*subscriber, place.lane, Seen::Hears(event, emitter, place.scopes.clone()));
    }
}

/// How far the body of a passed deadline came is a race: whatever it holds may have been emitted.
fn overtake(automaton: &Automaton, undoable: &[StepId], passed: &Transition, run: &mut Run) {
    let Some(scope) = passed.leaves else { return };
    let mut steps: Vec<&Transition> =
        automaton.states.values().flat_map(|state| &state.transitions).filter(|t| !t.is_rollback()).collect();
    steps.sort_by_key(|t| t.step);
    steps.dedup_by_key(|t| t.step);
    for step in steps.into_iter().filter(|t| undoable.contains(&t.step)) {
        let scopes = automaton.places.get(automaton.places.of(step.step)).scopes;
        if scopes.contains(&scope) {
            let live = Live { event: step.event, steps: vec![step.step], scopes };
            run.overtaken.entry(step.emitter).or_default().push(live);
        }
    }
}

/// The runs of the machines with at most so many emissions.
pub(super) fn of_machines(
    choreography: &Choreography,
    machines: &[LocalMachine],
    emissions: usize,
) -> Listed {
    let undoable = super::super::undoable(choreography);
    let limits = Limits { line: 6, steps: usize::MAX, worlds: usize::MAX, rounds: 3 };
    let cast = Cast { choreography, machines, undoable: &undoable, limits };
    let places = places(machines);
    let mut listed = Listed { complete: Runs::new(), stuck: false, limited: false };
    let mut seen = FxHashSet::default();
    let mut pending = vec![(World::start(cast), Run::default())];
    while let Some((world, run)) = pending.pop() {
        if !seen.insert((world.clone(), run.clone())) {
            continue;
        }
        listed.limited |= seen.len() > MAX_SITUATIONS;
        if listed.limited {
            break;
        }
        let next = world.next(cast);
        if next.moves.is_empty() && next.reached.is_empty() {
            let over = machines.iter().zip(&world.parties).all(|(m, party)| party.place.may_be_over(m));
            if over && world.lines.is_empty() {
                run.clone().add_to(&mut listed.complete);
            } else {
                listed.stuck = true;
            }
        }
        for (step, after) in next.moves {
            let mut longer = run.clone();
            did(&places, &undoable, step, &mut longer);
            if longer.emissions <= emissions {
                pending.push((after, longer));
            }
        }
    }
    listed
}

/// Lane and deadlines of every step.
type Places = BTreeMap<StepId, (u32, Vec<ScopeId>)>;

fn places(machines: &[LocalMachine]) -> Places {
    let states = machines.iter().flat_map(|machine| machine.states.values());
    let emits = states.flat_map(|state| {
        let expired = state.expires.iter().flat_map(|expire| &expire.emits);
        state.emits.iter().chain(expired)
    });
    let place = |place: &crate::project::automaton::Place| (place.lane, place.scopes.clone());
    emits.flat_map(|emit| emit.steps.iter().map(move |step| (*step, place(&emit.place)))).collect()
}

fn did(places: &Places, undoable: &[StepId], step: Step, run: &mut Run) {
    let who = step.who;
    let place = |steps: &[StepId]| places.get(&steps[0]).cloned().unwrap_or_default();
    match step.did {
        Did::Emit { event, to, steps, passed } => {
            run.leave(who, passed);
            let (lane, scopes) = place(&steps);
            let is_undoable = steps.iter().any(|step| undoable.contains(step));
            let live = is_undoable.then(|| Live { event, steps, scopes: scopes.clone() });
            run.emit(who, lane, Seen::Emits(event, to, scopes), live);
        }
        Did::Hear { event, from, steps, passed } => {
            run.leave(who, passed);
            let (lane, scopes) = place(&steps);
            run.see(who, lane, Seen::Hears(event, from, scopes));
        }
        Did::TakeBack { undone } => undone.iter().for_each(|steps| run.take_back(who, steps)),
    }
}
