//! Defaults: the functions that serde calls where a field is absent.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Module;
use super::literals::{decimal, float, integer};
use super::payload::Structure;
use super::scope::{ident, type_ident};
use crate::model::{Field, Literal, Scalar, Type, TypeKind};
use crate::project::stub::names::{field_name, type_name};

impl Module<'_> {
    /// The functions for the defaults of a payload or record, where there are any.
    pub(super) fn defaults(&self, structure: &Structure<'_>) -> Option<TokenStream> {
        let functions: Vec<_> =
            structure.fields.iter().filter_map(|(field, _)| self.default_function(field)).collect();
        let name = &structure.name;
        (!functions.is_empty()).then(|| quote!(impl #name { #(#functions)* }))
    }

    fn default_function(&self, field: &Field) -> Option<TokenStream> {
        let value = self.literal(&field.ty, field.default.as_ref()?)?;
        let (name, ty) = (function(field), self.rust_type(&field.ty));
        Some(quote!(fn #name() -> #ty { #value }))
    }

    /// What serde must be told of the default of a field of this type.
    pub(super) fn default_attribute(&self, owner: &Ident, field: &Field) -> Option<TokenStream> {
        let default = field.default.as_ref()?;
        if self.literal(&field.ty, default).is_none() {
            // What is empty.
            return Some(quote!(default));
        }
        let path = format!("{owner}::{}", function(field));
        Some(quote!(default = #path))
    }

    /// The value in Rust; `None`: what is empty.
    fn literal(&self, ty: &Type, literal: &Literal) -> Option<TokenStream> {
        let text = literal.value.as_str();
        match self.model.behind(ty)? {
            Type::Scalar(scalar, _) => match scalar {
                Scalar::F64 => float(text),
                Scalar::Decimal => decimal(text),
                Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64 => integer(text),
                Scalar::String => (!text.is_empty()).then(|| quote!(#text.to_owned())),
                Scalar::Bool => Some(if text == "true" { quote!(true) } else { quote!(false) }),
                // These have none.
                Scalar::Bytes | Scalar::Uuid | Scalar::Date | Scalar::Timestamp | Scalar::Duration => None,
            },
            Type::Named(id) => match &self.model.types[*id].kind {
                TypeKind::Enum { .. } => {
                    let name = type_ident(&self.model.types[*id].header.name.text);
                    let value = ident(&type_name(text));
                    Some(quote!(#name::#value))
                }
                TypeKind::Alias(_) | TypeKind::Record(_) | TypeKind::Union { .. } => None,
            },
            Type::List(..) | Type::Map(..) | Type::Optional(_) => None,
        }
    }
}

fn function(field: &Field) -> Ident {
    format_ident!("default_{}", field_name(&field.name.text))
}
