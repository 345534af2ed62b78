//! What is the same on both sides.

use rustc_hash::{FxHashMap, FxHashSet};

use super::read::Types;
use super::snapshot::{Member, NamedType, Shape};

/// The named types that are the same on both sides, with all that they mention.
pub(super) struct Same<'c> {
    types: FxHashSet<&'c str>,
}

impl<'c> Same<'c> {
    pub(super) fn of(old: &'c Types, new: &'c Types) -> Self {
        let mut types: FxHashSet<&str> = old.keys().map(String::as_str).collect();
        let mut mentioned_by: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        let mut changed: Vec<&str> = Vec::new();
        for (name, ty) in old {
            mentions(ty, &mut |other| mentioned_by.entry(other).or_default().push(name));
            if new.get(name) != Some(ty) {
                changed.push(name);
            }
        }
        // What mentions a type that has changed has changed with it.
        while let Some(name) = changed.pop() {
            if types.remove(name) {
                changed.extend(mentioned_by.get(name).into_iter().flatten());
            }
        }
        Self { types }
    }

    /// Nothing is.
    #[cfg(test)]
    pub(super) fn nothing() -> Self {
        Self { types: FxHashSet::default() }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.types.contains(name)
    }

    /// Whether two payloads are.
    pub(super) fn are(&self, fields: &[Member], others: &[Member]) -> bool {
        let mut same = fields == others;
        for field in fields {
            in_shape(&field.shape, &mut |name| same &= self.has(name));
        }
        same
    }
}

fn mentions<'c>(ty: &'c NamedType, found: &mut impl FnMut(&'c str)) {
    match ty {
        NamedType::Alias(shape) => in_shape(shape, found),
        NamedType::Record(fields) => fields.iter().for_each(|field| in_shape(&field.shape, found)),
        NamedType::Enum { .. } => {}
        NamedType::Union { variants, .. } => {
            variants.iter().filter_map(|variant| variant.shape.as_ref()).for_each(|it| in_shape(it, found));
        }
    }
}

fn in_shape<'c>(shape: &'c Shape, found: &mut impl FnMut(&'c str)) {
    match shape {
        Shape::Scalar { .. } => {}
        Shape::Named(name) => found(name),
        Shape::List { of, .. } => in_shape(of, found),
        Shape::Map { keys, of, .. } => {
            in_shape(keys, found);
            in_shape(of, found);
        }
    }
}
