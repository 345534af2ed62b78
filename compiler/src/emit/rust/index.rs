//! The index: one module a participant.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::Docs;
use super::scope::ident;
use super::{Style, print};
use crate::model::Model;
use crate::project::stub::Stub;

/// The index and the name of its file.
pub(super) fn index(model: &Model, stubs: &[Stub<'_>], style: Style) -> (&'static str, String) {
    let items = stubs.iter().map(|stub| module(model, stub, style)).collect();
    let name = match style {
        Style::Modules => "mod.rs",
        Style::BuildScript => "chor.rs",
    };
    (name, print::file("services and clients", items))
}

fn module(model: &Model, stub: &Stub<'_>, style: Style) -> TokenStream {
    let header = &model.services[stub.participant].header;
    let kind = if model.services[stub.participant].external { "external" } else { "service" };
    let docs = Docs::of(&header.docs).and(format!("The {kind} `{}`.", header.qualified())).tokens();
    let allowed = allowed();
    let name = ident(&stub.module);
    let file = format!("/{}.rs", stub.module);
    match style {
        Style::Modules => quote!(#docs #allowed #[rustfmt::skip] pub mod #name;),
        Style::BuildScript => {
            quote!(#docs #allowed pub mod #name { include!(concat!(env!("OUT_DIR"), #file)); })
        }
    }
}

/// What the author of a contract, or a program that needs a part of it, may do without a warning from Rust:
/// the generated code itself needs none of it.
fn allowed() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            unreachable_pub,
            clippy::doc_lazy_continuation,
            clippy::doc_markdown,
            clippy::doc_overindented_list_items,
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::struct_excessive_bools,
            clippy::struct_field_names,
            clippy::too_many_lines,
            clippy::wrong_self_convention,
            reason = "names, docs and sizes are the contract's, and few programs use all of it"
        )]
    }
}
