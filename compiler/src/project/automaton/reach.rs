//! Which parts of a choreography a run comes to: loops that go round without a step, and what stands behind them.

use std::collections::BTreeSet;

use super::{Automaton, State};
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, Deadline, Loop, LoopId, Node, Ref, StepId};
use crate::source::Span;

/// Loops that may go round while nothing happens.
pub(super) fn unguarded(choreography: &Choreography) -> Vec<Diagnostic> {
    let loops = choreography.nodes().into_iter().filter_map(|node| match node {
        Node::Loop(node) => Some((node, first_repeat(node)?)),
        _ => None,
    });
    let unguarded = loops.map(|(node, repeat)| {
        Diagnostic::new(&codes::UNGUARDED_LOOP, repeat, "this loop goes round without a step")
            .label("nothing has happened since it started")
            .related(node.name.span, "the loop")
            .help("write a step before the `repeat`")
    });
    unguarded.collect()
}

/// Where a loop goes back to its start before any step.
fn first_repeat(node: &Loop) -> Option<Span> {
    let mut repeats = Vec::new();
    passes(&node.body, &mut repeats);
    repeats.into_iter().find(|repeat| repeat.id == node.id).map(|repeat| repeat.span)
}

/// Whether the flow may pass through these nodes without a step; what it may come to repeat in that way is gathered.
fn passes(nodes: &[Node], repeats: &mut Vec<Ref<LoopId>>) -> bool {
    nodes.iter().all(|node| match node {
        Node::Repeat(target) => {
            repeats.push(*target);
            false
        }
        Node::Loop(inner) => passes(&inner.body, repeats),
        Node::Parallel(parallel) => parallel.regions.iter().all(|region| passes(&region.body, repeats)),
        // Where nothing is to be taken back, nothing happens.
        Node::Rollback(_) => true,
        // A branch opens with a step, and so does an `else`; without either a deadline is not left.
        Node::Step(_) | Node::Choice(_) | Node::Deadline(_) => false,
    })
}

/// The first statement of each row of statements that no run comes to.
pub(super) fn unreached(choreography: &Choreography, automaton: &Automaton) -> Vec<Diagnostic> {
    let transitions = automaton.states.values().flat_map(State::leaving);
    let taken = transitions.map(|transition| transition.step).collect();
    let mut search = Unreached { choreography, taken, findings: Vec::new() };
    search.body(&choreography.body);
    search.findings
}

struct Unreached<'a> {
    choreography: &'a Choreography,
    /// The steps that some run takes.
    taken: BTreeSet<StepId>,
    findings: Vec<Diagnostic>,
}

impl Unreached<'_> {
    fn body(&mut self, body: &[Node]) {
        let mut before: Option<&Node> = None;
        for node in body {
            if let Some(before) = before.filter(|before| !goes_on(before) || !self.is_taken(node)) {
                self.behind(before, node);
                return;
            }
            if let Node::Deadline(deadline) = node
                && !deadline.otherwise.body.iter().any(|first| self.is_taken(first))
            {
                self.never_late(deadline);
                self.body(&deadline.body.body);
            } else {
                node.bodies().into_iter().for_each(|body| self.body(body));
            }
            before = Some(node);
        }
    }

    fn is_taken(&self, node: &Node) -> bool {
        match node {
            Node::Step(step) => self.taken.contains(step),
            Node::Repeat(_) | Node::Rollback(_) => true,
            _ => {
                let mut nodes = node.bodies().into_iter().flatten().peekable();
                nodes.peek().is_none() || nodes.any(|inner| self.is_taken(inner))
            }
        }
    }

    fn behind(&mut self, before: &Node, node: &Node) {
        let steps = &self.choreography.steps;
        let (why, help) = match before {
            Node::Repeat(_) => ("this goes back to the start of the loop", "write it before the `repeat`"),
            Node::Loop(_) => {
                ("this loop is never left", "let the loop's body come to its end where it is left")
            }
            _ => ("nothing goes on behind this", "let a way through it come to its end"),
        };
        self.findings.push(
            Diagnostic::new(&codes::UNREACHABLE_STEP, node.span(steps), "no run comes here")
                .label("never happens")
                .related(before.span(steps), why)
                .help(format!("remove what never happens, or {help}")),
        );
    }

    fn never_late(&mut self, deadline: &Deadline) {
        let scope = &self.choreography.scopes[deadline.scope];
        self.findings.push(
            Diagnostic::new(&codes::UNREACHABLE_STEP, deadline.otherwise.span, "this `else` never comes")
                .label("never happens")
                .related(scope.keeper.span, "the deadline is met by the step with which it begins")
                .help("remove the deadline, or put into its body what must come in time"),
        );
    }
}

/// Whether what stands behind a statement may be reached through it, as far as its form shows.
fn goes_on(node: &Node) -> bool {
    let ends = |body: &[Node]| body.iter().all(goes_on);
    match node {
        Node::Repeat(_) => false,
        Node::Step(_) | Node::Rollback(_) => true,
        Node::Loop(node) => ends(&node.body),
        Node::Parallel(parallel) => parallel.regions.iter().all(|region| ends(&region.body)),
        Node::Choice(choice) => choice.branches.iter().any(|branch| ends(&branch.body)),
        Node::Deadline(deadline) => ends(&deadline.body.body) || ends(&deadline.otherwise.body),
    }
}
