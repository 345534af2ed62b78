//! What a service hears without taking part.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Module;
use super::docs::Docs;
use super::machine::hash_literal;
use super::scope::ident;
use crate::fnv::fnv1a;
use crate::project::stub::Observed;

impl Module<'_> {
    /// One method of the trait for each event.
    pub(super) fn observing_methods(&self) -> impl Iterator<Item = TokenStream> {
        self.stub.observes.iter().map(|observed| {
            let event = &self.model.events[observed.event];
            let docs =
                Docs::new(format!("Observes {}: hears it, and takes no part.", self.link(observed.event)));
            let mut docs = docs.and(format!("Said by {}.", self.facts.emitters(self.model, observed.event)));
            docs.author(&event.header.docs);
            let (docs, name) = (docs.tokens(), ident(&observed.name));
            let (payload, send) = (self.event_type(observed.event), self.scope.prelude("Send"));
            quote! {
                #docs
                fn #name(&self, event: #payload, cx: &rt::Context)
                    -> impl ::core::future::Future<Output = rt::Answer<()>> + #send;
            }
        })
    }

    /// What reads the event and calls the method.
    pub(super) fn observing_adapters(&self) -> impl Iterator<Item = TokenStream> {
        let result = self.scope.prelude("Result");
        self.stub.observes.iter().map(move |observed| {
            let (name, payload) = (ident(&observed.name), self.event_type(observed.event));
            quote! {
                async fn #name(&self, input: rt::Input<'_>) -> #result<rt::Emissions, rt::HandlerError> {
                    let event: #payload = input.event()?;
                    self.0.#name(event, input.context()).await?;
                    Ok(rt::Emissions::new())
                }
            }
        })
    }

    /// The numbers of the methods behind those of the choreographies.
    pub(super) fn observing_numbers(&self) -> impl Iterator<Item = (u32, &Observed)> {
        let first = u32::try_from(self.stub.methods.len()).unwrap_or(u32::MAX);
        (first..).zip(&self.stub.observes)
    }

    /// One state, in which everything is heard for ever.
    pub(super) fn observing_machine(&self) -> Option<TokenStream> {
        if self.stub.observes.is_empty() {
            return None;
        }
        let rows = self.observing_numbers().map(|(number, observed)| {
            let (event, number) = (self.known_as(observed.event), Literal::u32_unsuffixed(number));
            quote!(rt::on(#event, #number, 0))
        });
        let rows: Vec<_> = rows.collect();
        let events: Vec<_> =
            self.stub.observes.iter().map(|observed| self.known_as(observed.event)).collect();
        let hash = hash_literal(fnv1a(format!("observes {}", events.join(",")).bytes()));
        let renamed = self.renamed(self.stub.observes.iter().map(|observed| observed.event));
        let renamed = (!renamed.is_empty()).then(|| quote!(renamed: &[#(#renamed),*],));
        let header = &self.model.services[self.stub.participant].header;
        let (choreography, participant) = (header.qualified(), self.name());
        Some(quote! {
            rt::Machine {
                choreography: #choreography,
                participant: #participant,
                hash: #hash,
                keeps: &[],
                states: &[rt::ends(&[#(#rows),*])],
                #renamed
                ..rt::Machine::EMPTY
            }
        })
    }

    /// ", and observes `OrderPlaced`"
    pub(super) fn observed_sentence(&self) -> Option<String> {
        let events: Vec<_> = self.stub.observes.iter().map(|observed| self.link(observed.event)).collect();
        (!events.is_empty()).then(|| format!("It observes {}.", super::docs::list(&events, "and")))
    }

    /// Whether the service has any method.
    pub(super) fn has_methods(&self) -> bool {
        !self.stub.methods.is_empty() || !self.stub.observes.is_empty()
    }
}
