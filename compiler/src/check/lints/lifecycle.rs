//! What was to go and is still here.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::Usage;
use crate::lint::Lints;
use crate::model::{Attribute, Date, Field, Model, Name, TypeKind};
use crate::source::Span;

pub(super) fn check(
    model: &Model,
    usage: &Usage,
    lints: &Lints,
    today: Option<Date>,
    findings: &mut Diagnostics,
) {
    if lints.is_on(&codes::DEPRECATED_STILL_USED) {
        events(model, usage, findings);
        read_fields(model, findings);
        types(model, findings);
    }
    if let Some(today) = today.filter(|_| lints.is_on(&codes::PAST_SUNSET)) {
        for (name, attributes) in declared(model) {
            findings.extend(past_sunset(name, attributes, today));
        }
    }
}

fn events(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    for (id, event) in model.events.iter() {
        let Some(deprecation) = Attribute::deprecation(&event.header.attributes) else { continue };
        let hearers = usage.events[id].consumers().iter();
        for (service, place) in hearers.filter(|(service, _)| !model.services[*service].external) {
            let who = shown(&model.services[*service].header.name.text);
            findings.push(still_used(&event.header.name, deprecation, *place, &format!("{who} still hears")));
        }
    }
}

fn read_fields(model: &Model, findings: &mut Diagnostics) {
    for service in model.services.values().filter(|service| !service.external) {
        for read in service.reads.iter().flatten() {
            let event = &model.events[read.event.id];
            for listed in read.fields.iter().flatten() {
                let Some(field) = event.fields.get(listed.index) else { continue };
                if let Some(deprecation) = Attribute::deprecation(&field.attributes) {
                    let who = shown(&service.header.name.text);
                    let verb = format!("{who} still reads");
                    findings.push(still_used(&field.name, deprecation, listed.span, &verb));
                }
            }
        }
    }
}

/// Deprecated types of fields that are not.
fn types(model: &Model, findings: &mut Diagnostics) {
    for (header, _, field) in super::fields(model) {
        let going = |attributes: &[Attribute]| Attribute::deprecation(attributes).is_some();
        if going(&header.attributes) || going(&field.attributes) {
            continue;
        }
        for ty in field.ty.named() {
            let used = &model.types[ty].header;
            if let Some(deprecation) = Attribute::deprecation(&used.attributes) {
                let verb = format!("`{}` still has the type", shown(&field.name.text));
                findings.push(still_used(&used.name, deprecation, field.ty_span, &verb));
            }
        }
    }
}

fn still_used(name: &Name, deprecation: &Attribute, place: Span, verb: &str) -> Diagnostic {
    let message = format!("{verb} `{}`, which is deprecated", shown(&name.text));
    let help = match (deprecation.argument("use"), deprecation.argument("sunset")) {
        (Some(instead), Some(day)) => format!("use `{}` instead, until {day}", shown(instead)),
        (Some(instead), None) => format!("use `{}` instead", shown(instead)),
        (None, Some(day)) => format!("do without it, until {day}"),
        (None, None) => "do without it, or say what to use: `@deprecated(use: …)`".to_owned(),
    };
    Diagnostic::new(&codes::DEPRECATED_STILL_USED, place, message)
        .label("still used here")
        .about(name.span)
        .related(deprecation.span, "deprecated here")
        .help(help)
}

/// Everything that may be deprecated.
fn declared(model: &Model) -> Vec<(&Name, &[Attribute])> {
    fn fields(fields: &[Field]) -> impl Iterator<Item = (&Name, &[Attribute])> {
        fields.iter().map(|field| (&field.name, field.attributes.as_slice()))
    }
    let mut all = Vec::new();
    for event in model.events.values() {
        all.push((&event.header.name, event.header.attributes.as_slice()));
        all.extend(fields(&event.fields));
    }
    for ty in model.types.values() {
        all.push((&ty.header.name, ty.header.attributes.as_slice()));
        match &ty.kind {
            TypeKind::Record(list) => all.extend(fields(list)),
            TypeKind::Enum { values, .. } => {
                all.extend(values.iter().map(|value| (&value.name, value.attributes.as_slice())));
            }
            TypeKind::Union { variants, .. } => {
                all.extend(variants.iter().map(|variant| (&variant.name, variant.attributes.as_slice())));
            }
            TypeKind::Alias(_) => {}
        }
    }
    all
}

fn past_sunset(name: &Name, attributes: &[Attribute], today: Date) -> Option<Diagnostic> {
    let deprecation = Attribute::deprecation(attributes)?;
    let day = deprecation.argument("sunset").and_then(Date::parse).filter(|day| *day < today)?;
    let message = format!("`{}` was to go by {day}", shown(&name.text));
    Some(
        Diagnostic::new(&codes::PAST_SUNSET, name.span, message)
            .label("still here")
            .related(deprecation.span, "this day is over")
            .help("remove it, if nobody uses it any more; otherwise choose a later day"),
    )
}
