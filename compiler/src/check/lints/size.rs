//! How large an event may become.

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::lint::Lints;
use crate::model::{Arena, Bounds, Event, Field, Model, Scalar, Type, TypeId, TypeKind};

/// What a text, a list or a map without a bound is taken to hold: more cannot be said of it.
const UNBOUNDED_TEXT: u64 = 64;
const UNBOUNDED_LIST: u64 = 10;
/// A letter takes up to so many bytes in UTF-8.
const LETTER: u64 = 4;
/// Quotes or brackets, colon or comma.
const AROUND: u64 = 4;

pub(super) fn check(model: &Model, lints: &Lints, findings: &mut Diagnostics) {
    if !lints.is_on(&codes::TOO_LARGE) {
        return;
    }
    let max = lints.max(&codes::TOO_LARGE);
    let sizes = Sizes::of(model);
    for event in model.events.values() {
        let kibibytes = usize::try_from(sizes.fields(&event.fields).div_ceil(1024)).unwrap_or(usize::MAX);
        if kibibytes > max {
            findings.push(too_large(event, &sizes, kibibytes, max));
        }
    }
}

fn too_large(event: &Event, sizes: &Sizes, kibibytes: usize, max: usize) -> Diagnostic {
    let name = &event.header.name;
    let message = format!("`{}` may take {kibibytes} KiB", shown(&name.text));
    let finding = Diagnostic::new(&codes::TOO_LARGE, name.span, message)
        .label(format!("more than {max} KiB, which not every transport carries"));
    let largest = event.fields.iter().max_by_key(|field| sizes.ty(&field.ty));
    let finding = match largest {
        Some(field) => finding.related(field.ty_span, "most of it is this"),
        None => finding,
    };
    finding.help("bound it more narrowly, or put what is large elsewhere and say in the event where it is")
}

/// The size of what the bounds allow, as JSON in bytes.
struct Sizes {
    types: Arena<TypeId, u64>,
}

impl Sizes {
    /// Works out each type behind those that it mentions, with a path of its own: chains may be long. What may contain
    /// itself counts once.
    fn of(model: &Model) -> Self {
        let mut sizes = Self { types: model.types.values().map(|_| 0).collect() };
        let mut entered: Arena<TypeId, bool> = model.types.values().map(|_| false).collect();
        let mut waiting: Vec<(TypeId, bool)> = model.types.ids().map(|id| (id, false)).collect();
        while let Some((id, ready)) = waiting.pop() {
            let kind = &model.types[id].kind;
            if ready {
                sizes.types[id] = sizes.named(kind);
            } else if !std::mem::replace(&mut entered[id], true) {
                waiting.push((id, true));
                waiting.extend(kind.written().into_iter().flat_map(Type::named).map(|id| (id, false)));
            }
        }
        sizes
    }

    fn fields(&self, fields: &[Field]) -> u64 {
        fields.iter().fold(0, |sum: u64, field| {
            let name = u64::try_from(field.name.text.len()).unwrap_or(u64::MAX);
            sum.saturating_add(name.saturating_add(AROUND)).saturating_add(self.ty(&field.ty))
        })
    }

    fn ty(&self, ty: &Type) -> u64 {
        let times = |bounds: &Bounds| most(bounds).unwrap_or(UNBOUNDED_LIST);
        match ty {
            Type::Scalar(scalar, bounds) => of_scalar(*scalar, bounds),
            Type::Named(id) => self.types[*id],
            Type::Optional(inner) => self.ty(inner),
            Type::List(inner, bounds) => self.ty(inner).saturating_add(1).saturating_mul(times(bounds)),
            Type::Map(key, value, bounds) => {
                let entry = self.ty(key).saturating_add(self.ty(value)).saturating_add(AROUND);
                entry.saturating_mul(times(bounds))
            }
        }
    }

    fn named(&self, kind: &TypeKind) -> u64 {
        match kind {
            TypeKind::Alias(ty) => self.ty(ty),
            TypeKind::Record(fields) => self.fields(fields),
            TypeKind::Enum { .. } => UNBOUNDED_TEXT,
            TypeKind::Union { variants, .. } => {
                let sizes = variants.iter().map(|variant| variant.ty.as_ref().map_or(0, |ty| self.ty(ty)));
                sizes.max().unwrap_or_default().saturating_add(UNBOUNDED_TEXT)
            }
        }
    }
}

fn of_scalar(scalar: Scalar, bounds: &Bounds) -> u64 {
    match scalar {
        Scalar::Bool => 5,
        Scalar::I32 | Scalar::U32 => 11,
        Scalar::I64 | Scalar::U64 | Scalar::F64 | Scalar::Decimal => 24,
        Scalar::String => most(bounds).unwrap_or(UNBOUNDED_TEXT).saturating_mul(LETTER),
        // Three bytes become four letters.
        Scalar::Bytes => (most(bounds).unwrap_or(UNBOUNDED_TEXT) / 3).saturating_add(1).saturating_mul(4),
        Scalar::Uuid | Scalar::Date | Scalar::Timestamp | Scalar::Duration => 38,
    }
}

/// The greatest length that the bounds allow.
fn most(bounds: &Bounds) -> Option<u64> {
    bounds.max.as_ref().map(|max| max.parse().unwrap_or(u64::MAX))
}
