//! Points that would get one method although they differ.

use std::collections::BTreeMap;

use super::{Occasion, Outcome, Point};
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, EventId, Model, ServiceId};
use crate::project::Projection;
use crate::project::machine::LocalMachine;

/// Two methods of one name, of points that differ.
pub(super) fn label_needed(
    model: &Model,
    (one_flow, one): (&Choreography, &Point),
    (other_flow, other): (&Choreography, &Point),
    participant: ServiceId,
) -> Diagnostic {
    let service = &model.services[participant].header.name.text;
    let span = |flow: &Choreography, point: &Point| {
        point.steps.first().map_or(flow.header.name.span, |step| flow.steps[*step].span)
    };
    let answers = |flow: &Choreography, point: &Point| {
        let place = if one_flow.header.name == other_flow.header.name {
            String::new()
        } else {
            format!(" of {}", flow.header.name.text)
        };
        format!("{}{place}, {service} {}", occasion(model, point), describe(model, &point.outcome))
    };
    Diagnostic::new(
        &codes::STEP_LABEL_NEEDED,
        span(other_flow, other),
        format!("{service} would need two different methods called `{}_{}`", one.occasion.prefix(), one.name),
    )
    .label(answers(other_flow, other))
    .related(span(one_flow, one), answers(one_flow, one))
    .help(format!(
        "put a label before one of the steps, such as `{}_here: …`; the method is then named after it",
        one.name
    ))
}

/// Points of one service that would get one method although they belong to different choreographies.
pub fn clashes(model: &Model, projections: &[Projection]) -> Vec<Diagnostic> {
    let mut taken: BTreeMap<(ServiceId, &str, &str), (&LocalMachine, &Point)> = BTreeMap::new();
    let mut findings = Vec::new();
    for role in projections.iter().flat_map(|projection| &projection.roles) {
        for point in role.points.iter().filter(|point| point.occasion != Occasion::Start) {
            let key = (role.machine.participant, point.occasion.prefix(), point.name.as_str());
            match taken.get(&key) {
                None => {
                    taken.insert(key, (&role.machine, point));
                }
                Some((machine, earlier)) => {
                    let choreography = |machine: &LocalMachine| &model.choreographies[machine.choreography];
                    findings.push(label_needed(
                        model,
                        (choreography(machine), earlier),
                        (choreography(&role.machine), point),
                        role.machine.participant,
                    ));
                }
            }
        }
    }
    findings
}

fn occasion(model: &Model, point: &Point) -> String {
    let event = |id: EventId| model.events[id].header.name.text.as_str();
    match &point.occasion {
        Occasion::Hear(heard) | Occasion::Undone(heard) => format!("after this `{}`", event(*heard)),
        Occasion::Undo(own) => format!("to take back this `{}`", event(*own)),
        Occasion::Join(_) => "when these parts are over".to_owned(),
        Occasion::Expire => "when this deadline has passed".to_owned(),
        Occasion::Round | Occasion::Start => "here".to_owned(),
    }
}

fn describe(model: &Model, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Nothing => "emits nothing".to_owned(),
        Outcome::Emits(alternatives) => {
            let names: Vec<_> = alternatives
                .iter()
                .map(|alternative| {
                    let name = format!("`{}`", model.events[alternative.event].header.name.text);
                    match alternative.then {
                        Outcome::Nothing => name,
                        Outcome::Emits(_) => format!("{name} and more"),
                    }
                })
                .collect();
            format!("emits {}", names.join(" or "))
        }
    }
}
