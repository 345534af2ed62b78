//! Defaults: a value of the field's type, within its bounds.

use super::endless::may_be_empty;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, closest, codes};
use crate::model::{
    Bounds, DECIMAL_DIGITS, Decimal, Field, Literal, LiteralKind, Model, Scalar, Type, TypeKind, whole_text,
};

pub(super) fn check(model: &Model, findings: &mut Diagnostics) {
    let records = model.types.values().filter_map(|def| match &def.kind {
        TypeKind::Record(fields) => Some(fields),
        TypeKind::Alias(_) | TypeKind::Enum { .. } | TypeKind::Union { .. } => None,
    });
    for field in model.events.values().map(|event| &event.fields).chain(records).flatten() {
        let Some(default) = &field.default else { continue };
        if let Type::Optional(_) = &field.ty {
            findings.push(optional(field, default));
        } else if let Err(why) = fits(model, &field.ty, default) {
            findings.push(invalid(field, default, why));
        }
    }
}

/// Why a value does not fit, and perhaps what was meant.
struct Misfit {
    why: String,
    meant: Option<String>,
}

impl From<String> for Misfit {
    fn from(why: String) -> Self {
        Self { why, meant: None }
    }
}

impl From<&str> for Misfit {
    fn from(why: &str) -> Self {
        why.to_owned().into()
    }
}

/// Whether the value is one of the type.
fn fits(model: &Model, ty: &Type, default: &Literal) -> Result<(), Misfit> {
    match model.behind(ty) {
        // That it means nothing has been told.
        None | Some(Type::Optional(_)) => Ok(()),
        Some(Type::Scalar(scalar, bounds)) => scalar_fits(*scalar, bounds, default),
        Some(Type::List(_, bounds)) => empty_fits(LiteralKind::EmptyList, "[]", bounds, default),
        Some(Type::Map(_, _, bounds)) => empty_fits(LiteralKind::EmptyMap, "{}", bounds, default),
        Some(Type::Named(id)) => match &model.types[*id].kind {
            TypeKind::Enum { values, .. } => {
                value_fits(values.iter().map(|value| value.name.text.as_str()), default)
            }
            TypeKind::Record(_) => Err("a record has no default".into()),
            TypeKind::Union { .. } => Err("a union has no default".into()),
            TypeKind::Alias(_) => Ok(()),
        },
    }
}

fn value_fits<'m>(values: impl Iterator<Item = &'m str> + Clone, default: &Literal) -> Result<(), Misfit> {
    if default.kind == LiteralKind::Word && values.clone().any(|value| value == default.value) {
        return Ok(());
    }
    let meant = closest(&default.value, values).map(str::to_owned);
    Err(Misfit { why: "not a value of the enum".to_owned(), meant })
}

fn empty_fits(kind: LiteralKind, text: &str, bounds: &Bounds, default: &Literal) -> Result<(), Misfit> {
    if default.kind != kind {
        return Err(Misfit {
            why: format!("the only default here is `{text}`"),
            meant: Some(text.to_owned()),
        });
    }
    if may_be_empty(bounds) { Ok(()) } else { Err("by its `min`, this is never empty".into()) }
}

fn scalar_fits(scalar: Scalar, bounds: &Bounds, default: &Literal) -> Result<(), Misfit> {
    let (kind, text) = (default.kind, default.value.as_str());
    match scalar {
        Scalar::Bool if kind == LiteralKind::Word && matches!(text, "true" | "false") => Ok(()),
        Scalar::Bool => Err("a `bool` is `true` or `false`".into()),
        Scalar::I32 => whole_fits::<i32>(bounds, default),
        Scalar::I64 => whole_fits::<i64>(bounds, default),
        Scalar::U32 => whole_fits::<u32>(bounds, default),
        Scalar::U64 => whole_fits::<u64>(bounds, default),
        Scalar::F64 | Scalar::Decimal if kind != LiteralKind::Number => {
            Err("a number is expected here".into())
        }
        Scalar::Decimal => match Decimal::parse(text) {
            Some(number) => within(&number, bounds),
            None => Err(format!("a `decimal` has at most {DECIMAL_DIGITS} digits").into()),
        },
        Scalar::F64 => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => within(&number, bounds),
            _ => Err("an `f64` cannot hold this number".into()),
        },
        Scalar::String if kind == LiteralKind::Text => text_fits(bounds, text),
        Scalar::String => Err("a text in quotes is expected here".into()),
        Scalar::Bytes | Scalar::Uuid | Scalar::Date | Scalar::Timestamp | Scalar::Duration => {
            Err(format!("a `{}` has no default", scalar.keyword()).into())
        }
    }
}

fn whole_fits<N>(bounds: &Bounds, default: &Literal) -> Result<(), Misfit>
where
    N: std::str::FromStr + TryFrom<i128>,
{
    let number: Option<i128> = default.value.parse().ok();
    match number.filter(|number| default.kind == LiteralKind::Number && N::try_from(*number).is_ok()) {
        Some(number) => within(&number, bounds),
        None => Err("a whole number that the type holds is expected here".into()),
    }
}

fn within<N: PartialOrd + std::str::FromStr>(number: &N, bounds: &Bounds) -> Result<(), Misfit> {
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<N>().ok());
    if bound(&bounds.min).is_some_and(|min| *number < min) {
        return Err("less than its `min`".into());
    }
    if bound(&bounds.max).is_some_and(|max| *number > max) {
        return Err("greater than its `max`".into());
    }
    Ok(())
}

fn text_fits(bounds: &Bounds, text: &str) -> Result<(), Misfit> {
    within(&text.chars().count(), bounds).map_err(|_| "shorter or longer than its bounds allow")?;
    let pattern = bounds.pattern.as_ref();
    // A pattern that is none is told as that.
    let pattern = pattern.and_then(|pattern| whole_text(pattern).ok());
    match pattern {
        Some(pattern) if !pattern.is_match(text) => Err("does not match its `pattern`".into()),
        _ => Ok(()),
    }
}

fn invalid(field: &Field, default: &Literal, misfit: Misfit) -> Diagnostic {
    let message =
        format!("`{}` cannot be the default of `{}`", shown(&default.value), shown(&field.name.text));
    let finding = Diagnostic::new(&codes::INVALID_DEFAULT, default.span, message)
        .label(misfit.why)
        .related(field.ty_span, "the type that it must fit");
    match misfit.meant {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(default.span, meant),
        None => finding.help("write a value that the type allows, or make the field optional with `?`"),
    }
}

fn optional(field: &Field, default: &Literal) -> Diagnostic {
    let message = format!("`{}` is optional and has a default", shown(&field.name.text));
    let both = field.ty_span.to(default.span);
    Diagnostic::new(&codes::DEFAULT_ON_OPTIONAL, both, message)
        .label("absent twice over")
        .help("remove the default, and a reader sees that the field is absent; or remove the `?`, and it sees the default")
        .edit(field.ty_span.at_end().to(default.span), "")
}
