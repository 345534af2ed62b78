//! Steps that a rollback leaves as they are, without a word about it.

use std::collections::BTreeSet;

use super::Told;
use crate::diag::{Diagnostic, codes};
use crate::graph;
use crate::lint::Lints;
use crate::model::{Node, StepId};
use crate::project::Projection;
use crate::project::automaton::{Automaton, Transition};
use crate::source::Span;

pub(super) fn check(told: Told<'_>, projection: &Projection, lints: &Lints) -> Vec<Diagnostic> {
    if !lints.is_on(&codes::MISSING_COMPENSATION) {
        return Vec::new();
    }
    let Some((rollback, announced)) = announced(told) else { return Vec::new() };
    let left = left_as_they_are(told, &projection.automaton);
    let left = left.into_iter().filter(|step| !announced.contains(step));
    left.map(|step| finding(told, step, rollback)).collect()
}

/// The first rollback, and the steps that stand in one block with one: they announce it. `None`: there is no rollback.
fn announced(told: Told<'_>) -> Option<(Span, BTreeSet<StepId>)> {
    let (mut first, mut announced) = (None, BTreeSet::new());
    let inner = told.choreography.nodes().into_iter().flat_map(Node::bodies);
    for body in inner.chain([told.choreography.body.as_slice()]) {
        let rollback = body.iter().find_map(|node| match node {
            Node::Rollback(span) => Some(*span),
            _ => None,
        });
        if let Some(span) = rollback {
            first = Some(first.map_or(span, |first: Span| first.min(span)));
            announced.extend(body.iter().filter_map(|node| match node {
                Node::Step(step) => Some(*step),
                _ => None,
            }));
        }
    }
    first.map(|first| (first, announced))
}

/// The steps of ours that may have been taken where something is taken back, and do not say how they are.
fn left_as_they_are(told: Told<'_>, automaton: &Automaton) -> BTreeSet<StepId> {
    let mut left = BTreeSet::new();
    let steps = &told.choreography.steps;
    if graph::is_too_large(automaton.states.len(), steps.len()) {
        return left;
    }
    let takes = |it: &Transition| {
        let silent = steps[it.step].undo.is_none() && told.is_ours(it.emitter);
        (silent && !it.foreign && !it.is_rollback()).then_some(it.step)
    };
    graph::gather(automaton, takes, |state, taken| {
        if state.leaving().any(Transition::is_rollback) {
            left.extend(taken);
        }
    });
    left
}

fn finding(told: Told<'_>, step: StepId, rollback: Span) -> Diagnostic {
    let written = &told.choreography.steps[step];
    let (who, event) = (told.service(written.emitter.id), told.event(written.event.id));
    let message = format!("nothing says whether `{event}` is taken back");
    Diagnostic::new(&codes::MISSING_COMPENSATION, written.span, message)
        .label(format!("{who} may have done this when the flow gives up"))
        .related(rollback, "here it gives up")
        .help(
            "write `undo A -> B: Event` behind the step, or `undo none` where there is nothing to take back",
        )
}
