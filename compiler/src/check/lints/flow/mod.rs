//! Rules about what happens: how long it takes, what is never bounded, and what is not taken back.
//!
//! They go by the automaton, where all that may happen at a point stands together, but for what the text alone shows: which
//! loop, which branch.

mod asking;
mod chains;
mod deadlines;
mod loops;
mod par;
mod undo;

use std::borrow::Cow;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics};
use crate::graph::Usage;
use crate::lint::Lints;
use crate::model::{Choreography, EventId, Model, ServiceId};
use crate::parallel;
use crate::project::Projection;

/// Runs those rules that are on, on what could be taken apart.
pub(in crate::check) fn check(
    model: &Model,
    usage: &Usage,
    projections: &[Projection],
    lints: &Lints,
    findings: &mut Diagnostics,
) {
    let of_each = parallel::map(projections, |projection| {
        let told = Told { model, choreography: &model.choreographies[projection.choreography] };
        let mut found: Vec<Diagnostic> = Vec::new();
        found.extend(chains::check(model, projection, lints));
        found.extend(deadlines::check(told, projection, lints));
        found.extend(par::check(told, projection, lints));
        found.extend(loops::check(told, lints));
        found.extend(undo::check(told, projection, lints));
        found
    });
    findings.extend(of_each.into_iter().flatten());
    chains::circles(model, lints, findings);
    asking::check(model, usage, projections, lints, findings);
}

/// One choreography, as findings speak of it.
#[derive(Clone, Copy)]
struct Told<'m> {
    model: &'m Model,
    choreography: &'m Choreography,
}

impl<'m> Told<'m> {
    fn service(self, id: ServiceId) -> Cow<'m, str> {
        shown(&self.model.services[id].header.name.text)
    }

    fn event(self, id: EventId) -> Cow<'m, str> {
        shown(&self.model.events[id].header.name.text)
    }

    /// A service of ours.
    fn is_ours(self, id: ServiceId) -> bool {
        !self.model.services[id].external
    }
}
