//! The keys of maps: texts in JSON, so their types must be texts with one spelling a value.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Field, Model, Scalar, Type, TypeKind};
use crate::source::Span;

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    let fields = |fields: &[Field], findings: &mut Diagnostics| {
        for field in fields {
            keys(model, &field.ty, field.ty_span, findings);
        }
    };
    for event in model.events.values() {
        fields(&event.fields, findings);
    }
    for def in model.types.values() {
        match &def.kind {
            TypeKind::Alias(ty) => keys(model, ty, def.header.span, findings),
            TypeKind::Record(list) => fields(list, findings),
            TypeKind::Union { variants, .. } => {
                for variant in variants {
                    variant.ty.iter().for_each(|ty| keys(model, ty, variant.span, findings));
                }
            }
            TypeKind::Enum { .. } => {}
        }
    }
}

/// The maps that are written in this type.
fn keys(model: &Model, ty: &Type, span: Span, findings: &mut Diagnostics) {
    for part in ty.parts() {
        if let Type::Map(key, ..) = part
            && !can_be_key(model, key)
        {
            findings.push(unusable(model, key, span));
        }
    }
}

fn can_be_key(model: &Model, key: &Type) -> bool {
    match model.behind(key) {
        // That it means nothing has been told.
        None => true,
        Some(Type::Scalar(scalar, _)) => matches!(scalar, Scalar::String | Scalar::Uuid | Scalar::Date),
        Some(Type::Named(id)) => matches!(model.types[*id].kind, TypeKind::Enum { .. }),
        Some(Type::List(..) | Type::Map(..) | Type::Optional(_)) => false,
    }
}

fn unusable(model: &Model, key: &Type, span: Span) -> Diagnostic {
    let what = match key {
        Type::Scalar(scalar, _) => format!("a `{}`", scalar.keyword()),
        Type::Named(id) => format!("a `{}`", shown(&model.types[*id].header.name.text)),
        Type::List(..) => "a list".to_owned(),
        Type::Map(..) | Type::Optional(_) => "a map".to_owned(),
    };
    Diagnostic::new(&codes::UNUSABLE_MAP_KEY, span, format!("{what} cannot be the key of a map"))
        .label("in JSON, the keys of an object are texts")
        .help("a key is a string, uuid, date or enum, or a named type that stands for one of them; for other keys, use a list of records with a key and a value")
}
