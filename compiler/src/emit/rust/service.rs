//! A service's trait, and what its methods are given.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::{Docs, list};
use super::facts::{key, participants};
use super::scope::ident;
use crate::model::{ChoreographyId, EventId, ServiceId};
use crate::project::Role;
use crate::project::machine::{Hear, LocalState};
use crate::project::points::{Occasion, Serve};
use crate::project::stub::names::field_name;
use crate::project::stub::{End, Given, Method};

impl Module<'_> {
    /// What the service's author implements and calls: the trait, `fn service`, the starter, and their types.
    pub(super) fn service(&self) -> Vec<TokenStream> {
        let mut items = Vec::new();
        if self.has_methods() {
            items.push(self.service_trait());
            items.push(self.service_fn());
        }
        items.extend(self.starter());
        items.extend(self.completer());
        items.extend(self.requests());
        for method in &self.stub.methods {
            let what = format!("What `{}` answers {}.", self.name(), self.when(method));
            items.extend(self.answer_types(&method.answer, &what));
            items.extend(self.known_type(method));
        }
        items.extend(self.stub.end_types().into_iter().map(|(name, events)| self.end_type(name, events)));
        items
    }

    /// With what a region may have ended.
    fn end_type(&self, name: &str, events: &[EventId]) -> TokenStream {
        let name = ident(name);
        let variants = events.iter().map(|event| {
            let (docs, event) =
                (Docs::new(format!("{}.", self.link(*event))).tokens(), self.event_type(*event));
            quote!(#docs #event(#event))
        });
        let docs = Docs::new("With what a part of the flow has ended.").tokens();
        quote!(#docs #[derive(Clone, Debug, PartialEq)] pub enum #name { #(#variants),* })
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
        let mut docs = Docs::of(&service.header.docs);
        if !self.stub.methods.is_empty() {
            docs = docs.and(format!(
                "What `{}` does in {}: one method for each event at which it has something to decide or to do.",
                self.name(),
                self.choreographies()
            ));
        }
        let docs = self.observed_sentence().into_iter().fold(docs, Docs::and).tokens();
        let methods = self.stub.methods.iter().map(|method| self.trait_method(method));
        let methods = methods.chain(self.observing_methods());
        quote!(#docs pub trait #name: #send + #sync + 'static { #(#methods)* })
    }

    fn trait_method(&self, method: &Method<'_>) -> TokenStream {
        let docs = self.method_docs(method).tokens();
        let name = ident(&method.name);
        let given = self.parameters(method);
        let known = method.known.as_ref().map(|known| {
            let known = ident(known);
            quote!(known: #known,)
        });
        let (answer, send) = (self.answer_type(&method.answer), self.scope.prelude("Send"));
        quote! {
            #docs
            fn #name(&self, #given #known cx: &rt::Context)
                -> impl ::core::future::Future<Output = rt::Answer<#answer>> + #send;
        }
    }

    fn parameters(&self, method: &Method<'_>) -> TokenStream {
        match &method.given {
            Given::Nothing => quote!(),
            Given::Event(event) => {
                let event = self.event_type(*event);
                quote!(event: #event,)
            }
            Given::Ends(ends) => {
                let ends = ends.iter().map(|end| {
                    let (field, ty) = (ident(&end.field), self.end(end));
                    quote!(#field: #ty,)
                });
                quote!(#(#ends)*)
            }
        }
    }

    /// The type of what a region has ended with.
    pub(super) fn end(&self, end: &End) -> proc_macro2::Ident {
        match (&end.name, end.events.as_slice()) {
            (Some(name), _) => ident(name),
            (None, [only, ..]) => self.event_type(*only),
            (None, []) => ident("Self"),
        }
    }

    fn method_docs(&self, method: &Method<'_>) -> Docs {
        let choreography = &self.model.choreographies[method.choreography];
        let mut docs = Docs::new(format!("In `{}`{}.", choreography.header.name.text, self.happens(method)));
        if let Given::Event(event) = method.given {
            docs.author(&self.model.events[event].header.docs);
        }
        for step in &method.point.steps {
            docs.author(&choreography.steps[*step].docs);
        }
        self.answer_docs(docs, &method.answer)
    }

    /// What happens when a method is called: ", at the step `ship`: `Orders` says `OrderPlaced`"
    fn happens(&self, method: &Method<'_>) -> String {
        let point = method.point;
        let event = |id: EventId| &self.model.events[id].header.name.text;
        match &point.occasion {
            Occasion::Hear(heard) => {
                let says = format!(
                    "{} says {}",
                    participants(self.model, &self.emitters(method)),
                    self.link(*heard)
                );
                let asks = self.called_by(method).any(|hear| hear.early);
                let says =
                    if asks { format!("{says}, and asks for the `else` of the deadline") } else { says };
                let named = field_name(&point.name) != field_name(event(*heard));
                if named { format!(", at the step `{}`: {says}", point.name) } else { format!(": {says}") }
            }
            Occasion::Join(_) => ": every part of the flow is over that stands side by side here".to_owned(),
            Occasion::Round => format!(": each time round the loop `{}`", point.name),
            Occasion::Expire => ": the deadline has passed".to_owned(),
            Occasion::Undo(own) => format!(": takes back {}, which it said before", self.link(*own)),
            Occasion::Undone(heard) => {
                format!(
                    ": {} takes back what was heard before, and says {}",
                    self.undoer(method),
                    self.link(*heard)
                )
            }
            Occasion::Start => String::new(),
        }
    }

    /// Who takes back what this service has heard.
    fn undoer(&self, method: &Method<'_>) -> String {
        let steps = &self.model.choreographies[method.choreography].steps;
        let emitters: BTreeSet<ServiceId> =
            method.point.steps.iter().map(|step| steps[*step].emitter.id).collect();
        participants(self.model, &emitters)
    }

    /// Who says what this method hears.
    fn emitters(&self, method: &Method<'_>) -> BTreeSet<ServiceId> {
        self.called_by(method).map(|hear| hear.from).collect()
    }

    /// What calls this method when it is heard.
    fn called_by<'m>(&'m self, method: &'m Method<'_>) -> impl Iterator<Item = &'m Hear> {
        let of_choreography = |role: &&&Role| role.machine.choreography == method.choreography;
        let roles = self.stub.roles.iter().filter(of_choreography);
        roles.flat_map(|role| {
            method.point.serves.iter().filter_map(|serve| match serve {
                Serve::Hear(state, index) => role.machine.states[*state].hears.get(*index),
                _ => None,
            })
        })
    }

    /// When a method is called: "to `OrderPlaced`", "when it hears `OrderPlaced`" without the verb.
    fn when(&self, method: &Method<'_>) -> String {
        match &method.point.occasion {
            Occasion::Hear(_) => format!("to {}", self.occasion(method)),
            _ => self.moment(method),
        }
    }

    /// "when it hears `OrderPlaced`"
    fn moment(&self, method: &Method<'_>) -> String {
        let name = &method.point.name;
        match &method.point.occasion {
            Occasion::Hear(_) | Occasion::Undone(_) => format!("when it hears {}", self.occasion(method)),
            Occasion::Join(_) => format!("when `{name}` is over"),
            Occasion::Round => format!("each time round `{name}`"),
            Occasion::Expire => format!("when the deadline of `{name}` has passed"),
            Occasion::Undo(_) => format!("to take back `{name}`"),
            Occasion::Start => "at the start".to_owned(),
        }
    }

    /// "`OrderPlaced`", with the step where it is not the event that names the method.
    fn occasion(&self, method: &Method<'_>) -> String {
        let Some(event) = method.point.occasion.event() else { return format!("`{}`", method.point.name) };
        let event = &self.model.events[event].header.name.text;
        if field_name(&method.point.name) == field_name(event) {
            format!("`{event}`")
        } else {
            format!("`{event}` at the step `{}`", method.point.name)
        }
    }

    /// What the service knows when a method is called.
    fn known_type(&self, method: &Method<'_>) -> Option<TokenStream> {
        let name = ident(method.known.as_ref()?);
        let choreography = &self.model.choreographies[method.choreography];
        let docs = Docs::new(format!(
            "What `{}` knows of {} in `{}` {}.",
            self.name(),
            key(choreography),
            choreography.header.name.text,
            self.moment(method)
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
        let mut emits = roles.flat_map(|role| role.machine.states.values()).flat_map(LocalState::emissions);
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
