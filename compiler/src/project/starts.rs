//! Choreographies that start with the event of another: it must not happen twice for one key.

use std::collections::BTreeSet;

use super::Projection;
use super::automaton::{Automaton, Fork, State, Transition};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, EventId, Model, Start, StateId, StepId, Undo};

pub(super) fn check(model: &Model, projections: &[Projection]) -> Vec<Diagnostic> {
    let starting = model.choreographies.values().filter_map(|it| Some((it, it.start.as_ref()?)));
    starting.filter_map(|(choreography, start)| twice(model, projections, choreography, start)).collect()
}

fn twice(
    model: &Model,
    projections: &[Projection],
    listening: &Choreography,
    start: &Start,
) -> Option<Diagnostic> {
    let mut publishing = projections.iter().filter_map(|projection| {
        let choreography = &model.choreographies[projection.choreography];
        let own = |id: &StepId| {
            choreography.foreign_step() != Some(*id) && choreography.steps[*id].event.id == start.event.id
        };
        Some((projection, choreography, choreography.steps.ids().find(own)?))
    });
    let (projection, choreography, step) = publishing.next()?;
    let name = shown(&model.events[start.event.id].header.name.text);
    let finding = |why: String| {
        let message = format!("`{name}` may happen twice for one {}", key(listening));
        Diagnostic::new(&codes::START_TWICE, start.event.span, message)
            .label(format!("would start `{}` twice", shown(&listening.header.name.text)))
            .related(choreography.steps[step].span, why)
    };
    if let Some((_, other, again)) = publishing.next() {
        return Some(
            finding("published here".to_owned())
                .related(other.steps[again].span, "and in another choreography")
                .help("let an event start it that one choreography alone publishes"),
        );
    }
    if !choreography.key.iter().all(|part| listening.key.iter().any(|other| other.text == part.text)) {
        return Some(
            finding(format!(
                "published once for each {}, and several may have one {}",
                key(choreography),
                key(listening)
            ))
            .help(format!(
                "give `{}` the key {}",
                shown(&listening.header.name.text),
                key(choreography)
            )),
        );
    }
    let (one, other) = again(choreography, &projection.automaton, start.event.id)?;
    let taken_back = |step: StepId| choreography.steps[step].event.id != start.event.id;
    Some(if taken_back(one) || taken_back(other) {
        let of = |step: StepId| if taken_back(step) { "it takes this step back" } else { "it is this step" };
        finding("published by this".to_owned())
            .related(choreography.steps[one].span, of(one))
            .related(choreography.steps[other].span, format!("in the same run, {}", of(other)))
            .help("take each step back with an event of its own, or let another event start it")
    } else {
        finding("some run comes here twice".to_owned())
            .help("let an event start it that happens once, such as the one that ends the loop")
    })
}

fn key(choreography: &Choreography) -> String {
    choreography.key.iter().map(|part| format!("`{}`", shown(&part.text))).collect::<Vec<_>>().join(" and ")
}

/// Two steps of one run with which this event happens, be it that it takes them back.
fn again(choreography: &Choreography, automaton: &Automaton, event: EventId) -> Option<(StepId, StepId)> {
    let all = || automaton.states.values().flat_map(State::leaving);
    let by_it = |step: &StepId| match choreography.steps[*step].undo {
        Some(Undo::By(undo)) => choreography.steps[undo].event.id == event,
        _ => false,
    };
    let undone: BTreeSet<StepId> = all().flat_map(|t| t.undoes.iter().copied()).filter(by_it).collect();
    let happens =
        |t: &&Transition| !t.foreign && !t.is_rollback() && (t.event == event || undone.contains(&t.step));
    let within = |states: BTreeSet<StateId>| {
        states.into_iter().flat_map(|at| automaton.states[at].leaving()).find(happens).map(|t| t.step)
    };
    let after = |first: &Transition| Some((first.step, within(reached(automaton, first.target, |_| true))?));
    // What happens in one region comes neither before nor after what happens in another.
    let beside = |fork: &Fork| {
        let inside = |state: &State| state.lies_in(fork.id);
        let mut regions = fork.regions.iter().filter_map(|at| within(reached(automaton, *at, inside)));
        Some((regions.next()?, regions.next()?))
    };
    let forks = || automaton.states.values().filter_map(|state| state.fork.as_ref());
    all().filter(happens).find_map(after).or_else(|| forks().find_map(beside))
}

/// What may come after a state, and the state itself, as far as it is to be looked at.
fn reached(automaton: &Automaton, from: StateId, look: impl Fn(&State) -> bool) -> BTreeSet<StateId> {
    let (mut seen, mut pending) = (BTreeSet::new(), vec![from]);
    while let Some(at) = pending.pop() {
        let state = &automaton.states[at];
        if !look(state) || !seen.insert(at) {
            continue;
        }
        pending.extend(state.leaving().map(|t| t.target).chain(state.closes));
        pending.extend(state.fork.iter().flat_map(|fork| fork.regions.iter().copied().chain([fork.join])));
    }
    seen
}
