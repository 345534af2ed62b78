//! What a `rollback` takes back.
//!
//! It is local: each participant takes back the steps that it has taken on this run and that have an `undo`, later ones
//! first. So a rollback becomes a row of transitions, one for each participant that may have something to take back, in
//! no order that anybody could see: none of them is heard as such. Which of its steps a participant has taken, it knows
//! itself; the events that take them back concern nobody's next step.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, DraftNode, Edge, Position, What};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{ServiceId, StepId, Undo};

/// Writes every rollback out.
pub(super) fn expand(draft: &mut Draft<'_>) {
    let live = live(draft);
    for from in 0..draft.nodes.len() {
        let Some(node) = draft.nodes.get_mut(from) else { continue };
        let edges = std::mem::take(&mut node.edges);
        let steps = live.get(from).cloned().unwrap_or_default();
        let edges = edges.into_iter().map(|edge| match edge.what {
            What::Rollback(_) => chain(draft, from, &steps, edge.target),
            _ => edge,
        });
        let edges: Vec<Edge> = edges.collect();
        draft.nodes.get_mut(from).into_iter().for_each(|node| node.edges.clone_from(&edges));
    }
    twice(draft, &live);
}

/// One undo a participant; the edge to the first of them.
fn chain(draft: &mut Draft<'_>, from: Position, steps: &BTreeSet<StepId>, target: Position) -> Edge {
    let mut of_emitter: BTreeMap<ServiceId, Vec<StepId>> = BTreeMap::new();
    for step in steps {
        of_emitter.entry(draft.participants(*step).0).or_default().push(*step);
    }
    let place = draft.nodes.get(from).cloned().unwrap_or_default();
    let mut next = Edge { what: What::Nothing, target };
    for steps in of_emitter.into_values() {
        let (scopes, within, lane) = (place.scopes.clone(), place.within.clone(), place.lane);
        draft.nodes.push(DraftNode { edges: vec![next], scopes, within, lane, ..DraftNode::default() });
        next = Edge { what: What::Undo(steps), target: draft.nodes.len() - 1 };
    }
    next
}

/// The steps that may have been taken, and not taken back, at each position.
pub(super) fn live(draft: &Draft<'_>) -> Vec<BTreeSet<StepId>> {
    let mut live: Vec<BTreeSet<StepId>> = vec![BTreeSet::new(); draft.nodes.len()];
    let mut pending: Vec<Position> = (0..draft.nodes.len()).collect();
    while let Some(from) = pending.pop() {
        let Some(node) = draft.nodes.get(from) else { continue };
        let here = live.get(from).cloned().unwrap_or_default();
        for (target, after) in flows(draft, node, &here) {
            let Some(there) = live.get_mut(target) else { continue };
            let before = there.len();
            there.extend(after);
            if there.len() > before {
                pending.push(target);
            }
        }
    }
    live
}

/// Where the flow may go from a position, and what is live there.
fn flows(draft: &Draft<'_>, node: &DraftNode, here: &BTreeSet<StepId>) -> Vec<(Position, BTreeSet<StepId>)> {
    let mut flows: Vec<_> = node
        .edges
        .iter()
        .map(|edge| {
            let mut after = here.clone();
            match edge.what {
                What::Step(step) if is_undoable(draft, step) => {
                    after.insert(step);
                }
                What::Rollback(_) | What::Undo(_) => after.clear(),
                _ => {}
            }
            (edge.target, after)
        })
        .collect();
    let forked = node.fork.iter().flat_map(|fork| fork.regions.iter().copied());
    let expired = node.scopes.iter().filter_map(|scope| draft.otherwise.get(scope).copied());
    flows.extend(forked.chain(draft.closes(node)).chain(expired).map(|target| (target, here.clone())));
    flows
}

fn is_undoable(draft: &Draft<'_>, step: StepId) -> bool {
    matches!(draft.choreography.steps[step].undo, Some(Undo::By(_)))
}

/// A step that may be taken again before it was taken back: which of the two would be taken back?
fn twice(draft: &mut Draft<'_>, live: &[BTreeSet<StepId>]) {
    let mut again = BTreeSet::new();
    for (from, node) in draft.nodes.iter().enumerate() {
        for edge in &node.edges {
            if let What::Step(step) = edge.what
                && live.get(from).is_some_and(|live| live.contains(&step))
            {
                again.insert(step);
            }
        }
    }
    for step in again {
        let (step, event) = (&draft.choreography.steps[step], draft.choreography.steps[step].event.id);
        let name = shown(&draft.model.events[event].header.name.text);
        draft.findings.push(
            Diagnostic::new(
                &codes::UNDO_IN_LOOP,
                step.span,
                format!("`{name}` may happen again before it is taken back"),
            )
            .label("in a loop, and its `undo` is still open when the loop repeats")
            .help("take it back with `rollback` before the loop repeats, or let the last round alone have the `undo`"),
        );
    }
}
