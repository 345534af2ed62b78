//! `emits` and `reads`: a service that states them is held to them, in both directions.
//!
//! Where no choreography speaks of an event yet, the services' word is all that there is, and nothing contradicts it.

use crate::diag::words::shown;
use crate::diag::{Code, Diagnostic, Diagnostics, codes};
use crate::graph::Usage;
use crate::model::{Event, Model, Ref, Service};
use crate::source::Span;

/// One of the two clauses, as messages speak of it.
struct Clause {
    word: &'static str,
    verb: &'static str,
    not_stated: &'static Code,
    unused: &'static Code,
}

static EMITS: Clause = Clause {
    word: "emits",
    verb: "emits",
    not_stated: &codes::EMITS_NOT_STATED,
    unused: &codes::EMITS_UNUSED,
};

static READS: Clause = Clause {
    word: "reads",
    verb: "hears",
    not_stated: &codes::READS_NOT_STATED,
    unused: &codes::READS_UNUSED,
};

pub(super) fn check(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    not_stated(model, usage, findings);
    unused(model, usage, findings);
    for service in model.services.values().filter(|service| service.external) {
        findings.extend(field_lists(service));
    }
}

fn not_stated(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    for (id, event) in model.events.iter() {
        let usage_of_event = &usage.events[id];
        for (service, place) in usage_of_event.producers() {
            let stated = usage.stated_emits.contains(&(*service, id));
            let service = &model.services[*service];
            if let (Some(emits), false) = (&service.emits, stated) {
                let last = emits.last().map(|event| event.span);
                findings.push(beside(&EMITS, service, event, *place, last));
            }
        }
        for (service, place) in usage_of_event.consumers() {
            let stated = usage.stated_reads.contains(&(*service, id));
            let service = &model.services[*service];
            if let (Some(reads), false) = (&service.reads, stated) {
                // Behind a list of fields there is a brace, whose place is not known here.
                let last = reads.last().filter(|read| read.fields.is_none()).map(|read| read.event.span);
                findings.push(beside(&READS, service, event, *place, last));
            }
        }
    }
}

/// The service does what it does not state. `last`: the end of what it states, where one more can be written.
fn beside(clause: &Clause, service: &Service, event: &Event, place: Span, last: Option<Span>) -> Diagnostic {
    let (service_name, name) = (shown(&service.header.name.text), shown(&event.header.name.text));
    let (word, verb) = (clause.word, clause.verb);
    let message = format!("{service_name} {verb} `{name}`, which its `{word}` leaves out");
    let finding = Diagnostic::new(clause.not_stated, place, message)
        .label(format!("{service_name} {verb} it here"))
        .related(service.header.name.span, format!("{service_name} states what it {word}"))
        .help(format!("add `{name}` to the `{word}` of {service_name}"));
    match last {
        Some(last) => finding.edit(last.at_end(), format!(", {name}")),
        None => finding,
    }
}

fn unused(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    for (id, service) in model.services.iter() {
        let covered = |event: &&Ref<_>| usage.events[event.id].in_choreography();
        for event in service.emits.iter().flatten().filter(covered) {
            if !usage.emitted.contains(&(id, event.id)) {
                let who = usage.events[event.id].producers().first();
                let finding = idle(&EMITS, service, &model.events[event.id], event.span);
                findings.push(match who {
                    Some((_, place)) => finding.related(*place, "here another emits it"),
                    None => finding,
                });
            }
        }
        let reads = service.reads.iter().flatten().map(|read| &read.event);
        for event in reads.filter(covered) {
            if !usage.heard.contains(&(id, event.id)) {
                let who = usage.events[event.id].producers().first();
                let finding = idle(&READS, service, &model.events[event.id], event.span);
                findings.push(match who {
                    Some((_, place)) => finding.related(*place, "here it is emitted, for others"),
                    None => finding,
                });
            }
        }
    }
}

/// The service states what no step bears out.
fn idle(clause: &Clause, service: &Service, event: &Event, place: Span) -> Diagnostic {
    let (service, name) = (shown(&service.header.name.text), shown(&event.header.name.text));
    let (word, verb) = (clause.word, clause.verb);
    let message = format!("{service} states that it {word} `{name}`, and {verb} it in no step");
    let help = match clause.word {
        "emits" => format!("remove `{name}` here, or let {service} emit it in the choreography"),
        _ => format!("add {service} to the subscribers of `{name}`, or remove it here"),
    };
    Diagnostic::new(clause.unused, place, message).label("no step bears this out").help(help)
}

fn field_lists(service: &Service) -> impl Iterator<Item = Diagnostic> {
    let lists = service.reads.iter().flatten().filter(|read| read.fields.is_some());
    lists.map(|read| {
        let name = shown(&service.header.name.text);
        let message = format!("{name} is external, and gets every field of what it hears");
        Diagnostic::new(&codes::FIELD_LIST_OF_EXTERNAL, read.event.span, message)
            .label("a list of fields narrows nothing here")
            .help("remove the braces and the fields in them")
    })
}
