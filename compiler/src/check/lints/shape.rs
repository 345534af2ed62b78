//! Services and events on which too much hangs.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::{Edges, Usage};
use crate::lint::Lints;
use crate::model::{EventId, Model, ServiceId};

/// How many names a finding gives.
const NAMED: usize = 6;

pub(super) fn check(model: &Model, usage: &Usage, lints: &Lints, findings: &mut Diagnostics) {
    if lints.is_on(&codes::FAN_OUT_TOO_HIGH) {
        let max = lints.max(&codes::FAN_OUT_TOO_HIGH);
        let many = model.events.ids().filter(|id| usage.events[*id].consumers().len() > max);
        findings.extend(many.map(|id| fan_out(model, usage, id, max)));
    }
    let on = [&codes::FAN_IN_TOO_HIGH, &codes::GOD_SERVICE, &codes::CHATTY_PAIR];
    if !on.into_iter().any(|code| lints.is_on(code)) {
        return;
    }
    let edges = Edges::of(model, usage);
    let services = || model.services.iter().filter(|(_, service)| !service.external).map(|(id, _)| id);
    if lints.is_on(&codes::FAN_IN_TOO_HIGH) {
        let max = lints.max(&codes::FAN_IN_TOO_HIGH);
        let many = services().filter(|id| edges.heard_from[*id].len() > max);
        findings.extend(many.map(|id| fan_in(model, id, &edges, max)));
    }
    if lints.is_on(&codes::GOD_SERVICE) {
        let max = lints.max(&codes::GOD_SERVICE);
        let many = services().filter(|id| edges.emitted[*id] + edges.heard[*id] > max);
        findings.extend(many.map(|id| god(model, id, &edges, max)));
    }
    if lints.is_on(&codes::CHATTY_PAIR) {
        chatty_pairs(model, &edges, lints.max(&codes::CHATTY_PAIR), findings);
    }
}

fn chatty_pairs(model: &Model, edges: &Edges, max: usize, findings: &mut Diagnostics) {
    let both = edges.pairs(model).filter(|(_, _, there, back)| *there > max && *back > max);
    findings.extend(both.map(|(one, other, there, back)| chatty(model, (one, other), (there, back), max)));
}

fn names(model: &Model, services: impl ExactSizeIterator<Item = ServiceId>) -> String {
    let more = if services.len() > NAMED { " and others" } else { "" };
    let names: Vec<_> =
        services.take(NAMED).map(|id| shown(&model.services[id].header.name.text).into_owned()).collect();
    names.join(", ") + more
}

fn fan_out(model: &Model, usage: &Usage, id: EventId, max: usize) -> Diagnostic {
    let name = &model.events[id].header.name;
    let consumers = usage.events[id].consumers();
    let message = format!("{} participants hear `{}`", consumers.len(), shown(&name.text));
    Diagnostic::new(&codes::FAN_OUT_TOO_HIGH, name.span, message)
        .label(format!("more than {max}: a change of it concerns all of them"))
        .note(format!("{} hear it", names(model, consumers.iter().map(|(service, _)| *service))))
        .help("split it into events for those who need different things of it, or allow it with its reason")
}

fn fan_in(model: &Model, id: ServiceId, edges: &Edges, max: usize) -> Diagnostic {
    let name = &model.services[id].header.name;
    let (text, from) = (shown(&name.text), &edges.heard_from[id]);
    Diagnostic::new(
        &codes::FAN_IN_TOO_HIGH,
        name.span,
        format!("{text} listens to {} participants", from.len()),
    )
    .label(format!("more than {max}: it must know the facts of all of them"))
    .note(format!("it listens to {}", names(model, from.iter().copied())))
    .help("let it hear the events that sum up a matter; an archive that keeps everything may be allowed")
}

fn god(model: &Model, id: ServiceId, edges: &Edges, max: usize) -> Diagnostic {
    let name = &model.services[id].header.name;
    let (emitted, heard) = (edges.emitted[id], edges.heard[id]);
    let message = format!("{} emits {emitted} events and hears {heard}", shown(&name.text));
    Diagnostic::new(&codes::GOD_SERVICE, name.span, message)
        .label(format!("more than {max} together: hardly anything happens without it"))
        .help("split it along the choreographies in which it takes part")
}

fn chatty(
    model: &Model,
    (one, other): (ServiceId, ServiceId),
    (there, back): (usize, usize),
    max: usize,
) -> Diagnostic {
    let name = |id: ServiceId| &model.services[id].header.name;
    let (first, second) = (shown(&name(one).text), shown(&name(other).text));
    let message = format!("{first} tells {second} {there} events, and {second} tells {first} {back}");
    Diagnostic::new(&codes::CHATTY_PAIR, name(one).span, message)
        .label(format!("more than {max} each way: are they one service?"))
        .related(name(other).span, "the other one")
        .help("make one service of the two, or move what they talk about to where it is decided")
}
