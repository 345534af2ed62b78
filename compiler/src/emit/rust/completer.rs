//! What hands in the answers that a service has put off.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Module;
use super::docs::Docs;
use super::scope::ident;
use crate::model::{Scalar, Type};
use crate::project::stub::Method;
use crate::project::stub::names::field_name;

impl Module<'_> {
    /// `struct Completer` and its methods, where the service has anything to answer.
    pub(super) fn completer(&self) -> Vec<TokenStream> {
        let methods: Vec<_> = (0_u32..)
            .zip(&self.stub.methods)
            .filter_map(|(number, method)| self.complete(number, method))
            .collect();
        if methods.is_empty() {
            return Vec::new();
        }
        let name = self.name();
        let docs = Docs::new(format!(
            "Hands in the answers that `{name}` has put off, each once: a method puts its answer off with `return Err(cx.later())`."
        ))
        .tokens();
        let new = Docs::new("The instances are in this store.").tokens();
        vec![
            quote!(#docs #[derive(Clone, Debug)] pub struct Completer(rt::Completer);),
            quote! {
                impl Completer {
                    #new
                    #[must_use]
                    pub fn new(store: &rt::Store) -> Self { Self(rt::Completer::new(store, #name, MACHINES)) }
                    #(#methods)*
                }
            },
        ]
    }

    fn complete(&self, number: u32, method: &Method<'_>) -> Option<TokenStream> {
        let complete = method.complete_name()?;
        let answer = self.answer_type(&method.answer);
        let docs = Docs::new(format!(
            "Answers what [`{0}::{1}`] has put off.",
            self.stub.trait_name(self.model),
            method.name
        ))
        .and("# Errors")
        .and("The answer is not awaited (any more), is not valid, or the store cannot take it.")
        .tokens();
        let choreography = &self.model.choreographies[method.choreography];
        let (qualified, number) = (choreography.header.qualified(), Literal::u32_unsuffixed(number));
        let keys: Vec<_> = choreography.key.iter().map(|part| ident(&field_name(&part.text))).collect();
        let types = choreography.key.iter().map(|part| self.key_type(method, &part.text));
        let (complete, result) = (ident(&complete), self.scope.prelude("Result"));
        let emit = self.emit(&method.answer, &quote!(answer), method.choreography);
        Some(quote! {
            #docs
            pub async fn #complete(&self, #(#keys: #types,)* answer: &#answer) -> #result<(), rt::CompleteError> {
                let mut out = rt::Emissions::new();
                #emit
                self.0.complete(#qualified, &[#(&#keys),*], #number, out).await
            }
        })
    }

    /// A reference to a field of the key, as the events of the choreography have it.
    fn key_type(&self, method: &Method<'_>, key: &str) -> TokenStream {
        let steps = self.model.choreographies[method.choreography].steps.values();
        let own =
            steps.filter(|step| self.stub.payloads.iter().any(|payload| payload.event == step.event.id));
        let mut fields = own.flat_map(|step| &self.model.events[step.event.id].fields);
        match fields.find(|field| field.name.text == key).map(|field| &field.ty) {
            Some(ty) if !self.is_text(ty) => {
                let ty = self.rust_type(ty);
                quote!(&#ty)
            }
            _ => quote!(&str),
        }
    }

    /// Whether Rust holds it in a `String`.
    fn is_text(&self, ty: &Type) -> bool {
        matches!(self.model.scalar(ty), Some((Scalar::String, _)))
    }
}
