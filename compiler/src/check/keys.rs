//! The key of a choreography: every event carries it, with one type that can be a key.

use rustc_hash::FxHashSet;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, closest, codes};
use crate::model::{Choreography, Event, EventId, Field, Model, Name, Scalar, Step, Type};

/// A key of more parts is a record, and belongs into the payload.
const MOST_PARTS: usize = 8;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    for choreography in model.choreographies.values() {
        if choreography.key.len() > MOST_PARTS {
            findings.extend(too_long(choreography));
            continue;
        }
        let events = events(choreography);
        for part in &choreography.key {
            key_part(model, choreography, part, &events, findings);
        }
    }
}

fn too_long(choreography: &Choreography) -> Option<Diagnostic> {
    let (first, last) = (choreography.key.first()?, choreography.key.last()?);
    let message =
        format!("the key of {} has more than {MOST_PARTS} parts", shown(&choreography.header.name.text));
    Some(
        Diagnostic::new(&codes::UNUSABLE_KEY, first.span.to(last.span), message)
            .label(format!("{} parts", choreography.key.len()))
            .help("key the choreography by one identifier, and keep the rest in the payload"),
    )
}

/// The events of a choreography, each with the first step that names it.
fn events(choreography: &Choreography) -> Vec<(EventId, &Step)> {
    let mut seen = FxHashSet::default();
    choreography
        .steps
        .values()
        .filter(|step| seen.insert(step.event.id))
        .map(|step| (step.event.id, step))
        .collect()
}

fn key_part(
    model: &Model,
    choreography: &Choreography,
    part: &Name,
    events: &[(EventId, &Step)],
    findings: &mut Diagnostics,
) {
    let mut carriers = Vec::new();
    let mut lacking = Vec::new();
    for (id, step) in events {
        let event = &model.events[*id];
        match event.fields.iter().find(|field| field.name.text == part.text) {
            Some(field) => carriers.push((event, field)),
            // The field may be there, with a type that means nothing.
            None if !event.header.complete => {}
            None => lacking.push((event, *step)),
        }
    }
    if carriers.is_empty() && choreography.header.complete {
        findings.extend(nowhere(choreography, part, &lacking));
    } else {
        findings.extend(lacking.iter().map(|(event, step)| {
            missing(model, choreography, part, event, step, carriers.first().map(|(_, field)| *field))
        }));
    }
    types(model, choreography, part, &carriers, findings);
}

/// No event has the field: the key itself is wrong.
fn nowhere(choreography: &Choreography, part: &Name, lacking: &[(&Event, &Step)]) -> Option<Diagnostic> {
    let (first, _) = lacking.first()?;
    let (key, name) = (shown(&part.text), shown(&choreography.header.name.text));
    let finding = Diagnostic::new(
        &codes::MISSING_KEY_FIELD,
        part.span,
        format!("no event of {name} has a field `{key}`"),
    )
    .label("the key must be a field of every event of the choreography")
    .related(first.header.name.span, format!("`{}`, for one, has none", shown(&first.header.name.text)));
    let common = first.fields.iter().map(|field| field.name.text.as_str()).filter(|field| {
        lacking.iter().all(|(event, _)| event.fields.iter().any(|other| other.name.text == *field))
    });
    Some(match closest(&part.text, common) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(part.span, meant),
        None => finding.help("name a field that all these events have, or add the field to them"),
    })
}

fn missing(
    model: &Model,
    choreography: &Choreography,
    part: &Name,
    event: &Event,
    step: &Step,
    carried: Option<&Field>,
) -> Diagnostic {
    let (key, name) = (shown(&part.text), shown(&event.header.name.text));
    let ty = carried.and_then(|field| model.scalar(&field.ty)).map_or("…", |(scalar, _)| scalar.keyword());
    let message =
        format!("`{name}` lacks the field `{key}`, the key of {}", shown(&choreography.header.name.text));
    Diagnostic::new(&codes::MISSING_KEY_FIELD, step.event.span, message)
        .label(format!("without `{key}`, nobody knows which instance this belongs to"))
        .related(part.span, "the key")
        .related(event.header.name.span, "the event is declared here")
        .help(format!("add `{key}: {ty}` to `{name}`"))
}

fn types(
    model: &Model,
    choreography: &Choreography,
    part: &Name,
    carriers: &[(&Event, &Field)],
    findings: &mut Diagnostics,
) {
    let mut first: Option<(&Event, &Field, Scalar)> = None;
    for (event, field) in carriers {
        // It was not understood; that has been told.
        let Some(ty) = model.behind(&field.ty) else { continue };
        let Some(scalar) = key_scalar(ty).filter(|_| field.default.is_none()) else {
            findings.push(unusable(choreography, part, event, field));
            continue;
        };
        match first {
            None => first = Some((event, field, scalar)),
            Some((other, other_field, expected)) if expected != scalar => {
                findings.push(differs(part, (event, field, scalar), (other, other_field, expected)));
            }
            Some(_) => {}
        }
    }
}

fn unusable(choreography: &Choreography, part: &Name, event: &Event, field: &Field) -> Diagnostic {
    let key = shown(&part.text);
    let message = format!("`{key}` of `{}` cannot be a key", shown(&event.header.name.text));
    let finding = Diagnostic::new(&codes::UNUSABLE_KEY, field.ty_span, message)
        .related(part.span, format!("the key of {}", shown(&choreography.header.name.text)));
    if let Type::Optional(_) = field.ty {
        return finding.label("may be absent").help(format!("remove the `?`: every event names its {key}"));
    }
    if field.default.is_some() {
        let help = format!("remove the default: every event names its {key}");
        return finding.label("where it is absent, the event would belong to another instance").help(help);
    }
    finding.label("values of this type do not tell instances apart").help(
        "a key is a string, uuid, i32, i64, u32, u64 or date, or a named type that stands for one of them",
    )
}

fn differs(
    part: &Name,
    (event, field, scalar): (&Event, &Field, Scalar),
    (other, other_field, expected): (&Event, &Field, Scalar),
) -> Diagnostic {
    let (key, name) = (shown(&part.text), shown(&event.header.name.text));
    let (ours, theirs) = (scalar.keyword(), expected.keyword());
    let other = shown(&other.header.name.text);
    let message = format!("the key `{key}` is a {ours} in `{name}` and a {theirs} in `{other}`");
    Diagnostic::new(&codes::KEY_TYPE_DIFFERS, field.ty_span, message)
        .label(format!("a {ours}"))
        .related(other_field.ty_span, format!("a {theirs}"))
        .related(part.span, "the key, one for all events of the choreography")
        .help(format!("write `{key}: {theirs}` here, or change all the others"))
}

/// The type, if it can be a key.
fn key_scalar(ty: &Type) -> Option<Scalar> {
    let Type::Scalar(scalar, _) = ty else { return None };
    match scalar {
        Scalar::String
        | Scalar::Uuid
        | Scalar::I32
        | Scalar::I64
        | Scalar::U32
        | Scalar::U64
        | Scalar::Date => Some(*scalar),
        Scalar::Bool
        | Scalar::F64
        | Scalar::Decimal
        | Scalar::Bytes
        | Scalar::Timestamp
        | Scalar::Duration => None,
    }
}
