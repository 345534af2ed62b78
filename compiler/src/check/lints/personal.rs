//! Data about people: marked, and not told to everybody.

use super::words::words;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::Usage;
use crate::lint::Lints;
use crate::model::{EventId, Field, Model, Scalar, ServiceId, TypeKind};

/// The attribute of a field with personal data.
const PII: &str = "pii";

/// Names, or ends of names, that speak of a person whatever stands before them.
const PERSONAL: &[&[&str]] = &[
    &["birth", "date"],
    &["birthday"],
    &["card", "number"],
    &["date", "of", "birth"],
    &["email"],
    &["email", "address"],
    &["family", "name"],
    &["first", "name"],
    &["full", "name"],
    &["given", "name"],
    &["iban"],
    &["ip", "address"],
    &["last", "name"],
    &["maiden", "name"],
    &["passport", "number"],
    &["phone"],
    &["phone", "number"],
    &["social", "security", "number"],
    &["ssn"],
    &["surname"],
    &["telephone"],
];

pub(super) fn check(model: &Model, usage: &Usage, lints: &Lints, findings: &mut Diagnostics) {
    if lints.is_on(&codes::PII_UNFLAGGED) {
        let unflagged =
            super::fields(model).filter(|(_, _, field)| !is_marked(field) && seems_personal(model, field));
        findings.extend(unflagged.map(|(_, _, field)| unmarked(field)));
    }
    if lints.is_on(&codes::PII_FAN_OUT) {
        let max = lints.max(&codes::PII_FAN_OUT);
        for (id, event) in model.events.iter() {
            for (index, field) in event.fields.iter().enumerate() {
                let readers = readers(model, usage, id, index);
                if readers.len() > max && is_personal(model, field) {
                    findings.push(spread(model, field, &readers, max));
                }
            }
        }
    }
}

fn is_marked(field: &Field) -> bool {
    field.attributes.iter().any(|attribute| attribute.name.text == PII)
}

/// Marked, or a record with something marked in it.
fn is_personal(model: &Model, field: &Field) -> bool {
    let marked_inside = |ty| match &model.types[ty].kind {
        TypeKind::Record(fields) => fields.iter().any(is_marked),
        _ => false,
    };
    is_marked(field) || field.ty.named().any(marked_inside)
}

fn seems_personal(model: &Model, field: &Field) -> bool {
    let text = matches!(model.scalar(field.ty.required()), Some((Scalar::String | Scalar::Date, _)));
    text && {
        let words = words(&field.name.text);
        let words: Vec<&str> = words.iter().map(|word| &**word).collect();
        PERSONAL.iter().any(|name| words.ends_with(name))
    }
}

fn unmarked(field: &Field) -> Diagnostic {
    let name = shown(&field.name.text);
    let message = format!("`{name}` looks like personal data and is not marked");
    Diagnostic::new(&codes::PII_UNFLAGGED, field.name.span, message)
        .label("whoever stores or logs the event should know")
        .help(format!("write `@{PII}` before it"))
        .edit(field.name.span.at_start(), format!("@{PII} "))
}

/// The services that read this field of the event; externals read everything that they hear.
fn readers(model: &Model, usage: &Usage, event: EventId, field: usize) -> Vec<ServiceId> {
    let reads = |service: &ServiceId| {
        let listed = model.services[*service].reads.iter().flatten().find(|read| read.event.id == event);
        let fields = listed.and_then(|read| read.fields.as_ref());
        fields.is_none_or(|fields| fields.iter().any(|listed| listed.index == field))
    };
    usage.events[event].consumers().iter().map(|(service, _)| *service).filter(reads).collect()
}

fn spread(model: &Model, field: &Field, readers: &[ServiceId], max: usize) -> Diagnostic {
    let name = shown(&field.name.text);
    let count = readers.len();
    let names: Vec<_> =
        readers.iter().take(8).map(|id| shown(&model.services[*id].header.name.text).into_owned()).collect();
    let more = if count > names.len() { " and others" } else { "" };
    Diagnostic::new(
        &codes::PII_FAN_OUT,
        field.name.span,
        format!("{count} services read `{name}`, which is personal"),
    )
    .label(format!("more than {max}"))
    .note(format!("{}{more} read it", names.join(", ")))
    .help("leave it out of the `reads` of those that do not need it, or let them ask for it")
}
