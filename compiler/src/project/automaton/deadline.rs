//! Where deadlines begin, and where they are settled.
//!
//! The keeper P of a deadline measures from the moment that it enters the body: with the last step before it, if P takes
//! part in that, otherwise with the body's first. On each path the body comes to **P's word**: an event of P heard by
//! everybody who still emits something in the body or may have to take something back, or an event that P hears and
//! after which nobody else has such a thing to do. From then on the deadline is off. A body that comes to its end without
//! that ends by the deadline alone.
//!
//! Where P's word is an event that it hears, the others cannot know whether it came in time: to them, the deadline may
//! pass until they hear from P again. It `crosses` the event then.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, DraftNode, Edge, Position, What};
use super::rollback;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{ScopeId, ServiceId, StepId};

/// With which step a deadline begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// With the one before the body.
    Before,
    /// With the body's first.
    First,
}

/// What is known of the deadlines of a choreography.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    pub(super) begins: BTreeMap<ScopeId, Begin>,
    /// The steps that settle a deadline, by position and edge, and whether they may cross its passing.
    words: BTreeMap<(ScopeId, Position, usize), bool>,
    /// Events of whoever keeps a deadline that would settle it, were they heard by some more.
    unheard: Vec<Unheard>,
}

/// An event of whoever keeps a deadline that does not settle it.
#[derive(Debug)]
struct Unheard {
    scope: ScopeId,
    step: StepId,
    /// Where the flow is then.
    target: Position,
    /// Who would have to hear it.
    by: BTreeSet<ServiceId>,
}

impl Deadlines {
    /// Whether the edge of this number settles the deadline; and if so, whether it may cross its passing.
    pub(super) fn word(&self, scope: ScopeId, from: Position, edge: usize) -> Option<bool> {
        self.words.get(&(scope, from, edge)).copied()
    }

    /// With which events of its keeper the body has come here, and who would have had to hear them.
    pub(super) fn unheard(
        &self,
        draft: &Draft<'_>,
        scope: ScopeId,
        here: Position,
    ) -> impl Iterator<Item = (StepId, &BTreeSet<ServiceId>)> {
        let leads_here = move |it: &&Unheard| it.scope == scope && silently(draft, it.target).contains(&here);
        self.unheard.iter().filter(leads_here).map(|it| (it.step, &it.by))
    }
}

/// Looks at every deadline of the draft; what its form forbids is added to the findings.
pub(super) fn deadlines(draft: &mut Draft<'_>) -> Deadlines {
    let mut deadlines = Deadlines::default();
    let live = rollback::live(draft);
    let scopes: Vec<ScopeId> = draft.otherwise.keys().copied().collect();
    // Inner ones first, as those around them build on their words.
    for scope in scopes.into_iter().rev() {
        if let Some(begin) = begin(draft, scope) {
            deadlines.begins.insert(scope, begin);
        } else {
            let finding = start_unknown(draft, scope);
            draft.findings.push(finding);
        }
        words(draft, scope, &live, &mut deadlines);
    }
    deadlines
}

fn keeper(draft: &Draft<'_>, scope: ScopeId) -> ServiceId {
    draft.choreography.scopes[scope].keeper.id
}

/// What the draft says of one edge, with where it comes from.
fn edges<'d>(draft: &'d Draft<'_>) -> impl Iterator<Item = (Position, usize, &'d Edge)> {
    let nodes = draft.nodes.iter().enumerate();
    nodes.flat_map(|(from, node)| node.edges.iter().enumerate().map(move |(at, edge)| (from, at, edge)))
}

fn begin(draft: &Draft<'_>, scope: ScopeId) -> Option<Begin> {
    let takes_part = |step: StepId| takes_part(draft, keeper(draft, scope), step);
    if !is_entered_from(draft, 0, scope) && before(draft, scope).into_iter().all(takes_part) {
        return Some(Begin::Before);
    }
    let body =
        edges(draft).find(|(_, _, edge)| edge.what == What::Enter(scope)).map(|(_, _, edge)| edge.target)?;
    let inside = |node: &&DraftNode| node.scopes.contains(&scope);
    let reached = silently(draft, body);
    // A body that may be over at once has no first step, and one that begins with a `par` has several.
    let reached: Vec<_> = reached.into_iter().filter_map(|at| draft.nodes.get(at)).collect();
    if !reached.iter().all(|node| inside(node) && node.fork.is_none()) {
        return None;
    }
    let first: Vec<StepId> = reached
        .into_iter()
        .flat_map(|node| &node.edges)
        .filter_map(|edge| if let What::Step(step) = edge.what { Some(step) } else { None })
        .collect();
    (!first.is_empty() && first.into_iter().all(takes_part)).then_some(Begin::First)
}

fn takes_part(draft: &Draft<'_>, who: ServiceId, step: StepId) -> bool {
    let (emitter, subscribers) = draft.participants(step);
    emitter == who || subscribers.contains(&who)
}

/// The steps with which the body of a deadline is reached.
fn before(draft: &Draft<'_>, scope: ScopeId) -> Vec<StepId> {
    let steps = edges(draft).filter_map(|(_, _, edge)| match edge.what {
        What::Step(step) if is_entered_from(draft, edge.target, scope) => Some(step),
        _ => None,
    });
    steps.collect()
}

/// Whether the body of a deadline begins here while nothing happens.
fn is_entered_from(draft: &Draft<'_>, from: Position, scope: ScopeId) -> bool {
    let enters = |at: Position| {
        draft.nodes.get(at).is_some_and(|node| node.edges.iter().any(|e| e.what == What::Enter(scope)))
    };
    silently(draft, from).into_iter().any(enters)
}

/// The positions that are reached from here while nothing happens, itself among them.
fn silently(draft: &Draft<'_>, from: Position) -> BTreeSet<Position> {
    let mut seen = BTreeSet::new();
    let mut pending = vec![from];
    while let Some(at) = pending.pop() {
        let Some(node) = draft.nodes.get(at).filter(|_| seen.insert(at)) else { continue };
        let silent = node.edges.iter().filter(|edge| !matches!(edge.what, What::Step(_) | What::Undo(_)));
        pending.extend(silent.map(|edge| edge.target));
        pending.extend(node.fork.iter().flat_map(|fork| &fork.regions));
        pending.extend(draft.closes(node));
    }
    seen
}

/// Finds the steps that settle a deadline.
fn words(draft: &Draft<'_>, scope: ScopeId, live: &[BTreeSet<StepId>], deadlines: &mut Deadlines) {
    let keeper = keeper(draft, scope);
    let still = emitters(draft, scope);
    // Within a `par` of the body, the other parts would not know that the deadline is off.
    let depth =
        draft.otherwise.get(&scope).and_then(|at| draft.nodes.get(*at)).map_or(0, |node| node.within.len());
    for (from, at, edge) in edges(draft) {
        let (What::Step(step), Some(node)) = (&edge.what, draft.nodes.get(from)) else { continue };
        if !node.scopes.contains(&scope) || node.within.len() != depth {
            continue;
        }
        let (emitter, subscribers) = draft.participants(*step);
        // What is said within another deadline may be overtaken by that one, and never heard: unless it settles both.
        let inner = node.scopes.iter().skip_while(|around| **around != scope).skip(1);
        let settled = |inner: &ScopeId| deadlines.words.get(&(*inner, from, at)) == Some(&false);
        if !inner.into_iter().all(settled) {
            continue;
        }
        let undoable = live.get(edge.target).into_iter().flatten().map(|step| draft.participants(*step).0);
        let acting = still.get(edge.target).into_iter().flatten().copied();
        let mut others = acting.chain(undoable).filter(|other| *other != keeper);
        let settles = if emitter == keeper {
            let by: BTreeSet<ServiceId> = others.filter(|other| !subscribers.contains(other)).collect();
            let settles = by.is_empty();
            if !settles {
                deadlines.unheard.push(Unheard { scope, step: *step, target: edge.target, by });
            }
            settles
        } else {
            subscribers.contains(&keeper) && others.next().is_none()
        };
        if settles {
            deadlines.words.insert((scope, from, at), emitter != keeper);
        }
    }
}

/// Who still emits something within the body of a deadline, from each position on.
fn emitters(draft: &Draft<'_>, scope: ScopeId) -> Vec<BTreeSet<ServiceId>> {
    let mut emitters: Vec<BTreeSet<ServiceId>> = vec![BTreeSet::new(); draft.nodes.len()];
    let mut grown = true;
    while grown {
        grown = false;
        for (from, node) in draft.nodes.iter().enumerate().rev() {
            let mut here = emitters.get(from).cloned().unwrap_or_default();
            let before = here.len();
            let inside = |at: Position| draft.nodes.get(at).is_some_and(|node| node.scopes.contains(&scope));
            for edge in node.edges.iter().filter(|_| inside(from)) {
                if let What::Step(step) = edge.what {
                    here.insert(draft.participants(step).0);
                }
                let behind = emitters.get(edge.target).filter(|_| inside(edge.target));
                here.extend(behind.into_iter().flatten().copied());
            }
            let forked = node.fork.iter().flat_map(|fork| fork.regions.iter().chain([&fork.join]));
            // A deadline within the body has its `else` there.
            let passed = node.scopes.iter().filter_map(|inner| draft.otherwise.get(inner));
            for at in forked.chain(passed).filter(|at| inside(**at)) {
                here.extend(emitters.get(*at).into_iter().flatten().copied());
            }
            grown |= here.len() > before;
            emitters.get_mut(from).into_iter().for_each(|set| set.clone_from(&here));
        }
    }
    emitters
}

fn start_unknown(draft: &Draft<'_>, scope: ScopeId) -> Diagnostic {
    let declared = &draft.choreography.scopes[scope];
    let keeper = shown(&draft.model.services[declared.keeper.id].header.name.text);
    let message = format!("{keeper} cannot know when this deadline begins");
    let finding = Diagnostic::new(&codes::DEADLINE_START_UNKNOWN, declared.keeper.span, message)
        .label(format!("{keeper} measures the time"));
    let steps = &draft.choreography.steps;
    let mut unheard = before(draft, scope);
    unheard.retain(|step| !takes_part(draft, declared.keeper.id, *step));
    if is_entered_from(draft, 0, scope) || unheard.is_empty() {
        return finding
            .help(format!("let {keeper} hear what the body begins with, or let another keep the deadline"));
    }
    let finding =
        finding.help(format!("let {keeper} hear what comes before the deadline, or let another keep it"));
    unheard.into_iter().fold(finding, |finding, step| {
        let finding = finding.related(
            steps[step].span,
            format!("the deadline begins after this, which {keeper} does not hear"),
        );
        match steps[step].subscribers.last() {
            Some(last) => finding.edit(last.span.at_end(), format!(", {keeper}")),
            None => finding,
        }
    })
}
