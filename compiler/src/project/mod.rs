//! Choreographies taken apart: the automaton of the whole, then one machine for each participant.
//!
//! ```text
//! Choreography ─ automaton ── sight ── views ─┬─ coherence ── findings (with runs, mend)
//!                                             └─ machine ── points
//! ```

mod arrival;
pub mod automaton;
pub mod coherence;
mod deadlines;
mod digest;
mod early;
mod findings;
mod known;
pub mod machine;
mod mend;
mod minimise;
pub mod points;
mod runs;
pub mod sight;
mod starts;
pub mod stub;
#[cfg(test)]
mod tests;
mod timing;
pub mod view;

use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Choreography, ChoreographyId, Model, ServiceId};
use crate::parallel;
use automaton::Automaton;
use machine::LocalMachine;
use points::Point;
use sight::Sight;

/// One choreography, taken apart.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Which.
    pub choreography: ChoreographyId,
    /// The whole.
    pub automaton: Automaton,
    /// Its participants, by id.
    pub roles: Vec<Role>,
}

/// One participant of one choreography.
#[derive(Clone, Debug)]
pub struct Role {
    /// What it emits and hears.
    pub machine: LocalMachine,
    /// The methods of its trait; empty for an external.
    pub points: Vec<Point>,
}

/// Takes every choreography apart, each for itself. One that cannot be carried out yields findings and no projection.
pub fn project(model: &Model) -> (Vec<Projection>, Diagnostics) {
    let mut findings = Diagnostics::new();
    let mut projections = Vec::new();
    let whole = |id: &ChoreographyId| {
        let choreography = &model.choreographies[*id];
        choreography.header.complete && choreography.roles.is_empty()
    };
    let ids: Vec<ChoreographyId> = model.choreographies.ids().filter(whole).collect();
    for (projection, found) in parallel::map(&ids, |id| apart(model, *id)) {
        projections.extend(projection);
        findings.extend(found);
    }
    findings.extend(points::clashes(model, &projections));
    findings.extend(starts::check(model, &projections));
    (projections, findings)
}

fn apart(model: &Model, id: ChoreographyId) -> (Option<Projection>, Diagnostics) {
    let choreography = &model.choreographies[id];
    let mut findings = Diagnostics::new();
    match automaton::build(model, choreography) {
        Ok(automaton) => {
            findings.extend(deadlines::check(model, choreography, &automaton));
            let roles = roles(model, id, choreography, &automaton, &mut findings);
            (Some(Projection { choreography: id, automaton, roles }), findings)
        }
        Err(form) => {
            findings.extend(form);
            (None, findings)
        }
    }
}

fn roles(
    model: &Model,
    id: ChoreographyId,
    choreography: &Choreography,
    automaton: &Automaton,
    findings: &mut Diagnostics,
) -> Vec<Role> {
    let mut roles = Vec::new();
    let mut participants = automaton.participants();
    participants.extend(early::callers(choreography));
    participants.sort_unstable();
    participants.dedup();
    for participant in participants {
        let sight = Sight::new(automaton, participant);
        let decided = view::views(&sight).ok().and_then(|views| {
            let breaches = coherence::breaches(&sight, &views).ok()?;
            Some((views, breaches))
        });
        let Some((views, breaches)) = decided else {
            findings.push(too_large(model, choreography, participant));
            continue;
        };
        findings.extend(breaches.iter().map(|breach| findings::finding(model, choreography, &sight, breach)));
        if breaches.iter().any(coherence::Breach::is_error) {
            continue;
        }
        let mut machine = machine::machine(id, choreography, &sight, &views);
        early::add(choreography, &mut machine);
        let points = if model.services[participant].external {
            Ok(Vec::new())
        } else {
            points::points(model, choreography, &machine)
        };
        match points {
            Ok(points) => roles.push(Role { machine, points }),
            Err(unnamed) => findings.extend(unnamed),
        }
    }
    roles
}

fn too_large(model: &Model, choreography: &Choreography, participant: ServiceId) -> Diagnostic {
    let (name, who) = (&choreography.header.name, &model.services[participant].header.name.text);
    Diagnostic::new(
        &codes::CHOREOGRAPHY_TOO_LARGE,
        name.span,
        format!("what {who} can know in `{}` takes too long to work out", name.text),
    )
    .label("too many decisions that it does not hear of")
    .help(format!("let {who} hear more of the decisions, or split the choreography"))
}
