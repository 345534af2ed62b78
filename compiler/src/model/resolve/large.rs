//! Choreographies that what they run makes too large.

use super::Resolver;
use super::flow::Flow;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{ChoreographyId, Scope, ScopeId, Step, StepId};
use crate::source::Span;

/// A choreography with more steps than this, what it runs counted in, is refused as too large: what is known where grows with
/// their square.
const MOST_STEPS: usize = 5_000;
/// Nor may it have more deadlines than this: where each begins and is settled is looked for in the whole choreography.
const MOST_DEADLINES: usize = 250;
/// Nor may it have more statements than this: what is run may have no steps, and double with each choreography.
const MOST_STATEMENTS: usize = 100_000;
/// Nor may blocks lie deeper in each other where another choreography is run. Those of one text are limited by its brackets.
const DEEPEST: usize = 128;

impl<'s> Resolver<'s, '_> {
    pub(super) fn push(&mut self, flow: &mut Flow<'s>, step: Step) -> Option<StepId> {
        let steps = &mut self.model.choreographies[flow.id].steps;
        if steps.len() < MOST_STEPS {
            return Some(steps.push(step));
        }
        self.too_many(flow, MOST_STEPS, "steps");
        None
    }

    pub(super) fn push_deadline(&mut self, flow: &mut Flow<'s>, scope: Scope) -> Option<ScopeId> {
        let scopes = &mut self.model.choreographies[flow.id].scopes;
        if scopes.len() < MOST_DEADLINES {
            return Some(scopes.push(scope));
        }
        self.too_many(flow, MOST_DEADLINES, "deadlines");
        None
    }

    /// Counts one more statement; whether there may be one.
    pub(super) fn is_room(&mut self, flow: &mut Flow<'s>) -> bool {
        flow.statements += 1;
        let fits = flow.statements <= MOST_STATEMENTS;
        if !fits {
            self.too_many(flow, MOST_STATEMENTS, "statements");
        }
        fits
    }

    /// Whether another choreography may be run here.
    pub(super) fn may_run(&mut self, flow: &mut Flow<'s>, other: ChoreographyId, run: Span) -> bool {
        if self.large.contains(&other) {
            self.told(flow);
        } else if !flow.full && flow.depth > DEEPEST {
            self.too_deep(flow, run);
        }
        !flow.full
    }

    fn too_deep(&mut self, flow: &mut Flow<'s>, run: Span) {
        let name = &self.model.choreographies[flow.id].header.name;
        // The place in its own text: the `run` at hand may lie in another file.
        let from = flow.running.get(1).map_or(run, |(_, run)| *run);
        let message = format!("`{}` would be more than {DEEPEST} blocks deep", shown(&name.text));
        self.findings.push(
            Diagnostic::new(&codes::CHOREOGRAPHY_TOO_LARGE, from, message)
                .label("what is run here runs others, and those run others")
                .related(run, "the first one that would lie too deep")
                .help("write out what some of them do where it is run; one may start another with `on`"),
        );
        self.told(flow);
    }

    fn too_many(&mut self, flow: &mut Flow<'s>, most: usize, of: &str) {
        if !flow.full {
            let name = &self.model.choreographies[flow.id].header.name;
            let message = format!("`{}` has more than {most} {of}", shown(&name.text));
            self.findings.push(
                Diagnostic::new(&codes::CHOREOGRAPHY_TOO_LARGE, name.span, message)
                    .label("what it runs is counted in")
                    .help("split the choreography; one may start another with `on`"),
            );
        }
        self.told(flow);
    }

    /// Nothing more is made of it, nor told of those that it runs: they are what makes it large.
    fn told(&mut self, flow: &mut Flow<'s>) {
        self.complete = false;
        if !std::mem::replace(&mut flow.full, true) {
            self.large.extend(flow.running.iter().map(|(id, _)| *id));
        }
    }
}
