//! A service's trait, and what its methods are given.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::{Docs, list};
use super::facts::{key, participants};
use super::scope::ident;
use crate::model::{ChoreographyId, EventId, ServiceId};
use crate::project::stub::Method;
use crate::project::stub::names::field_name;

impl Module<'_> {
    /// What the service's author implements and calls: the trait, `fn service`, the starter, and their types.
    pub(super) fn service(&self) -> Vec<TokenStream> {
        let mut items = Vec::new();
        if !self.stub.methods.is_empty() {
            items.push(self.service_trait());
            items.push(self.service_fn());
        }
        items.extend(self.starter());
        for method in &self.stub.methods {
            let what = format!("What `{}` answers to {}.", self.name(), self.occasion(method));
            items.extend(self.answer_types(&method.answer, &what));
            items.extend(self.known_type(method));
        }
        items
    }

    fn service_fn(&self) -> TokenStream {
        let service = ident(&self.stub.trait_name(self.model));
        let (stub, parameter, name) = (self.scope.private("Stub"), self.scope.private("S"), self.name());
        let docs = Docs::new(format!("`{name}`, ready to be served by a runtime.")).tokens();
        quote! {
            #docs
            #[must_use]
            pub fn service<#parameter: #service>(service: #parameter) -> rt::Service {
                rt::Service::new(#name, MACHINES, #stub(service))
            }
        }
    }

    fn service_trait(&self) -> TokenStream {
        let name = ident(&self.stub.trait_name(self.model));
        let (send, sync) = (self.scope.prelude("Send"), self.scope.prelude("Sync"));
        let service = &self.model.services[self.stub.participant];
        let docs = Docs::of(&service.header.docs)
            .and(format!(
                "What `{}` does in {}: one method for each event at which it has something to decide or to do.",
                self.name(),
                self.choreographies()
            ))
            .tokens();
        let methods = self.stub.methods.iter().map(|method| self.trait_method(method));
        quote!(#docs pub trait #name: #send + #sync + 'static { #(#methods)* })
    }

    fn trait_method(&self, method: &Method<'_>) -> TokenStream {
        let docs = self.method_docs(method).tokens();
        let name = ident(&method.name);
        let event = self.event_type(method.hears);
        let known = method.known.as_ref().map(|known| {
            let known = ident(known);
            quote!(known: #known,)
        });
        let (answer, send) = (self.answer_type(&method.answer), self.scope.prelude("Send"));
        quote! {
            #docs
            fn #name(&self, event: #event, #known cx: &rt::Context)
                -> impl ::core::future::Future<Output = rt::Answer<#answer>> + #send;
        }
    }

    fn method_docs(&self, method: &Method<'_>) -> Docs {
        let choreography = &self.model.choreographies[method.choreography];
        let label = match method.name.strip_prefix("on_") {
            Some(name) if name != field_name(&self.model.events[method.hears].header.name.text) => {
                format!(", at the step `{name}`")
            }
            _ => String::new(),
        };
        let mut docs = Docs::new(format!(
            "In `{}`{label}: {} says {}.",
            choreography.header.name.text,
            participants(self.model, &self.emitters(method)),
            self.link(method.hears),
        ));
        docs.author(&self.model.events[method.hears].header.docs);
        for step in &method.point.steps {
            docs.author(&choreography.steps[*step].docs);
        }
        self.answer_docs(docs, &method.answer)
    }

    /// Who says what this method hears.
    fn emitters(&self, method: &Method<'_>) -> BTreeSet<ServiceId> {
        let roles = self.stub.roles.iter().filter(|role| role.machine.choreography == method.choreography);
        roles
            .flat_map(|role| {
                method.point.serves.iter().map(|(state, index)| (&role.machine.states[*state], *index))
            })
            .filter_map(|(state, index)| state.hears.get(index))
            .map(|hear| hear.from)
            .collect()
    }

    /// "`OrderPlaced`", with the step where it is not the event that names the method.
    fn occasion(&self, method: &Method<'_>) -> String {
        let event = &self.model.events[method.hears].header.name.text;
        match method.name.strip_prefix("on_") {
            Some(name) if name != field_name(event) => format!("`{event}` at the step `{name}`"),
            _ => format!("`{event}`"),
        }
    }

    /// What the service knows when a method is called.
    fn known_type(&self, method: &Method<'_>) -> Option<TokenStream> {
        let name = ident(method.known.as_ref()?);
        let choreography = &self.model.choreographies[method.choreography];
        let docs = Docs::new(format!(
            "What `{}` knows of {} in `{}` when it hears {}.",
            self.name(),
            key(choreography),
            choreography.header.name.text,
            self.occasion(method)
        ))
        .tokens();
        let fields = method.point.known.iter().map(|known| {
            let (field, ty) = (self.event_field(known.event), self.event_type(known.event));
            let seen = if self.says(method.choreography, known.event) { "said" } else { "heard" };
            if known.certain {
                let docs = Docs::new(format!("{}, {seen} before.", self.link(known.event))).tokens();
                quote!(#docs pub #field: #ty)
            } else {
                let option = self.scope.prelude("Option");
                let docs = Docs::new(format!("{}, if it was {seen}.", self.link(known.event))).tokens();
                quote!(#docs pub #field: #option<#ty>)
            }
        });
        Some(quote!(#docs #[derive(Clone, Debug, PartialEq)] pub struct #name { #(#fields),* }))
    }

    /// Whether the participant itself emits this event there.
    fn says(&self, choreography: ChoreographyId, event: EventId) -> bool {
        let roles = self.stub.roles.iter().filter(|role| role.machine.choreography == choreography);
        let mut emits = roles.flat_map(|role| role.machine.states.values()).flat_map(|state| &state.emits);
        emits.any(|emit| emit.event == event)
    }

    pub(super) fn event_field(&self, event: EventId) -> proc_macro2::Ident {
        ident(&field_name(&self.model.events[event].header.name.text))
    }

    /// "`Checkout` and `Rewards`"
    fn choreographies(&self) -> String {
        let ids: BTreeSet<ChoreographyId> =
            self.stub.methods.iter().map(|method| method.choreography).collect();
        let names: Vec<_> =
            ids.iter().map(|id| format!("`{}`", self.model.choreographies[*id].header.name.text)).collect();
        list(&names, "and")
    }
}
