//! Waits that nobody bounds, and steps that a deadline may overtake.

use std::collections::{BTreeMap, BTreeSet};

use super::Told;
use crate::diag::{Diagnostic, codes};
use crate::graph;
use crate::lint::Lints;
use crate::model::{ServiceId, StepId};
use crate::project::Projection;
use crate::project::automaton::{Automaton, Transition};

pub(super) fn check(told: Told<'_>, projection: &Projection, lints: &Lints) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if lints.is_on(&codes::MISSING_DEADLINE) {
        let waits = unbounded(told, &projection.automaton);
        found.extend(waits.into_iter().map(|(who, step)| missing_deadline(told, who, step)));
    }
    if lints.is_on(&codes::LATE_WITHOUT_UNDO) && !told.choreography.scopes.is_empty() {
        let late = overtaken(told, &projection.automaton);
        found.extend(late.into_iter().map(|(step, keeper)| late_without_undo(told, step, keeper)));
    }
    found
}

/// Who has acted and then waits while no deadline runs: the first such step of each, in the order of the text.
fn unbounded(told: Told<'_>, automaton: &Automaton) -> BTreeMap<ServiceId, StepId> {
    let mut waits: BTreeMap<ServiceId, StepId> = BTreeMap::new();
    if graph::is_too_large(automaton.states.len(), automaton.participants().len()) {
        return waits;
    }
    let acts = |transition: &Transition| (!transition.foreign).then_some(transition.emitter);
    graph::gather(automaton, acts, |state, acted| {
        if !state.expiries.is_empty() {
            return;
        }
        for transition in state.transitions.iter().filter(|it| !it.foreign && !it.is_rollback()) {
            let waiting = transition.subscribers.iter();
            for who in waiting.filter(|who| acted.contains(who) && told.is_ours(**who)) {
                let first = waits.entry(*who).or_insert(transition.step);
                *first = (*first).min(transition.step);
            }
        }
    });
    waits
}

fn missing_deadline(told: Told<'_>, who: ServiceId, step: StepId) -> Diagnostic {
    let written = &told.choreography.steps[step];
    let (who, from) = (told.service(who), told.service(written.emitter.id));
    let message = format!("{who} waits for `{}` as long as it takes", told.event(written.event.id));
    Diagnostic::new(&codes::MISSING_DEADLINE, written.span, message)
        .label(format!("{who} has acted before, and no deadline runs while {from} is silent"))
        .help(format!(
            "say what happens when it takes too long: `within 15m at {who} {{ … }} else {{ … }}` around what it waits for"
        ))
}

/// The steps of others than its keeper that may come too late for a deadline, and do not say how they are taken back.
fn overtaken(told: Told<'_>, automaton: &Automaton) -> BTreeMap<StepId, ServiceId> {
    let undos: BTreeSet<StepId> = told.choreography.undo_steps().collect();
    let mut late = BTreeMap::new();
    for state in automaton.states.values() {
        let Some(scope) = state.expiries.iter().find_map(|expiry| expiry.leaves) else { continue };
        let keeper = told.choreography.scopes[scope].keeper.id;
        for transition in state.transitions.iter().filter(|it| !it.foreign && !it.is_rollback()) {
            let step = &told.choreography.steps[transition.step];
            let silent = step.undo.is_none() && !undos.contains(&transition.step);
            if transition.emitter != keeper && told.is_ours(transition.emitter) && silent {
                late.entry(transition.step).or_insert(keeper);
            }
        }
    }
    late
}

fn late_without_undo(told: Told<'_>, step: StepId, keeper: ServiceId) -> Diagnostic {
    let written = &told.choreography.steps[step];
    let (who, keeper) = (told.service(written.emitter.id), told.service(keeper));
    let event = told.event(written.event.id);
    let message = format!("`{event}` may come too late, and nothing says what becomes of it");
    Diagnostic::new(&codes::LATE_WITHOUT_UNDO, written.span, message)
        .label(format!("{who} may have done this when the time of {keeper} is over"))
        .help(
            "say how it is taken back, `undo A -> B: Event`, with a `rollback` in the `else`; or that there is nothing to \
             take back: `undo none`",
        )
}
