//! Events that are requests: one hears them, and must answer.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Told;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::Usage;
use crate::lint::Lints;
use crate::model::{Choreography, EventId, EventKind, Model, ServiceId, StepId};
use crate::project::Projection;
use crate::project::automaton::{State, Transition};

pub(super) fn check(
    model: &Model,
    usage: &Usage,
    projections: &[Projection],
    lints: &Lints,
    findings: &mut Diagnostics,
) {
    if !lints.is_on(&codes::PASSIVE_AGGRESSIVE_EVENT) {
        return;
    }
    // Who answers each event at once, with what; `None`: somewhere nobody has to.
    let mut answers: FxHashMap<EventId, Option<StepId>> = FxHashMap::default();
    let mut replies: FxHashSet<EventId> = FxHashSet::default();
    for projection in projections {
        replies.extend(answering(&model.choreographies[projection.choreography]));
        for transition in projection.automaton.states.values().flat_map(State::leaving) {
            let answer = answer(projection, transition);
            answers
                .entry(transition.event)
                .and_modify(|known| *known = known.filter(|_| answer.is_some()))
                .or_insert(answer);
        }
    }
    for projection in projections {
        let told = Told { model, choreography: &model.choreographies[projection.choreography] };
        for (id, step) in told.choreography.steps.iter() {
            let event = &model.events[step.event.id];
            let Some(hearer) = only_hearer(told, usage, step.event.id) else { continue };
            let answered = answers.get(&step.event.id).copied().flatten().is_some();
            let answered = answered && !replies.contains(&step.event.id);
            if event.kind == EventKind::Event && answered && Some(id) != told.choreography.foreign_step() {
                // One finding an event, at its first step.
                answers.remove(&step.event.id);
                findings.push(request(told, id, hearer));
            }
        }
    }
}

/// The events that may answer something: whoever publishes them has heard from one of their hearers before. They are no
/// requests, whatever comes behind them.
fn answering(choreography: &Choreography) -> impl Iterator<Item = EventId> {
    let mut spoken: FxHashSet<(ServiceId, ServiceId)> = FxHashSet::default();
    choreography.steps.values().filter_map(move |step| {
        let hearers = || step.subscribers.iter().map(|hearer| hearer.id);
        let answers = hearers().any(|hearer| spoken.contains(&(hearer, step.emitter.id)));
        spoken.extend(hearers().map(|hearer| (step.emitter.id, hearer)));
        answers.then_some(step.event.id)
    })
}

/// What the only one who hears the event must say to its emitter next.
fn answer(projection: &Projection, transition: &Transition) -> Option<StepId> {
    let [hearer] = transition.subscribers.as_slice() else { return None };
    let next = &projection.automaton.states[transition.target].transitions;
    let answers = |next: &&Transition| {
        next.emitter == *hearer && !next.is_rollback() && next.subscribers.contains(&transition.emitter)
    };
    next.iter().all(|next| answers(&next)).then(|| next.first().map(|next| next.step)).flatten()
}

/// The one service of ours that hears an event of ours.
fn only_hearer(told: Told<'_>, usage: &Usage, event: EventId) -> Option<ServiceId> {
    let usage = &usage.events[event];
    let ([(emitter, _)], [(hearer, _)]) = (usage.producers(), usage.consumers()) else { return None };
    (told.is_ours(*emitter) && told.is_ours(*hearer)).then_some(*hearer)
}

fn request(told: Told<'_>, step: StepId, hearer: ServiceId) -> Diagnostic {
    let written = &told.choreography.steps[step];
    let (who, hearer) = (told.service(written.emitter.id), told.service(hearer));
    let name = &told.model.events[written.event.id].header.name;
    let message =
        format!("`{}` asks {hearer} for an answer, as a command does", told.event(written.event.id));
    Diagnostic::new(&codes::PASSIVE_AGGRESSIVE_EVENT, name.span, message)
        .label(format!("{hearer} alone hears it, and must answer {who} at once, wherever it occurs"))
        .related(written.span, "here, for one")
        .help(
            "declare it as a `command` named after what is asked for; or let it be heard by whom it concerns",
        )
}
