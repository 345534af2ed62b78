//! Types: as Rust writes them, and as the contract does.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::scope::type_ident;
use crate::model::{Bounds, Model, Scalar, Type, TypeId, TypeKind};

impl Module<'_> {
    pub(super) fn rust_type(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Scalar(scalar, _) => self.scalar(*scalar),
            Type::Named(id) => {
                let name = type_ident(&self.model.types[*id].header.name.text);
                quote!(#name)
            }
            Type::List(item, _) => {
                let (vec, item) = (self.scope.prelude("Vec"), self.rust_type(item));
                quote!(#vec<#item>)
            }
            Type::Map(key, value, _) => {
                let (key, value) = (self.rust_type(key), self.rust_type(value));
                quote!(rt::BTreeMap<#key, #value>)
            }
            Type::Optional(inner) => {
                let (option, inner) = (self.scope.prelude("Option"), self.rust_type(inner));
                quote!(#option<#inner>)
            }
        }
    }

    /// The type of what a variant of the union `owner` carries.
    pub(super) fn variant_type(&self, owner: TypeId, ty: &Type) -> TokenStream {
        let inner = self.rust_type(ty);
        if holds(self.model, ty, owner) {
            let boxed = self.scope.prelude("Box");
            quote!(#boxed<#inner>)
        } else {
            inner
        }
    }

    /// The type of a field of `owner`, if that is a record.
    pub(super) fn field_type(&self, owner: Option<TypeId>, ty: &Type) -> TokenStream {
        match (owner, ty) {
            (Some(owner), Type::Optional(inner)) if is_recursive(self.model, owner, ty) => {
                let (option, boxed) = (self.scope.prelude("Option"), self.scope.prelude("Box"));
                let inner = self.rust_type(inner);
                quote!(#option<#boxed<#inner>>)
            }
            _ => self.rust_type(ty),
        }
    }

    fn scalar(&self, scalar: Scalar) -> TokenStream {
        match scalar {
            Scalar::Bool => quote!(bool),
            Scalar::I32 => quote!(i32),
            Scalar::I64 => quote!(i64),
            Scalar::U32 => quote!(u32),
            Scalar::U64 => quote!(u64),
            Scalar::F64 => quote!(f64),
            Scalar::String => self.scope.prelude("String"),
            Scalar::Decimal => quote!(rt::Decimal),
            Scalar::Bytes => quote!(rt::Bytes),
            Scalar::Uuid => quote!(rt::Uuid),
            Scalar::Date => quote!(rt::Date),
            Scalar::Timestamp => quote!(rt::Timestamp),
            Scalar::Duration => quote!(rt::Duration),
        }
    }
}

/// Whether an optional field of `owner` would make it contain itself, and must be boxed.
pub(super) fn is_recursive(model: &Model, owner: TypeId, ty: &Type) -> bool {
    matches!(ty, Type::Optional(_)) && holds(model, ty, owner)
}

/// Whether a value of this type may have one of `owner` inside, other than behind a list's pointer.
fn holds(model: &Model, ty: &Type, owner: TypeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending: Vec<TypeId> = held(ty).into_iter().collect();
    while let Some(id) = pending.pop() {
        if id == owner {
            return true;
        }
        if seen.insert(id) {
            pending.extend(model.types[id].kind.written().into_iter().filter_map(held));
        }
    }
    false
}

/// The enums that are the keys of some map, and must have an order in Rust.
pub(super) fn map_keys(model: &Model) -> BTreeSet<TypeId> {
    let fields = model.events.values().flat_map(|event| &event.fields).map(|field| &field.ty);
    let types = fields.chain(model.types.values().flat_map(|def| def.kind.written()));
    let mut pending: Vec<TypeId> = types.flat_map(Type::parts).filter_map(map_key).collect();
    let mut keys = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if keys.insert(id)
            && let TypeKind::Alias(ty) = &model.types[id].kind
        {
            pending.extend(ty.named());
        }
    }
    keys
}

fn map_key(ty: &Type) -> Option<TypeId> {
    if let Type::Map(key, ..) = ty { key.named().next() } else { None }
}

/// The named type that a value of this type has inside, other than behind the pointer of a list or map.
fn held(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Optional(inner) => held(inner),
        Type::Scalar(..) | Type::List(..) | Type::Map(..) => None,
    }
}

/// The type as the contract writes it: `[Line](min: 1)`.
pub(super) fn chor_type(model: &Model, ty: &Type) -> String {
    match ty {
        Type::Scalar(scalar, bounds) => format!("{}{}", keyword(*scalar), chor_bounds(bounds)),
        Type::Named(id) => model.types[*id].header.name.text.clone(),
        Type::List(item, bounds) => format!("[{}]{}", chor_type(model, item), chor_bounds(bounds)),
        Type::Map(key, value, bounds) => {
            format!("{{{}: {}}}{}", chor_type(model, key), chor_type(model, value), chor_bounds(bounds))
        }
        Type::Optional(inner) => format!("{}?", chor_type(model, inner)),
    }
}

fn chor_bounds(bounds: &Bounds) -> String {
    let pattern = bounds.pattern.as_ref().map(|pattern| format!("{pattern:?}"));
    let parts: Vec<String> = [("min", &bounds.min), ("max", &bounds.max), ("pattern", &pattern)]
        .into_iter()
        .filter_map(|(key, value)| value.as_ref().map(|value| format!("{key}: {value}")))
        .collect();
    if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) }
}

fn keyword(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::I32 => "i32",
        Scalar::I64 => "i64",
        Scalar::U32 => "u32",
        Scalar::U64 => "u64",
        Scalar::F64 => "f64",
        Scalar::Decimal => "decimal",
        Scalar::String => "string",
        Scalar::Bytes => "bytes",
        Scalar::Uuid => "uuid",
        Scalar::Date => "date",
        Scalar::Timestamp => "timestamp",
        Scalar::Duration => "duration",
    }
}
