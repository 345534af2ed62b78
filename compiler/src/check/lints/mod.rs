//! Rules about style and shape: what works, and may still be unwise.
//!
//! A rule that is off costs nothing: it does not run. A rule that is on is silent where it is not sure: a finding that is
//! wrong costs more trust than one that is missing.

mod docs;
pub(super) mod flow;
mod lifecycle;
mod names;
mod payload;
mod personal;
mod shape;
mod size;
mod words;

use super::UseFamily;
use crate::model::{Field, Header, Model, TypeKind};

/// Those that need no more than what is declared and used.
pub(super) const FAMILIES: [UseFamily; 7] = [
    |it, findings| names::check(it.model, &it.options.lints, findings),
    |it, findings| docs::check(it.model, &it.options.lints, findings),
    |it, findings| payload::check(it.model, it.usage, &it.options.lints, findings),
    |it, findings| personal::check(it.model, it.usage, &it.options.lints, findings),
    |it, findings| shape::check(it.model, it.usage, &it.options.lints, findings),
    |it, findings| size::check(it.model, &it.options.lints, findings),
    |it, findings| lifecycle::check(it.model, it.usage, &it.options.lints, it.options.today, findings),
];

/// Every field of an event or a record, with what it is part of.
fn fields(model: &Model) -> impl Iterator<Item = (&Header, &[Field], &Field)> {
    let events = model.events.values().map(|event| (&event.header, event.fields.as_slice()));
    let records = model.types.values().filter_map(|ty| match &ty.kind {
        TypeKind::Record(fields) => Some((&ty.header, fields.as_slice())),
        _ => None,
    });
    events.chain(records).flat_map(|(header, fields)| fields.iter().map(move |field| (header, fields, field)))
}
