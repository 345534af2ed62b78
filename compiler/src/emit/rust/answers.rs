//! The types that a method answers with, and how an answer becomes emissions.

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::{Docs, list};
use super::scope::{ident, type_ident};
use crate::model::{ChoreographyId, EventId};
use crate::project::stub::names::field_name;
use crate::project::stub::{Answer, AnswerType, Event, Shape, Variant};

/// Derive macros of the prelude, which a link would be taken for.
const DERIVES: [&str; 9] =
    ["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

impl Module<'_> {
    /// The type that a method returns.
    pub(super) fn answer_type(&self, answer: &Answer) -> TokenStream {
        match answer {
            Answer::Nothing => quote!(()),
            Answer::Event(event) => {
                let name = self.event_type(*event);
                quote!(#name)
            }
            Answer::Type(ty) => {
                let name = ident(&ty.name);
                quote!(#name)
            }
        }
    }

    /// The types that are made for an answer, each with its conversions.
    pub(super) fn answer_types(&self, answer: &Answer, what: &str) -> Vec<TokenStream> {
        let mut items = Vec::new();
        for (index, ty) in answer.types().into_iter().enumerate() {
            let docs = if index == 0 { what } else { "What comes after that." };
            items.push(self.answer_definition(ty, docs));
            items.extend(self.conversions(ty));
        }
        items
    }

    /// How the types that are made for an answer become emissions.
    pub(super) fn emissions(&self, answer: &Answer, choreography: ChoreographyId) -> Vec<TokenStream> {
        answer.types().into_iter().map(|ty| self.emission(ty, choreography)).collect()
    }

    /// What emits an `answer`, given as a reference, into `out`.
    pub(super) fn emit(
        &self,
        answer: &Answer,
        reference: &TokenStream,
        choreography: ChoreographyId,
    ) -> TokenStream {
        match answer {
            Answer::Nothing => quote!(),
            Answer::Event(_) => {
                let push = self.push(&quote!(answer), reference, choreography);
                quote!(#push?;)
            }
            Answer::Type(_) => quote!(answer.emit(&mut out)?;),
        }
    }

    /// Adds what may be answered: "Answer with `A` or `B`."
    pub(super) fn answer_docs(&self, docs: Docs, answer: &Answer) -> Docs {
        match answer {
            Answer::Nothing => docs.and("Nothing is emitted here."),
            Answer::Event(event) => docs.and(format!("Answer with {}.", self.link(*event))),
            Answer::Type(ty) => match &ty.shape {
                Shape::Run(events, then) => {
                    docs.and(format!("Answer with {}.", self.run_sentence(events, then.is_some())))
                }
                Shape::Choice(variants) => self.choice_docs(docs, variants),
            },
        }
    }

    fn choice_docs(&self, docs: Docs, variants: &[Variant]) -> Docs {
        let ways: Vec<_> = variants
            .iter()
            .map(|variant| self.run_sentence(&variant.events, variant.then.is_some()))
            .collect();
        if variants.iter().all(|variant| variant.events.len() == 1 && variant.then.is_none()) {
            docs.and(format!("Answer with {}.", list(&ways, "or")))
        } else {
            docs.and("Answer with one of").items(&ways)
        }
    }

    /// "`A`, then `B`, then one of several"
    fn run_sentence(&self, events: &[Event], more: bool) -> String {
        let links = events.iter().map(|event| self.link(event.event));
        links.chain(more.then(|| "one of several".to_owned())).collect::<Vec<_>>().join(", then ")
    }

    /// The event as a link to its type.
    pub(super) fn link(&self, event: EventId) -> String {
        let name = self.event_type(event).to_string();
        if DERIVES.contains(&name.as_str()) {
            format!("[`{name}`](struct@{name})")
        } else {
            format!("[`{name}`]")
        }
    }

    pub(super) fn event_type(&self, event: EventId) -> proc_macro2::Ident {
        type_ident(&self.model.events[event].header.name.text)
    }

    fn answer_definition(&self, ty: &AnswerType, what: &str) -> TokenStream {
        let (name, docs) = (ident(&ty.name), Docs::new(what).tokens());
        match &ty.shape {
            Shape::Run(events, then) => {
                let fields = self.run_fields(events, then.as_deref(), &quote!(pub));
                quote!(#docs #[derive(Clone, Debug, PartialEq)] pub struct #name { #fields })
            }
            Shape::Choice(variants) => {
                let variants = variants.iter().map(|variant| self.variant(variant));
                quote!(#docs #[derive(Clone, Debug, PartialEq)] pub enum #name { #(#variants),* })
            }
        }
    }

    fn variant(&self, variant: &Variant) -> TokenStream {
        let name = ident(&variant.name);
        match (variant.events.as_slice(), &variant.then) {
            ([only], None) => {
                let docs = Docs::new(format!("{}.", self.link(only.event))).tokens();
                let payload = self.event_type(only.event);
                quote!(#docs #name(#payload))
            }
            (events, then) => {
                let docs = Docs::new(format!("{}.", self.run_sentence(events, then.is_some()))).tokens();
                let fields = self.run_fields(events, then.as_deref(), &quote!());
                quote!(#docs #name { #fields })
            }
        }
    }

    /// The events of a run as fields, in the order in which they are emitted.
    fn run_fields(&self, events: &[Event], then: Option<&AnswerType>, public: &TokenStream) -> TokenStream {
        let ordinals = ["Emitted first.", "Emitted next."];
        let fields = events.iter().enumerate().map(|(index, event)| {
            let docs = Docs::new(*ordinals.get(index.min(1)).unwrap_or(&"")).tokens();
            let (name, payload) = (ident(&event.field), self.event_type(event.event));
            quote!(#docs #public #name: #payload)
        });
        let then = then.map(|then| {
            let (docs, name) = (Docs::new("Decided last.").tokens(), ident(&then.name));
            quote!(#docs #public then: #name)
        });
        let fields = fields.chain(then);
        quote!(#(#fields),*)
    }

    /// `From<PaymentApproved>`, so that an answer reads `Ok(PaymentApproved { … }.into())`.
    fn conversions(&self, ty: &AnswerType) -> Vec<TokenStream> {
        let Shape::Choice(variants) = &ty.shape else { return Vec::new() };
        let (name, from) = (ident(&ty.name), self.scope.prelude("From"));
        variants
            .iter()
            .filter_map(|variant| match (variant.events.as_slice(), &variant.then) {
                ([only], None) => Some((ident(&variant.name), self.event_type(only.event))),
                _ => None,
            })
            .map(|(variant, payload)| {
                quote! {
                    impl #from<#payload> for #name {
                        fn from(event: #payload) -> Self { Self::#variant(event) }
                    }
                }
            })
            .collect()
    }

    fn emission(&self, ty: &AnswerType, choreography: ChoreographyId) -> TokenStream {
        let (name, result) = (ident(&ty.name), self.scope.prelude("Result"));
        let body = match &ty.shape {
            Shape::Run(events, then) => {
                let fields = events.iter().map(|event| {
                    let field = ident(&event.field);
                    (quote!(self.#field), quote!(&self.#field))
                });
                self.emit_run(fields, then.as_ref().map(|_| quote!(self.then)), choreography)
            }
            Shape::Choice(variants) => {
                let arms = variants.iter().map(|variant| self.emission_arm(variant, choreography));
                quote!(match self { #(#arms)* })
            }
        };
        quote! {
            impl #name {
                fn emit(&self, out: &mut rt::Emissions) -> #result<(), rt::HandlerError> { #body }
            }
        }
    }

    fn emission_arm(&self, variant: &Variant, choreography: ChoreographyId) -> TokenStream {
        let name = ident(&variant.name);
        match (variant.events.as_slice(), &variant.then) {
            ([_], None) => {
                let push = self.push(&quote!(event), &quote!(event), choreography);
                quote!(Self::#name(event) => #push,)
            }
            (events, then) => {
                let bound: Vec<_> = events.iter().map(|event| ident(&event.field)).collect();
                let then = then.as_ref().map(|_| quote!(then));
                let pattern = bound.iter().map(|field| quote!(#field)).chain(then.clone());
                let pattern = quote!(Self::#name { #(#pattern),* });
                let fields = bound.iter().map(|field| (quote!(#field), quote!(#field)));
                let body = self.emit_run(fields, then, choreography);
                quote!(#pattern => { #body })
            }
        }
    }

    /// Emits one after the other, then what was chosen.
    fn emit_run(
        &self,
        fields: impl Iterator<Item = (TokenStream, TokenStream)>,
        then: Option<TokenStream>,
        choreography: ChoreographyId,
    ) -> TokenStream {
        let mut calls: Vec<_> =
            fields.map(|(place, reference)| self.push(&place, &reference, choreography)).collect();
        calls.extend(then.map(|then| quote!(#then.emit(out))));
        // A run holds one event at least.
        let (init, last) = calls.split_at(calls.len().saturating_sub(1));
        quote!(#(#init?;)* #(#last)*)
    }

    /// Emits one event with its key.
    fn push(
        &self,
        place: &TokenStream,
        reference: &TokenStream,
        choreography: ChoreographyId,
    ) -> TokenStream {
        let key = self.key(place, choreography);
        quote!(out.push(#reference, #key))
    }

    /// `&[&event.order]`
    pub(super) fn key(&self, event: &TokenStream, choreography: ChoreographyId) -> TokenStream {
        let fields =
            self.model.choreographies[choreography].key.iter().map(|name| ident(&field_name(&name.text)));
        quote!(&[#(&#event.#fields),*])
    }
}
