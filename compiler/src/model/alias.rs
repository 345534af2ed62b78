//! What stands behind aliases, however many of them there are.

use super::{Arena, Bounds, Model, Scalar, Type, TypeDef, TypeId, TypeKind};

impl Model {
    /// A type without its aliases: one of the language, or a record, enum or union by its name. `None`: it was not
    /// understood, or its aliases go in a circle; that has been told.
    pub fn behind<'m>(&'m self, ty: &'m Type) -> Option<&'m Type> {
        let written = match ty {
            Type::Named(id) if matches!(self.types[*id].kind, TypeKind::Alias(_)) => {
                let TypeKind::Alias(written) = &self.types[self.last_aliases[*id]?].kind else { return None };
                written
            }
            ty => ty,
        };
        match written {
            Type::Named(id) if !self.types[*id].header.complete => None,
            written => Some(written),
        }
    }

    /// The type of the language that a type is behind its aliases, with the bounds that it has there.
    pub fn scalar<'m>(&'m self, ty: &'m Type) -> Option<(Scalar, &'m Bounds)> {
        match self.behind(ty)? {
            Type::Scalar(scalar, bounds) => Some((*scalar, bounds)),
            _ => None,
        }
    }
}

/// For each alias the one with which its chain ends; `None`: it goes in a circle. Each alias is passed once: a chain may
/// be as long as a file, and asked for by every field.
pub(super) fn last_aliases(types: &Arena<TypeId, TypeDef>) -> Arena<TypeId, Option<TypeId>> {
    let mut last: Arena<TypeId, Option<TypeId>> = types.values().map(|_| None).collect();
    let mut passed: Arena<TypeId, bool> = types.values().map(|_| false).collect();
    for start in types.ids() {
        let (mut chain, mut here) = (Vec::new(), start);
        let end = loop {
            if passed[here] {
                break last[here];
            }
            passed[here] = true;
            chain.push(here);
            match next(types, here) {
                Some(next) => here = next,
                None => break Some(here),
            }
        };
        for alias in chain {
            last[alias] = end;
        }
    }
    last
}

/// The alias that an alias stands for.
fn next(types: &Arena<TypeId, TypeDef>, id: TypeId) -> Option<TypeId> {
    let TypeKind::Alias(Type::Named(next)) = &types[id].kind else { return None };
    matches!(types[*next].kind, TypeKind::Alias(_)).then_some(*next)
}
