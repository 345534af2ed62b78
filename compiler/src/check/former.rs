//! Former names: each leads to one thing, and to none that is called so now.

use std::collections::BTreeMap;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Argument, Attribute, Model, Name, TypeKind};
use crate::source::Span;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    events(model, findings);
    for event in model.events.values() {
        members(event.fields.iter().map(|field| (&field.name, field.attributes.as_slice())), findings);
    }
    for def in model.types.values() {
        match &def.kind {
            TypeKind::Record(fields) => {
                members(fields.iter().map(|field| (&field.name, field.attributes.as_slice())), findings);
            }
            TypeKind::Enum { values, .. } => {
                members(values.iter().map(|value| (&value.name, value.attributes.as_slice())), findings);
            }
            TypeKind::Union { variants, .. } => {
                let named = variants.iter().map(|variant| (&variant.name, variant.attributes.as_slice()));
                members(named, findings);
            }
            TypeKind::Alias(_) => {}
        }
    }
}

/// Names of events are known to all namespaces, so each is one event's.
fn events(model: &Model, findings: &mut Diagnostics) {
    let renamed = || {
        let all = model.events.values();
        all.filter(|event| event.header.attributes.iter().any(|attribute| attribute.name.text == "was"))
    };
    if renamed().next().is_none() {
        return;
    }
    let declared = model.events.values().map(|event| (event.header.qualified(), event.header.name.span));
    let mut taken: BTreeMap<String, Span> = declared.collect();
    for event in renamed() {
        for old in Attribute::former_names(&event.header.attributes) {
            claim(&mut taken, event.header.former(&old.value), old, findings);
        }
    }
}

fn members<'m>(
    members: impl Iterator<Item = (&'m Name, &'m [Attribute])> + Clone,
    findings: &mut Diagnostics,
) {
    let mut old = members.clone().flat_map(|(_, attributes)| Attribute::former_names(attributes)).peekable();
    if old.peek().is_none() {
        return;
    }
    let mut taken: BTreeMap<String, Span> = members.map(|(name, _)| (name.text.clone(), name.span)).collect();
    for old in old {
        claim(&mut taken, old.value.clone(), old, findings);
    }
}

/// Takes a former name, which nobody else may have.
fn claim(taken: &mut BTreeMap<String, Span>, name: String, old: &Argument, findings: &mut Diagnostics) {
    if let Some(first) = taken.get(&name) {
        let message = format!("the former name `{}` is taken", shown(&name));
        findings.push(
            Diagnostic::new(&codes::FORMER_NAME_TAKEN, old.span, message)
                .label("a reader could not tell what is meant")
                .related(*first, "taken here")
                .help("remove this `@was`, or give the other another name"),
        );
    } else {
        taken.insert(name, old.span);
    }
}
