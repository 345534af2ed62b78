//! Payloads that lose something on their way, or promise nothing.

use super::names::{all_optional, is_generic};
use super::words::words;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::graph::Usage;
use crate::lint::Lints;
use crate::model::{Arena, Bounds, Event, Field, Header, Model, Scalar, Type, TypeDef, TypeId, TypeKind};
use crate::source::Span;

pub(super) fn check(model: &Model, usage: &Usage, lints: &Lints, findings: &mut Diagnostics) {
    if lints.is_on(&codes::TOO_WIDE) {
        let max = lints.max(&codes::TOO_WIDE);
        let wide = model.events.values().filter(|event| event.fields.len() > max);
        findings.extend(wide.map(|event| too_wide(event, max)));
    }
    if lints.is_on(&codes::OPTIONAL_EVERYTHING) {
        findings.extend(model.events.values().filter_map(promises_nothing));
    }
    if lints.is_on(&codes::CLOSED_ENUM_ON_EVENT) {
        closed_enums(model, usage, findings);
    }
    if lints.is_on(&codes::FLOAT_MONEY) {
        findings.extend(super::fields(model).filter_map(|(_, all, field)| money(model, all, field)));
    }
    if lints.is_on(&codes::INT64_UNSAFE_IN_JS) {
        let aliases = model.types.values().filter_map(alias);
        let fields =
            super::fields(model).map(|(_, _, field)| (field.name.text.as_str(), field.ty_span, &field.ty));
        findings.extend(fields.chain(aliases).filter_map(|(name, span, ty)| unsafe_number(name, span, ty)));
    }
    if lints.is_on(&codes::TIME_WITHOUT_ZONE) {
        findings.extend(super::fields(model).filter_map(|(_, _, field)| time(model, field)));
    }
}

fn too_wide(event: &Event, max: usize) -> Diagnostic {
    let name = shown(&event.header.name.text);
    let count = event.fields.len();
    Diagnostic::new(&codes::TOO_WIDE, event.header.name.span, format!("`{name}` has {count} fields"))
        .label(format!("more than {max}: does every reader need all of them?"))
        .help("gather what belongs together in records, or make several events of it")
}

fn promises_nothing(event: &Event) -> Option<Diagnostic> {
    let name = &event.header.name;
    let optional = all_optional(event).filter(|_| !is_generic(&name.text))?;
    let message = format!("`{}` promises nothing: {optional} of its fields may be absent", shown(&name.text));
    Some(
        Diagnostic::new(&codes::OPTIONAL_EVERYTHING, name.span, message)
            .label("no reader can rely on anything")
            .help("make the fields required that are always there, or an event of each case"),
    )
}

/// Closed enums that reach a reader.
fn closed_enums(model: &Model, usage: &Usage, findings: &mut Diagnostics) {
    let mut first_use: Arena<TypeId, Option<Span>> = model.types.values().map(|_| None).collect();
    let heard = model.events.iter().filter(|(id, _)| !usage.events[*id].consumers().is_empty());
    for (_, event) in heard {
        for field in &event.fields {
            let mut waiting: Vec<TypeId> = field.ty.named().collect();
            while let Some(ty) = waiting.pop() {
                if first_use[ty].is_none() {
                    first_use[ty] = Some(field.ty_span);
                    waiting.extend(model.types[ty].kind.written().into_iter().flat_map(Type::named));
                }
            }
        }
    }
    for (id, ty) in model.types.iter() {
        if let (TypeKind::Enum { open: false, .. }, Some(place)) = (&ty.kind, first_use[id]) {
            findings.push(closed(&ty.header, place));
        }
    }
}

fn closed(header: &Header, place: Span) -> Diagnostic {
    let name = shown(&header.name.text);
    let message = format!("`{name}` can never get another value without breaking a reader");
    Diagnostic::new(&codes::CLOSED_ENUM_ON_EVENT, header.name.span, message)
        .label("closed, and part of an event that is heard")
        .related(place, "here")
        .help("write `open` before it, so that readers must tolerate values that they do not know")
        .edit(header.span.at_start(), "open ")
}

/// What costs something, whatever else is said of it.
const MONEY: &[&str] = &[
    "cents", "cost", "costs", "eur", "euros", "fee", "fees", "gbp", "money", "price", "prices", "revenue",
    "salary", "subtotal", "usd", "vat", "wage", "wages",
];

/// What is money where a currency stands beside it.
const MONEY_WITH_CURRENCY: &[&str] = &["amount", "balance", "discount", "sum", "tax", "total", "value"];

/// What makes a mere number of it.
const NO_MONEY: &[&str] = &[
    "change",
    "count",
    "factor",
    "index",
    "level",
    "percent",
    "percentage",
    "rate",
    "ratio",
    "score",
    "share",
    "weight",
];

fn money(model: &Model, all: &[Field], field: &Field) -> Option<Diagnostic> {
    if !matches!(model.scalar(field.ty.required()), Some((Scalar::F64, _))) {
        return None;
    }
    let words = words(&field.name.text);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&&**word));
    let has_currency =
        || all.iter().any(|other| self::words(&other.name.text).iter().any(|word| word == "currency"));
    let is_money = any(MONEY) || (any(MONEY_WITH_CURRENCY) && has_currency());
    if !is_money || any(NO_MONEY) {
        return None;
    }
    let name = shown(&field.name.text);
    Some(
        Diagnostic::new(&codes::FLOAT_MONEY, field.ty_span, format!("`{name}` is money in an `f64`"))
            .label("0.1 + 0.2 is not 0.3 in it")
            .help("use `decimal`, which is exact, or a whole number of the smallest unit"),
    )
}

/// The greatest whole number up to which a JavaScript number holds every one.
const SAFE: i128 = 9_007_199_254_740_991;

fn alias(ty: &TypeDef) -> Option<(&str, Span, &Type)> {
    match &ty.kind {
        TypeKind::Alias(written) => Some((ty.header.name.text.as_str(), ty.header.name.span, written)),
        _ => None,
    }
}

fn unsafe_number(name: &str, place: Span, ty: &Type) -> Option<Diagnostic> {
    let unsafe_part = |part: &&Type| match part {
        Type::Scalar(Scalar::U64, bounds) => !within(bounds.max.as_ref(), SAFE),
        Type::Scalar(Scalar::I64, bounds) => {
            !(within(bounds.max.as_ref(), SAFE) && within(bounds.min.as_ref(), SAFE))
        }
        _ => false,
    };
    let Some(Type::Scalar(scalar, bounds)) = ty.parts().find(unsafe_part) else { return None };
    let name = shown(name);
    let message = format!("`{name}` may hold numbers that JavaScript rounds");
    Some(
        Diagnostic::new(&codes::INT64_UNSAFE_IN_JS, place, message)
            .label(format!("beyond {SAFE}, two numbers become one there"))
            .help(bounded(*scalar, bounds)),
    )
}

fn within(bound: Option<&String>, most: i128) -> bool {
    bound.and_then(|bound| bound.parse::<i128>().ok()).is_some_and(|bound| bound.abs() <= most)
}

fn bounded(scalar: Scalar, bounds: &Bounds) -> String {
    let word = scalar.keyword();
    let min = match (scalar, &bounds.min) {
        (Scalar::I64, Some(min)) if within(Some(min), SAFE) => format!("min: {min}, "),
        (Scalar::I64, _) => format!("min: -{SAFE}, "),
        _ => String::new(),
    };
    format!("bound it, `{word}({min}max: {SAFE})`, or use `decimal`, which is a string on the wire")
}

/// What happens at a time, not at a place.
const HAPPENS: &[&str] = &[
    "approved",
    "cancelled",
    "canceled",
    "completed",
    "confirmed",
    "created",
    "deleted",
    "ended",
    "expired",
    "expires",
    "finished",
    "issued",
    "modified",
    "published",
    "registered",
    "requested",
    "scheduled",
    "started",
    "updated",
];

fn time(model: &Model, field: &Field) -> Option<Diagnostic> {
    let words = words(&field.name.text);
    let names_a_time = match words.as_slice() {
        [.., word] if ["datetime", "timestamp"].contains(&&**word) => true,
        [.., word, at] => at == "at" && HAPPENS.contains(&&**word),
        _ => false,
    };
    let (scalar, bounds) = model.scalar(field.ty.required()).filter(|_| names_a_time)?;
    let label = match scalar {
        // A pattern says how it is written, the zone with it.
        Scalar::String if bounds.pattern.is_none() => "a string may hold any time, in any zone or none",
        Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64 | Scalar::F64 => {
            "a number says neither its unit nor from when it counts"
        }
        _ => return None,
    };
    let name = shown(&field.name.text);
    Some(
        Diagnostic::new(
            &codes::TIME_WITHOUT_ZONE,
            field.ty_span,
            format!("nobody knows the zone of `{name}`"),
        )
        .label(label)
        .help("use `timestamp`, which is in UTC, or `date` where no time of day is meant"),
    )
}
