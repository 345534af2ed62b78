//! What is odd about a deadline, though nothing is wrong with it.

use super::automaton::{Automaton, Unsettled};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, Deadline, Model, Node, ServiceId};

/// Bodies that come to their end and wait for their deadline all the same.
pub(super) fn check(model: &Model, choreography: &Choreography, automaton: &Automaton) -> Vec<Diagnostic> {
    let deadlines = choreography.nodes().into_iter().filter_map(|node| match node {
        Node::Deadline(deadline) => Some(deadline),
        _ => None,
    });
    // A body without steps is there to wait.
    let odd = deadlines.filter(|it| !it.body.body.is_empty());
    let odd = odd.filter_map(|it| Some((it, automaton.unsettled.get(&it.scope)?)));
    odd.map(|(deadline, how)| never_settled(model, choreography, deadline, how)).collect()
}

fn never_settled(
    model: &Model,
    choreography: &Choreography,
    deadline: &Deadline,
    how: &Unsettled,
) -> Diagnostic {
    let scope = &choreography.scopes[deadline.scope];
    let keeper = shown(&model.services[scope.keeper.id].header.name.text);
    let period = shown(&scope.period.text);
    let message = format!("the body may come to its end, and would still wait until the {period} are over");
    let finding = Diagnostic::new(&codes::DEADLINE_NEVER_SETTLED, scope.period.span, message)
        .label(format!("nothing tells the others that {keeper} is content"))
        .related(deadline.otherwise.span, "this is how it goes on then");
    if how.unheard.is_empty() {
        return finding.help(format!(
            "end the body with an event of {keeper}, heard by everybody who may have something to take back"
        ));
    }
    heard_by_all(finding, model, choreography, how)
}

/// The body ends with an event of whoever keeps the deadline; who does not hear it is to be added.
fn heard_by_all(
    mut finding: Diagnostic,
    model: &Model,
    choreography: &Choreography,
    how: &Unsettled,
) -> Diagnostic {
    let mut additions = Vec::new();
    for (step, missing) in &how.unheard {
        let step = &choreography.steps[*step];
        let event = shown(&model.events[step.event.id].header.name.text);
        let name = |who: &ServiceId| shown(&model.services[*who].header.name.text);
        let all: Vec<_> = missing.iter().map(name).collect();
        let added = format!(", {}", all.join(", "));
        additions.push(format!("add `{added}` to the subscribers of `{event}`"));
        finding = finding.related(
            step.span,
            format!("{} may have something to do or to take back, and does not hear this", all.join(" and ")),
        );
        if let Some(last) = step.subscribers.last() {
            finding = finding.edit(last.span.at_end(), added);
        }
    }
    let rest = if how.otherwise {
        "; the other ways through the body have to end with such an event too"
    } else {
        ""
    };
    finding.help(format!("{}{rest}", additions.join(" and ")))
}
