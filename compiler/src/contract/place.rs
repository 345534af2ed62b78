//! Where a change is told, in the files as they are now: what is gone, at what contained it.

use super::change::{Change, Subject};
use crate::model::{Choreography, Header, Model, Node, Step};
use crate::source::Span;

/// Where it stands, or what contained it (a field its event, a step its choreography, an event whoever hears or publishes
/// it), and the other places that it is about.
pub(super) fn places(change: &Change, model: &Model) -> (Span, Vec<Span>) {
    let mut all = found(&change.subject, model).into_iter();
    let others = change.writers.iter().chain(&change.readers);
    let any =
        || model.services.values().map(|it| &it.header).chain(model.events.values().map(|it| &it.header));
    let first = all
        .next()
        .or_else(|| others.into_iter().find_map(|name| service(model, name)))
        .or_else(|| any().next().map(|header| header.name.span));
    (first.unwrap_or_default(), all.collect())
}

/// The places of what it is about, in the order of the text.
fn found(subject: &Subject, model: &Model) -> Vec<Span> {
    let one = match subject {
        Subject::Service(name) => service(model, name),
        Subject::Event(name) => event(model, name),
        Subject::Field(event_name, field) => model
            .events
            .values()
            .find(|event| is_called(&event.header, event_name))
            .and_then(|event| event.fields.iter().find(|member| member.name.text == *field))
            .map(|member| member.name.span)
            .or_else(|| event(model, event_name)),
        Subject::Choreography(name) => choreography(model, name).map(|it| it.header.name.span),
        Subject::Steps { flow, who, events } => {
            let Some(flow) = choreography(model, flow) else { return Vec::new() };
            let mut steps: Vec<Span> = events
                .iter()
                .filter_map(|event| step(model, flow, who, event))
                .map(|step| step.span)
                .collect();
            steps.sort_unstable();
            steps.dedup();
            return if steps.is_empty() { vec![flow.header.name.span] } else { steps };
        }
        Subject::Deadline(flow, at) => {
            choreography(model, flow).map(|flow| deadline(flow, *at).unwrap_or(flow.header.name.span))
        }
    };
    one.into_iter().collect()
}

/// The first step with this event, of those in which somebody takes part if there is one.
fn step<'m>(model: &'m Model, flow: &'m Choreography, who: &str, event: &str) -> Option<&'m Step> {
    let is = |id| is_called(&model.services[id].header, who);
    let steps = || flow.steps.values().filter(|step| is_called(&model.events[step.event.id].header, event));
    let takes_part = |step: &&Step| is(step.emitter.id) || step.subscribers.iter().any(|it| is(it.id));
    steps().find(takes_part).or_else(|| steps().next())
}

fn deadline(flow: &Choreography, at: usize) -> Option<Span> {
    let deadlines = flow.nodes().into_iter().filter_map(|node| match node {
        Node::Deadline(deadline) => Some(deadline.scope),
        _ => None,
    });
    deadlines.into_iter().nth(at).map(|scope| flow.scopes[scope].period.span)
}

fn service(model: &Model, name: &str) -> Option<Span> {
    let all = model.services.values();
    all.map(|it| &it.header).find(|header| is_called(header, name)).map(|header| header.name.span)
}

fn event(model: &Model, name: &str) -> Option<Span> {
    let all = model.events.values();
    all.map(|it| &it.header).find(|header| is_called(header, name)).map(|header| header.name.span)
}

fn choreography<'m>(model: &'m Model, name: &str) -> Option<&'m Choreography> {
    model.choreographies.values().find(|it| is_called(&it.header, name))
}

/// Without making the qualified name of every declaration.
fn is_called(header: &Header, name: &str) -> bool {
    let rest = name.strip_suffix(header.name.text.as_str());
    rest.is_some_and(|rest| rest.strip_suffix('.').unwrap_or(rest) == header.namespace)
}
