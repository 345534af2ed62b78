//! What is odd about a deadline, though nothing is wrong with it.

use super::automaton::Automaton;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, Deadline, Model, Node};

/// Bodies that come to their end and wait for their deadline all the same.
pub(super) fn check(model: &Model, choreography: &Choreography, automaton: &Automaton) -> Vec<Diagnostic> {
    let deadlines = choreography.nodes().into_iter().filter_map(|node| match node {
        Node::Deadline(deadline) => Some(deadline),
        _ => None,
    });
    // A body without steps is there to wait.
    let odd = deadlines.filter(|it| automaton.unsettled.contains(&it.scope) && !it.body.body.is_empty());
    odd.map(|deadline| never_settled(model, choreography, deadline)).collect()
}

fn never_settled(model: &Model, choreography: &Choreography, deadline: &Deadline) -> Diagnostic {
    let scope = &choreography.scopes[deadline.scope];
    let keeper = shown(&model.services[scope.keeper.id].header.name.text);
    let period = shown(&scope.period.text);
    let message = format!("the body may come to its end, and would still wait until the {period} are over");
    Diagnostic::new(&codes::DEADLINE_NEVER_SETTLED, scope.period.span, message)
        .label(format!("nothing tells the others that {keeper} is content"))
        .related(deadline.otherwise.span, "this is how it goes on then")
        .help(format!(
            "end the body with an event of {keeper}, heard by everybody who may have something to take back"
        ))
}
