//! Who goes on behind a `par` without having heard the end of one of its parts.

use rustc_hash::FxHashSet;

use super::Told;
use crate::diag::{Diagnostic, codes};
use crate::lint::Lints;
use crate::model::{ServiceId, StateId, StepId};
use crate::project::Projection;
use crate::project::automaton::{Automaton, Fork, Transition};

pub(super) fn check(told: Told<'_>, projection: &Projection, lints: &Lints) -> Vec<Diagnostic> {
    if !lints.is_on(&codes::MAY_RUN_AHEAD) {
        return Vec::new();
    }
    let automaton = &projection.automaton;
    let mut found = Vec::new();
    for fork in automaton.states.values().filter_map(|state| state.fork.as_ref()) {
        for next in &automaton.states[fork.join].transitions {
            let unheard =
                fork.regions.iter().filter_map(|region| unheard(automaton, fork, *region, next.emitter));
            if told.is_ours(next.emitter) {
                found.extend(unheard.map(|last| ahead(told, next.emitter, next.step, last)));
            }
        }
    }
    // What stands behind a choice of several ends is told once.
    found
        .sort_by_key(|finding| (finding.primary.span.start, finding.related.first().map(|it| it.span.start)));
    found.dedup_by(|one, other| one == other);
    found
}

/// A step with which a part may end, and of which this participant learns nothing.
fn unheard(automaton: &Automaton, fork: &Fork, region: StateId, who: ServiceId) -> Option<StepId> {
    let last = last_of(automaton, fork, region);
    last.into_iter().find(|transition| !transition.involves(who)).map(|transition| transition.step)
}

/// The transitions with which a part may end: those behind which it is over, where it ends with a `par` those of its parts.
fn last_of<'a>(automaton: &'a Automaton, fork: &Fork, region: StateId) -> Vec<&'a Transition> {
    let mut seen: FxHashSet<StateId> = FxHashSet::default();
    let (mut waiting, mut last) = (vec![region], Vec::new());
    let is_over = |mut state: StateId| loop {
        match automaton.states[state].closes {
            Some(join) if join == fork.join => return true,
            // The part of a `par` within this part: over, where what comes behind that `par` is.
            Some(join) if automaton.states[join].ends && join != state => state = join,
            _ => return false,
        }
    };
    while let Some(id) = waiting.pop() {
        if !automaton.states[id].lies_in(fork.id) || !seen.insert(id) {
            continue;
        }
        let state = &automaton.states[id];
        for transition in &state.transitions {
            let target = &automaton.states[transition.target];
            if target.ends && target.transitions.is_empty() && is_over(transition.target) {
                last.push(transition);
            }
            waiting.push(transition.target);
        }
        if let Some(inner) = &state.fork {
            waiting.extend(&inner.regions);
            waiting.push(inner.join);
        }
    }
    last.sort_by_key(|transition| transition.step);
    last
}

fn ahead(told: Told<'_>, who: ServiceId, step: StepId, last: StepId) -> Diagnostic {
    let (written, last) = (&told.choreography.steps[step], &told.choreography.steps[last]);
    let (who, event) = (told.service(who), told.event(written.event.id));
    let finding = Diagnostic::new(
        &codes::MAY_RUN_AHEAD,
        written.span,
        format!("{who} may publish `{event}` before this part of the `par` is over"),
    )
    .label(format!("{who} does not wait for what it does not hear"))
    .related(last.span, format!("{who} does not hear this, with which the part ends"))
    .help(format!(
        "add {who} to the subscribers of `{}`, if it is to wait for it",
        told.event(last.event.id)
    ));
    match last.subscribers.last() {
        Some(subscriber) => finding.edit(subscriber.span.at_end(), format!(", {who}")),
        None => finding,
    }
}
