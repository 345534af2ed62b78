//! Whether each `undo` can be carried out: by whoever took the step, and heard by those who heard the step.

use super::draft::Draft;
use super::form::{event, service};
use crate::diag::{Diagnostic, codes};
use crate::model::{StepId, Undo};

/// What is wrong with the undos of a choreography.
pub(super) fn undos(draft: &Draft<'_>) -> Vec<Diagnostic> {
    let steps = draft.choreography.steps.iter();
    let undone = steps.filter_map(|(id, step)| match step.undo {
        Some(Undo::By(undo)) => Some((id, undo)),
        _ => None,
    });
    undone
        .flat_map(|(step, undo)| {
            by_external(draft, step, undo).map_or_else(|| unlike(draft, step, undo), |it| vec![it])
        })
        .collect()
}

/// Externals do not run our runtime: nobody would take their steps back.
fn by_external(draft: &Draft<'_>, step: StepId, undo: StepId) -> Option<Diagnostic> {
    let steps = &draft.choreography.steps;
    let emitter = steps[step].emitter.id;
    let name = service(draft.model, emitter);
    draft.model.services[emitter].external.then(|| {
        Diagnostic::new(
            &codes::UNDO_AT_EXTERNAL,
            steps[undo].span,
            format!("{name} is external, and takes nothing back"),
        )
        .label("nobody would run this")
        .related(steps[step].span, format!("a step of {name}"))
        .help(format!(
            "remove the `undo`, or let a service that hears of it ask {name} with an event of its own"
        ))
    })
}

/// A step is taken back by whoever took it, and only those hear of that who heard the step.
fn unlike(draft: &Draft<'_>, step: StepId, undo: StepId) -> Vec<Diagnostic> {
    let (taken, back) = (&draft.choreography.steps[step], &draft.choreography.steps[undo]);
    let name = event(draft.model, taken.event.id);
    let (who, other) = (service(draft.model, taken.emitter.id), service(draft.model, back.emitter.id));
    if taken.emitter.id != back.emitter.id {
        return vec![
            Diagnostic::new(
                &codes::MISMATCHED_UNDO,
                back.emitter.span,
                format!("{other} cannot take back `{name}`: {who} emitted it"),
            )
            .label(format!("emitted by {other}"))
            .related(taken.emitter.span, format!("emitted by {who}"))
            .help(format!("let {who} take it back: `undo {who} -> …: …`")),
        ];
    }
    let (_, heard) = draft.participants(step);
    let strangers = back.subscribers.iter().filter(|subscriber| !heard.contains(&subscriber.id));
    strangers
        .map(|stranger| {
            let stranger_name = service(draft.model, stranger.id);
            Diagnostic::new(
                &codes::MISMATCHED_UNDO,
                stranger.span,
                format!("{stranger_name} would hear that `{name}` is taken back, and never heard of it"),
            )
            .label("does not hear the step")
            .related(taken.span, "the step")
            .help(format!("remove {stranger_name} here, or let it hear `{name}` too"))
        })
        .collect()
}
