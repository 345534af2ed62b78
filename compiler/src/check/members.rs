//! Fields, values and variants: each name once, and an enum or a union has some.

use rustc_hash::FxHashMap;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Header, Model, Name, TypeKind};
use crate::source::Span;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    for event in model.events.values() {
        distinct("field", &event.header, event.fields.iter().map(|field| &field.name), findings);
    }
    for ty in model.types.values() {
        match &ty.kind {
            TypeKind::Record(fields) => {
                distinct("field", &ty.header, fields.iter().map(|field| &field.name), findings);
            }
            TypeKind::Enum { values, .. } => {
                distinct("value", &ty.header, values.iter().map(|value| &value.name), findings);
                if values.is_empty() {
                    findings.push(empty(&ty.header, "value"));
                }
            }
            TypeKind::Union { variants, .. } => {
                distinct("variant", &ty.header, variants.iter().map(|variant| &variant.name), findings);
                if variants.is_empty() {
                    findings.push(empty(&ty.header, "variant"));
                }
            }
            TypeKind::Alias(_) => {}
        }
    }
}

fn distinct<'m>(
    what: &str,
    owner: &Header,
    names: impl ExactSizeIterator<Item = &'m Name>,
    findings: &mut Diagnostics,
) {
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    seen.reserve(names.len());
    for name in names {
        let Some(first) = seen.get(name.text.as_str()) else {
            seen.insert(&name.text, name.span);
            continue;
        };
        let (owner, text) = (shown(&owner.name.text), shown(&name.text));
        findings.push(
            Diagnostic::new(
                &codes::DUPLICATE_MEMBER,
                name.span,
                format!("`{owner}` has two {what}s called `{text}`"),
            )
            .label("the second")
            .related(*first, "the first")
            .help("give one of the two another name, or remove it"),
        );
    }
}

fn empty(header: &Header, what: &str) -> Diagnostic {
    let name = shown(&header.name.text);
    Diagnostic::new(&codes::EMPTY_ENUM, header.name.span, format!("`{name}` has no {what}s"))
        .label("no event with a field of this type can exist")
        .help(format!("name at least one {what} between the braces"))
}
