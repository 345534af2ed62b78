//! Names that generated code can carry.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Field, Header, Model, Name, TypeKind};

/// Longer names make no readable code.
const LONGEST: usize = 100;

/// Words that Rust never takes as a name, not even as a raw one. In any case: `Self` is also a module `self`.
const TAKEN: [&str; 3] = ["self", "super", "crate"];

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    for service in model.services.values() {
        header(&service.header, findings);
    }
    for event in model.events.values() {
        header(&event.header, findings);
        fields(&event.fields, findings);
    }
    for ty in model.types.values() {
        header(&ty.header, findings);
        match &ty.kind {
            TypeKind::Record(list) => fields(list, findings),
            TypeKind::Enum { values, .. } => {
                for value in values {
                    name(&value.name, findings);
                }
            }
            TypeKind::Union { variants, .. } => {
                for variant in variants {
                    name(&variant.name, findings);
                }
            }
            TypeKind::Alias(_) => {}
        }
    }
    for choreography in model.choreographies.values() {
        header(&choreography.header, findings);
        for step in choreography.steps.values() {
            if let Some(label) = &step.label {
                name(label, findings);
            }
        }
    }
}

fn header(header: &Header, findings: &mut Diagnostics) {
    name(&header.name, findings);
}

fn fields(fields: &[Field], findings: &mut Diagnostics) {
    for field in fields {
        name(&field.name, findings);
    }
}

fn name(name: &Name, findings: &mut Diagnostics) {
    let text = name.text.as_str();
    let (label, help) = if text.len() > LONGEST {
        (format!("{} characters long", text.len()), format!("shorten it to {LONGEST} characters or fewer"))
    } else if TAKEN.iter().any(|taken| text.eq_ignore_ascii_case(taken)) {
        ("a word that Rust keeps for itself".to_owned(), "choose another name".to_owned())
    } else if !text.trim_start_matches('_').starts_with(|first: char| first.is_ascii_alphabetic()) {
        ("no letter at its start".to_owned(), "begin the name with a letter".to_owned())
    } else {
        return;
    };
    let message = format!("generated code cannot use the name `{}`", shown(text));
    findings.push(Diagnostic::new(&codes::UNUSABLE_NAME, name.span, message).label(label).help(help));
}
