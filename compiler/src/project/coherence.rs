//! Whether every participant can know what it must do: the complete conditions of Li, Stutz, Wies and
//! Zufferey ("Complete Multiparty Session Type Projection with Automata", CAV 2023; "Characterizing
//! Implementability of Global Protocols with Infinite States and Data", OOPSLA 2025), for one emitter and
//! several subscribers a step.

use super::arrival;
use super::automaton::{Fork, Transition};
use super::sight::Sight;
use super::timing::{self, Unknown};
use super::view::{Action, Move, View, Views};

use crate::model::{Id, ServiceId, StateId, StepId};
use crate::source::Span;

/// A condition that does not hold for one participant, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// Send coherence: in a state that looks the same, the emission is not to come.
    Emit {
        /// The participant.
        participant: ServiceId,
        /// What it would have to emit.
        emission: Action,
        /// The step that does.
        step: StepId,
        /// Where it must emit.
        here: StateId,
        /// Where it must not; both look alike to it.
        there: Vec<StateId>,
    },
    /// Mixed choice: in a state that looks the same, it would have to wait.
    EmitOrHear {
        /// The participant.
        participant: ServiceId,
        /// Where it must emit, and the step.
        emits: (StateId, StepId),
        /// Where it must wait, and the step that it waits for.
        hears: (StateId, StepId),
    },
    /// Receive coherence: an event may arrive in the other run, where it means something else.
    Arrival {
        /// The participant.
        participant: ServiceId,
        /// Where one event is expected, and the step.
        expects: (StateId, StepId),
        /// Where the other is heard first, and the step.
        other: (StateId, StepId),
        /// How the first event can arrive in the other run all the same: its step.
        arrives: StepId,
        /// It tells of a deadline whose body is entered anew in the meantime: the other event is of an earlier entry.
        again: bool,
    },
    /// A `par` may have begun for it, or not: both look alike.
    Fork {
        /// The participant.
        participant: ServiceId,
        /// Where its regions begin.
        fork: (StateId, Span),
        /// What else it may do, as far as it can know, and where.
        other: (StateId, StepId),
    },
    /// What it does or hears begins a deadline or tells that one has passed, and which that is, it cannot know.
    Deadline {
        /// The participant.
        participant: ServiceId,
        /// Where, and what it cannot know.
        unknown: Unknown,
    },
    /// It acted (or only heard), and waits for what may never come.
    Untold {
        /// The participant.
        participant: ServiceId,
        /// Whether it acted.
        acted: bool,
        /// The last step that it took part in.
        last: StepId,
        /// What it still waits for.
        waits: Vec<StepId>,
        /// What happens without it in the meantime.
        unheard: Vec<StepId>,
    },
}

impl Breach {
    /// The participant for which it does not hold.
    pub fn participant(&self) -> ServiceId {
        match self {
            Self::Emit { participant, .. }
            | Self::EmitOrHear { participant, .. }
            | Self::Arrival { participant, .. }
            | Self::Fork { participant, .. }
            | Self::Deadline { participant, .. }
            | Self::Untold { participant, .. } => *participant,
        }
    }

    /// Whether the choreography is refused for it.
    pub fn is_error(&self) -> bool {
        !matches!(self, Self::Untold { acted: false, .. })
    }
}

/// The search for early arrivals was given up: the choreography is too large to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecided;

/// The conditions that do not hold for one participant.
///
/// What a deadline opens its `else` with is heard in every state of the body and means the same in all of them, and
/// whoever keeps it may always say so: it is left out of the conditions that compare actions with each other. What is
/// late because of it is known by its round.
pub fn breaches(sight: &Sight<'_>, views: &Views) -> Result<Vec<Breach>, Undecided> {
    let mut found = Vec::new();
    for view in &views.views {
        // Whoever does not know whether to wait does not know whether to emit either: one cause, one finding.
        match mixed(sight, view) {
            Some(breach) => found.push(breach),
            None => emissions(sight, view, &mut found),
        }
        found.extend(fork(sight, view));
        found.extend(arrival(sight, view)?);
    }
    found.extend(timing::unknown(sight, views));
    found.extend(untold(sight, views));
    Ok(found)
}

/// What the participant may do in the states of a view, each with the state.
pub(super) fn actions<'a>(
    sight: &'a Sight<'a>,
    view: &'a View,
) -> impl Iterator<Item = (StateId, &'a Transition)> + Clone {
    view.states
        .iter()
        .flat_map(move |state| sight.actions(*state).map(move |t| (*state, t)).collect::<Vec<_>>())
}

/// Send coherence: what is emitted from one state of a view comes, without the participant, from each.
fn emissions(sight: &Sight<'_>, view: &View, found: &mut Vec<Breach>) {
    let participant = sight.participant;
    for m in view.moves.iter().filter(|m| m.action.is_own()) {
        let emitting: Vec<(StateId, StepId)> = actions(sight, view)
            .filter(|(_, t)| Action::of(sight.automaton, t, participant).as_ref() == Some(&m.action))
            .map(|(state, transition)| (state, transition.step))
            .collect();
        let there = cut_off(sight, view, &emitting);
        if let (Some((here, step)), false) = (emitting.first(), there.is_empty()) {
            let emission = m.action.clone();
            found.push(Breach::Emit { participant, emission, step: *step, here: *here, there });
        }
    }
}

/// The states of the view from which no emitting state is reached by events without the participant.
fn cut_off(sight: &Sight<'_>, view: &View, emitting: &[(StateId, StepId)]) -> Vec<StateId> {
    let mut reaches = vec![false; sight.automaton.states.len()];
    for (state, _) in emitting {
        mark(&mut reaches, *state);
    }
    let mut grown = true;
    while grown {
        grown = false;
        // Silent steps mostly lead to later states, so walking backwards settles most in one round.
        for state in view.states.iter().rev() {
            if !is(&reaches, *state) && sight.silently(*state).iter().any(|target| is(&reaches, *target)) {
                grown = mark(&mut reaches, *state);
            }
        }
    }
    view.states.iter().copied().filter(|state| !is(&reaches, *state)).collect()
}

fn is(marks: &[bool], state: StateId) -> bool {
    marks.get(state.index()).copied().unwrap_or_default()
}

fn mark(marks: &mut [bool], state: StateId) -> bool {
    marks.get_mut(state.index()).is_some_and(|mark| !std::mem::replace(mark, true))
}

/// No mixed choice: a view in which the participant emits is none in which it waits.
fn mixed(sight: &Sight<'_>, view: &View) -> Option<Breach> {
    let participant = sight.participant;
    let acts = actions(sight, view).filter(|(_, t)| t.emits(participant));
    let waits = actions(sight, view).filter(|(_, t)| t.hears(participant));
    acts.into_iter().find_map(|(here, emit)| {
        // What is emitted in the body of a deadline may be overtaken by its passing: then it is late, and absorbed. What
        // is emitted behind the body is not.
        let scopes = sight.automaton.places.get(sight.automaton.places.of(emit.step)).scopes;
        let overtaken = |t: &Transition| t.leaves.is_some_and(|scope| scopes.contains(&scope));
        // Whoever keeps a deadline waits until it passes.
        let may_wait = |t: &Transition| emit.leaves.is_some() && t.leaves.is_none();
        let (there, hear) = waits.clone().find(|(_, t)| !overtaken(t) && !may_wait(t))?;
        Some(Breach::EmitOrHear { participant, emits: (here, emit.step), hears: (there, hear.step) })
    })
}

/// Whoever is in several regions at once knows that they have begun: nothing else may happen to it in the meantime.
fn fork(sight: &Sight<'_>, view: &View) -> Option<Breach> {
    let participant = sight.participant;
    let mut forks = view.states.iter().filter_map(|state| Some((*state, sight.fork(*state)?)));
    let (here, fork) = forks.next()?;
    // That a deadline around the fork passes ends all its regions. One behind which it stands must be settled.
    let around = |scope| {
        let expiries = &sight.automaton.states[here].expiries;
        expiries.iter().any(|t| t.leaves == Some(scope) && !t.crossing)
    };
    let mut others = actions(sight, view).filter(|(_, t)| !t.leaves.is_some_and(around));
    let other = others.next().map(|(state, t)| (state, t.step));
    // Two forks in one view: what happens first in the second is something else that may happen.
    let second = forks.find_map(|(state, second)| Some((state, opens(sight, second).first()?.step)));
    if let Some(other) = other.or(second) {
        return Some(Breach::Fork { participant, fork: (here, fork.span), other });
    }
    // Whoever acts first in one of its regions must be sure that the fork comes.
    let acts = opens(sight, fork).into_iter().find(|t| t.emits(participant))?;
    let there = cut_off(sight, view, &[(here, acts.step)]);
    let emission = Action::of(sight.automaton, acts, participant)?;
    (!there.is_empty()).then_some(Breach::Emit { participant, emission, step: acts.step, here, there })
}

/// What the participant may do first in its regions of a fork, also where a region begins with a fork itself.
fn opens<'a>(sight: &Sight<'a>, fork: &'a Fork) -> Vec<&'a Transition> {
    let mut found = Vec::new();
    let mut pending = vec![fork];
    while let Some(fork) = pending.pop() {
        for state in sight.regions(fork).into_iter().flat_map(|start| sight.closure(vec![start])) {
            found.extend(sight.actions(state));
            pending.extend(sight.fork(state));
        }
    }
    found
}

/// Receive coherence: what is expected in one state of a view does not arrive in a run in which something
/// from another emitter, or of another region, comes first. The first event that does is told; the others follow from it.
fn arrival(sight: &Sight<'_>, view: &View) -> Result<Option<Breach>, Undecided> {
    let participant = sight.participant;
    let hears: Vec<_> = actions(sight, view).filter(|(_, t)| t.hears(participant)).collect();
    // Only what is in one line comes in the order of its emission.
    let place = |t: &Transition| sight.automaton.places.get(sight.automaton.places.of(t.step));
    let line = |t: &Transition| (t.emitter, place(t).lane);
    let mut lines = hears.iter().map(|(_, transition)| line(transition));
    let first = lines.next();
    if lines.all(|line| Some(line) == first) {
        return Ok(None);
    }
    for (there, other) in &hears {
        let available = arrival::available(sight.automaton, participant, other).map_err(|_| Undecided)?;
        // What belongs to a deadline that has passed is late, and known by its round.
        let overtakes =
            |one: &Transition, of: &Transition| one.leaves.is_some_and(|s| place(of).scopes.contains(&s));
        let mut expected = hears.iter().filter(|(_, it)| line(it) != line(other) && !overtakes(other, it));
        let early = expected.find_map(|(here, expected)| {
            let same = Action::of(sight.automaton, expected, participant);
            let mut same = available.iter().filter(|((action, _), _)| Some(action) == same.as_ref());
            same.find_map(|((_, leaves), arrives)| {
                // Only when the body was entered anew, the other event is of an earlier time, and not late.
                let again = overtakes(expected, other) && *leaves == expected.leaves;
                let arrives = if again { arrives.again } else { arrives.step };
                Some((*here, expected.step, arrives?, again))
            })
        });
        if let Some((here, step, arrives, again)) = early {
            let (expects, other) = ((here, step), (*there, other.step));
            return Ok(Some(Breach::Arrival { participant, expects, other, arrives, again }));
        }
    }
    Ok(None)
}

/// Whether the participant still does something of its own accord, from each view on.
fn acting(views: &Views) -> Vec<bool> {
    let mut acts: Vec<bool> = vec![false; views.views.len()];
    let mut grown = true;
    while grown {
        grown = false;
        for (at, view) in views.views.iter().enumerate().rev() {
            let forked = view.fork.iter().flat_map(|fork| fork.regions.iter().copied().chain([fork.join]));
            let mut next = view.moves.iter().map(|m| m.target).chain(forked);
            // Whoever may have something to take back has heard that the deadline is settled: that is P's word.
            let own = view.moves.iter().any(|m| m.action.is_own() && m.action != Action::Rollback);
            let acts_here = own || next.any(|target| acts.get(target).copied().unwrap_or_default());
            if let Some(mark) = acts.get_mut(at).filter(|mark| acts_here && !**mark) {
                *mark = true;
                grown = true;
            }
        }
    }
    acts
}

/// How far a participant has gone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    None,
    Heard,
    Acted,
}

/// Views in which the flow may be over while the participant, having taken part, waits for more.
fn untold(sight: &Sight<'_>, views: &Views) -> Option<Breach> {
    let mut reached: Vec<Option<(Part, Option<StepId>)>> = vec![None; views.views.len()];
    let mut pending = vec![(0, Part::None, None)];
    while let Some((at, part, last)) = pending.pop() {
        let (Some(slot), Some(view)) = (reached.get_mut(at), views.views.get(at)) else { continue };
        if slot.is_some_and(|(before, _)| before >= part) {
            continue;
        }
        *slot = Some((part, last));
        for m in view.moves.iter().rev() {
            let next = if m.action.is_own() { Part::Acted } else { part.max(Part::Heard) };
            pending.push((m.target, next, m.steps.first().copied()));
        }
        // Whoever waits in one region holds up the others and all that comes after them, as if it had acted.
        if let Some(fork) = &view.fork {
            let first =
                fork.regions.iter().filter_map(|at| views.views.get(*at)?.moves.first()?.steps.first());
            let last = last.or_else(|| first.copied().next());
            pending.extend(fork.regions.iter().chain([&fork.join]).map(|at| (*at, Part::Acted, last)));
        }
    }
    let acts = acting(views);
    // Whoever would do nothing when a deadline passes need not know whether it has, unless a region waits for it.
    let idle = |m: &Move| m.leaves.is_some() && !acts.get(m.target).copied().unwrap_or_default();
    let in_region = |view: &View| view.states.iter().any(|state| sight.in_region(*state));
    let waiting = reached.iter().zip(&views.views).filter_map(|(reached, view)| {
        let (part, last) = (*reached)?;
        let hears = view.moves.iter().filter(|m| !m.action.is_own() && (in_region(view) || !idle(m)));
        let forked = view.fork.iter().flat_map(|fork| &fork.regions).filter_map(|at| views.views.get(*at));
        let waits: Vec<StepId> =
            hears.chain(forked.flat_map(|view| &view.moves)).flat_map(|m| m.steps.iter().copied()).collect();
        let open = super::machine::ends(sight, view) && !waits.is_empty() && part != Part::None;
        open.then_some((part, last?, waits, view))
    });
    // One finding a participant: the worst, and of these the first.
    let (part, last, waits, view) = waiting.rev().max_by_key(|(part, ..)| *part)?;
    let participant = views.participant;
    let unheard = view
        .states
        .iter()
        .flat_map(|state| sight.automaton.states[*state].leaving())
        .filter(|transition| !transition.involves(participant))
        .map(|transition| transition.step)
        .collect();
    Some(Breach::Untold { participant, acted: part == Part::Acted, last, waits, unheard })
}
