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
    let docs = Docs::of(&header.docs).and(format!("`{}`.", header.name.text)).tokens();
    let name = ident(&stub.module);
    let file = format!("/{}.rs", stub.module);
    match style {
        Style::Modules => quote!(#docs #[rustfmt::skip] pub mod #name;),
        Style::BuildScript => {
            quote!(#docs pub mod #name { include!(concat!(env!("OUT_DIR"), #file)); })
        }
    }
}
