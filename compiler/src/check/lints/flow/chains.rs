//! Flows that are hard to follow: long chains of events, and choreographies that start each other.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::{Chains, Link, Starts};
use crate::lint::Lints;
use crate::model::{Choreography, ChoreographyId, Model};
use crate::project::Projection;

/// How many links of a chain a finding gives.
const NAMED: usize = 8;

/// One choreography.
pub(super) fn check(model: &Model, projection: &Projection, lints: &Lints) -> Option<Diagnostic> {
    if !lints.is_on(&codes::LONG_CHAIN) {
        return None;
    }
    let max = lints.max(&codes::LONG_CHAIN);
    let choreography = &model.choreographies[projection.choreography];
    // A chain has no more links than the choreography has steps.
    let chains = (choreography.steps.len() > max).then(|| Chains::of(&projection.automaton));
    let chain = chains.flatten()?.longest();
    (chain.len() > max).then(|| long_chain(model, choreography, &chain, max))
}

/// All choreographies together.
pub(super) fn circles(model: &Model, lints: &Lints, findings: &mut Diagnostics) {
    if lints.is_on(&codes::EVENT_CYCLE) {
        let circles = Starts::of(model).circles();
        findings.extend(circles.iter().filter_map(|circle| event_cycle(model, circle)));
    }
}

fn long_chain(model: &Model, choreography: &Choreography, chain: &[Link], max: usize) -> Diagnostic {
    let name = &choreography.header.name;
    let event = |link: &Link| format!("`{}`", shown(&model.events[link.event].header.name.text));
    let more = if chain.len() > NAMED { ", and so on" } else { "" };
    let first: Vec<_> = chain.iter().take(NAMED).map(event).collect();
    let message = format!("in `{}`, {} events wait for each other", shown(&name.text), chain.len());
    let finding = Diagnostic::new(&codes::LONG_CHAIN, name.span, message)
        .label(format!("more than {max}: what is late anywhere is late here"))
        .note(format!("one after the other: {}{more}", first.join(", ")))
        .help("let those hear an early event who need no later one, or split the choreography with `on`");
    match chain.last() {
        Some(last) => finding.related(choreography.steps[last.step].span, "the last of them"),
        None => finding,
    }
}

fn event_cycle(model: &Model, circle: &[ChoreographyId]) -> Option<Diagnostic> {
    let choreography = |id: &ChoreographyId| &model.choreographies[*id];
    let name = |id: &ChoreographyId| shown(&choreography(id).header.name.text).into_owned();
    let (first, others) = circle.split_first()?;
    let start = choreography(first).start.as_ref()?;
    let names: Vec<String> = circle.iter().chain([first]).take(NAMED).map(name).collect();
    let more = if circle.len() >= NAMED { " and so on" } else { "" };
    let message = format!("`{}` can only start with what it starts itself", name(first));
    let finding = Diagnostic::new(&codes::EVENT_CYCLE, start.span, message)
        .label("published by nobody who is not waiting for this")
        .note(format!("each starts the next, and none begins: {}{more}", names.join(", ")))
        .help("let one of them begin with a step of its own; what is to be repeated is a `loop` of one choreography");
    let starts = others.iter().filter_map(|id| choreography(id).start.as_ref());
    Some(
        starts
            .take(NAMED)
            .fold(finding, |finding, start| finding.related(start.span, "and this waits in its turn")),
    )
}
