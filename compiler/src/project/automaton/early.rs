//! Whether a request for the `else` of a deadline can be carried out: it goes to the keeper, and means nothing else.

use super::form::{event, service};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, Deadline, Model, Step, StepId};

/// What is wrong with the request for the `else` of this deadline, if it has one.
pub(super) fn check(
    model: &Model,
    choreography: &Choreography,
    deadline: &Deadline,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(early) = choreography.scopes[deadline.scope].early else { return };
    let step = &choreography.steps[early];
    let found = elsewhere(model, choreography, deadline, step);
    findings.extend(found.or_else(|| ambiguous(model, choreography, deadline, early)));
}

fn elsewhere(
    model: &Model,
    choreography: &Choreography,
    deadline: &Deadline,
    step: &Step,
) -> Option<Diagnostic> {
    let keeper = &choreography.scopes[deadline.scope].keeper;
    let other = step.subscribers.iter().find(|subscriber| subscriber.id != keeper.id)?;
    let (keeper_name, event) = (shown(service(model, keeper.id)), shown(event(model, step.event.id)));
    let message = format!("{keeper_name} keeps this deadline, and does not hear `{event}`");
    let finding = Diagnostic::new(&codes::EARLY_CALL_ELSEWHERE, other.span, message)
        .label("cannot end a deadline that another keeps")
        .related(keeper.span, format!("{keeper_name} decides when the `else` comes"))
        .help(format!("let {keeper_name} hear it"));
    Some(finding.edit(other.span, keeper_name))
}

/// A request does not tell where in the flow it belongs, so the keeper must know what the event means.
fn ambiguous(
    model: &Model,
    choreography: &Choreography,
    deadline: &Deadline,
    early: StepId,
) -> Option<Diagnostic> {
    let steps = &choreography.steps;
    let (keeper, event_id) = (choreography.scopes[deadline.scope].keeper.id, steps[early].event.id);
    let name = shown(event(model, event_id));
    let of_others = |id: StepId| {
        let mut asking = choreography.scopes.iter().filter(|(_, scope)| scope.early == Some(id));
        asking.next().is_some_and(|(scope, it)| scope > deadline.scope || it.keeper.id != keeper)
    };
    let other = steps.ids().find(|id| *id != early && steps[*id].event.id == event_id && !of_others(*id))?;
    let asks = choreography.scopes.values().any(|scope| scope.early == Some(other));
    let message = if asks {
        format!("`{name}` asks for the `else` of two deadlines that {} keeps", shown(service(model, keeper)))
    } else {
        format!("`{name}` asks for the `else` of a deadline, and is a step as well")
    };
    Some(
        Diagnostic::new(&codes::EARLY_CALL_AMBIGUOUS, steps[early].event.span, message)
            .label("who hears it could not know which is meant")
            .related(steps[other].event.span, "here as well")
            .help("use an event of its own for each"),
    )
}
