//! Types of which no value can end: every value would hold another that cannot.

use crate::model::{Arena, Bounds, Model, Type, TypeDef, TypeId, TypeKind};

/// Whether a type has no value that ends. Counted from the types that hold no other, so chains may be long.
pub(super) fn endless(model: &Model) -> Arena<TypeId, bool> {
    let mut holders: Arena<TypeId, Vec<TypeId>> = model.types.values().map(|_| Vec::new()).collect();
    for (id, def) in model.types.iter() {
        for held in held(def) {
            holders[held].push(id);
        }
    }
    let mut waiting: Arena<TypeId, usize> = model.types.values().map(waits_for).collect();
    let mut ending: Vec<TypeId> = waiting.iter().filter(|(_, left)| **left == 0).map(|(id, _)| id).collect();
    while let Some(id) = ending.pop() {
        for holder in std::mem::take(&mut holders[id]) {
            let left = &mut waiting[holder];
            if *left == 1 {
                ending.push(holder);
            }
            *left = left.saturating_sub(1);
        }
    }
    waiting.values().map(|left| *left > 0).collect()
}

/// The types that a value of this type holds; of a union, the types of which it holds one.
pub(super) fn held(def: &TypeDef) -> Vec<TypeId> {
    def.kind.written().into_iter().filter_map(held_by_value).collect()
}

/// How many of the held types must have an end: of a union, one.
fn waits_for(def: &TypeDef) -> usize {
    let held = held(def).len();
    match &def.kind {
        TypeKind::Union { variants, .. } => usize::from(held == variants.len()),
        TypeKind::Alias(_) | TypeKind::Record(_) | TypeKind::Enum { .. } => held,
    }
}

/// The named type of which every value of this type holds one. What may be absent or empty holds none.
pub(super) fn held_by_value(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::List(inner, bounds) | Type::Map(_, inner, bounds) if !may_be_empty(bounds) => {
            held_by_value(inner)
        }
        Type::Scalar(..) | Type::List(..) | Type::Map(..) | Type::Optional(_) => None,
    }
}

/// Whether the bounds of a list or map let it be empty.
pub(super) fn may_be_empty(bounds: &Bounds) -> bool {
    bounds.min.as_ref().is_none_or(|min| min.bytes().all(|digit| digit == b'0'))
}
