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

use crate::diag::Diagnostics;
use crate::graph::Usage;
use crate::lint::Options;
use crate::model::{Field, Header, Model, TypeKind};

/// Runs those rules that are on.
pub(super) fn check(model: &Model, usage: &Usage, options: &Options, findings: &mut Diagnostics) {
    let lints = &options.lints;
    names::check(model, lints, findings);
    docs::check(model, lints, findings);
    payload::check(model, usage, lints, findings);
    personal::check(model, usage, lints, findings);
    shape::check(model, usage, lints, findings);
    size::check(model, lints, findings);
    lifecycle::check(model, usage, lints, options.today, findings);
}

/// Every field of an event or a record, with what it is part of.
fn fields(model: &Model) -> impl Iterator<Item = (&Header, &[Field], &Field)> {
    let events = model.events.values().map(|event| (&event.header, event.fields.as_slice()));
    let records = model.types.values().filter_map(|ty| match &ty.kind {
        TypeKind::Record(fields) => Some((&ty.header, fields.as_slice())),
        _ => None,
    });
    events.chain(records).flat_map(|(header, fields)| fields.iter().map(move |field| (header, fields, field)))
}
