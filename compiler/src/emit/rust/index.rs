//! The index: one module a participant.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs::Docs;
use super::scope::ident;
use super::{Style, print};
use crate::model::Model;
use crate::project::stub::Stub;

/// The index and the name of its file.
pub(super) fn index(model: &Model, stubs: &[Stub<'_>], style: Style) -> (&'static str, String) {
    let what = "services and clients";
    match style {
        Style::Modules => {
            let allowed = allowed();
            let modules = stubs.iter().map(|stub| {
                let (docs, name) = named(model, stub);
                quote!(#docs #[rustfmt::skip] pub mod #name;)
            });
            let items = std::iter::once(quote!(#![#allowed])).chain(modules).collect();
            ("mod.rs", print::file(what, items))
        }
        // What is included has no attributes of its own, so each module has them.
        Style::BuildScript => {
            let allowed = allowed();
            let modules = stubs.iter().map(|stub| {
                let ((docs, name), file) = (named(model, stub), format!("/{}.rs", stub.module));
                quote!(#docs #[#allowed] pub mod #name { include!(concat!(env!("OUT_DIR"), #file)); })
            });
            ("chor.rs", print::file(what, modules.collect()))
        }
    }
}

/// The docs and the name of a module.
fn named(model: &Model, stub: &Stub<'_>) -> (TokenStream, Ident) {
    let service = &model.services[stub.participant];
    let kind = if service.external { "external" } else { "service" };
    let docs = Docs::of(&service.header.docs).and(format!("The {kind} `{}`.", service.header.qualified()));
    (docs.tokens(), ident(&stub.module))
}

/// What the author of a contract, or a program that needs a part of it, may do without a warning from Rust:
/// the generated code itself needs none of it.
fn allowed() -> TokenStream {
    quote! {
        allow(
            dead_code,
            unreachable_pub,
            clippy::doc_lazy_continuation,
            clippy::doc_markdown,
            clippy::doc_overindented_list_items,
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::similar_names,
            clippy::struct_excessive_bools,
            clippy::struct_field_names,
            clippy::too_many_lines,
            clippy::wrong_self_convention,
            reason = "names, docs and sizes are the contract's, and few programs use all of it"
        )
    }
}
