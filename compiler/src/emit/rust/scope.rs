//! Identifiers, and the names that stay free for them.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::Model;
use crate::project::stub::Stub;
use crate::project::stub::names::type_name;

/// What Rust 2024 keeps for itself and lends as raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The types that one generated module declares.
///
/// They may be called as the prelude's are (`event Option`); those are then written with their whole path.
pub(super) struct Scope {
    declared: BTreeSet<String>,
}

impl Scope {
    pub(super) fn new(model: &Model, stub: &Stub<'_>) -> Self {
        let declared = stub.declared_types(model).into_iter().map(|(name, _)| name).collect();
        Self { declared }
    }

    /// A name of the prelude: `Option`.
    pub(super) fn prelude(&self, name: &'static str) -> TokenStream {
        let ident = ident(name);
        if !self.declared.contains(name) {
            return quote!(#ident);
        }
        let module = match name {
            "Box" => quote!(::std::boxed),
            "From" | "Into" => quote!(::core::convert),
            "Option" => quote!(::core::option),
            "Result" => quote!(::core::result),
            "Send" | "Sync" => quote!(::core::marker),
            "String" => quote!(::std::string),
            _ => quote!(::std::vec),
        };
        quote!(#module::#ident)
    }

    /// A name for something that nobody outside the module sees. No declared name but
    /// `Self_` ends in an underscore.
    pub(super) fn private(&self, name: &str) -> Ident {
        if self.declared.contains(name) { ident(&format!("{name}_")) } else { ident(name) }
    }
}

/// The identifier of this name, raw where it must be.
pub(super) fn ident(name: &str) -> Ident {
    if KEYWORDS.contains(&name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// The type of this declared name.
pub(super) fn type_ident(name: &str) -> Ident {
    ident(&type_name(name))
}
