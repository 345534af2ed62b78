//! Choreographies that start with the event of another: it must not happen twice for one key.

use std::collections::BTreeSet;

use super::Projection;
use super::automaton::Automaton;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, EventId, Model, Start, StateId, StepId};

pub(super) fn check(model: &Model, projections: &[Projection]) -> Vec<Diagnostic> {
    let starting = model.choreographies.values().filter_map(|it| Some((it, it.start.as_ref()?)));
    starting.filter_map(|(choreography, start)| twice(model, projections, choreography, start)).collect()
}

fn twice(
    model: &Model,
    projections: &[Projection],
    listening: &Choreography,
    start: &Start,
) -> Option<Diagnostic> {
    let mut publishing = projections.iter().filter_map(|projection| {
        let choreography = &model.choreographies[projection.choreography];
        let own = |id: &StepId| {
            choreography.foreign_step() != Some(*id) && choreography.steps[*id].event.id == start.event.id
        };
        Some((projection, choreography, choreography.steps.ids().find(own)?))
    });
    let (projection, choreography, step) = publishing.next()?;
    let name = shown(&model.events[start.event.id].header.name.text);
    let finding = |why: String| {
        let message = format!("`{name}` may happen twice for one {}", key(listening));
        Diagnostic::new(&codes::START_TWICE, start.event.span, message)
            .label(format!("would start `{}` twice", shown(&listening.header.name.text)))
            .related(choreography.steps[step].span, why)
    };
    if let Some((_, other, again)) = publishing.next() {
        return Some(
            finding("published here".to_owned())
                .related(other.steps[again].span, "and in another choreography")
                .help("let an event start it that one choreography alone publishes"),
        );
    }
    if !choreography.key.iter().all(|part| listening.key.iter().any(|other| other.text == part.text)) {
        return Some(
            finding(format!(
                "published once for each {}, and several may have one {}",
                key(choreography),
                key(listening)
            ))
            .help(format!(
                "give `{}` the key {}",
                shown(&listening.header.name.text),
                key(choreography)
            )),
        );
    }
    repeats(&projection.automaton, start.event.id).then(|| {
        finding("some run comes here twice".to_owned())
            .help("let an event start it that happens once, such as the one that ends the loop")
    })
}

fn key(choreography: &Choreography) -> String {
    choreography.key.iter().map(|part| format!("`{}`", shown(&part.text))).collect::<Vec<_>>().join(" and ")
}

/// Whether some run holds this event twice.
fn repeats(automaton: &Automaton, event: EventId) -> bool {
    let all = automaton.states.ids();
    let mut after =
        all.flat_map(|at| automaton.states[at].leaving()).filter(|t| t.event == event && !t.foreign);
    after.any(|first| {
        let (mut seen, mut pending) = (BTreeSet::new(), vec![first.target]);
        while let Some(at) = pending.pop() {
            if !seen.insert(at) {
                continue;
            }
            let state = &automaton.states[at];
            if state.leaving().any(|t| t.event == event && !t.foreign) {
                return true;
            }
            let onward = state.leaving().map(|t| t.target).chain(state.closes);
            let inside: Vec<StateId> =
                state.fork.iter().flat_map(|fork| fork.regions.iter().copied().chain([fork.join])).collect();
            pending.extend(onward.chain(inside));
        }
        false
    })
}
