//! The client of a participant that is not ours: publishes its events and hears the services'.

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::Docs;
use super::facts::participants;
use super::scope::ident;
use crate::project::stub::Publish;

const NOT_SENT: &str = "The event is not valid, or the store does not take it.";

impl Module<'_> {
    /// `struct Client` and `enum Heard`.
    pub(super) fn client(&self) -> Vec<TokenStream> {
        if self.stub.heard.is_empty() && self.stub.publishes.is_empty() {
            return Vec::new();
        }
        let name = self.name();
        let service = &self.model.services[self.stub.participant];
        let docs = Docs::of(&service.header.docs)
            .and(format!(
                "`{name}` takes part from outside: publishes what it says, and hears what it is told."
            ))
            .tokens();
        let new = Docs::new("Speaks through this store.").tokens();
        let methods = self.stub.publishes.iter().map(|publish| self.publish(publish));
        let next = self.next();
        let types: Vec<_> = self.stub.heard.iter().flat_map(|event| self.names(*event)).collect();
        let hears = if types.is_empty() { quote!() } else { quote!(.hears(&[#(#types),*])) };
        let mut items = vec![
            quote!(#docs #[derive(Clone, Debug)] pub struct Client(rt::Client);),
            quote! {
                impl Client {
                    #new
                    #[must_use]
                    pub fn new(store: &rt::Store) -> Self { Self(rt::Client::new(store, #name) #hears) }
                    #(#methods)*
                    #next
                }
            },
        ];
        items.extend(self.heard());
        items
    }

    fn heard(&self) -> Option<TokenStream> {
        if self.stub.heard.is_empty() {
            return None;
        }
        let docs = Docs::new(format!("What `{}` hears.", self.name())).tokens();
        let variants = self.stub.heard.iter().map(|event| {
            let docs = Docs::of(&self.model.events[*event].header.docs)
                .and(format!("Said by {}.", self.facts.emitters(self.model, *event)))
                .tokens();
            let name = self.event_type(*event);
            quote!(#docs #name(#name))
        });
        Some(quote!(#docs #[derive(Clone, Debug, PartialEq)] pub enum Heard { #(#variants),* }))
    }

    /// How what arrives becomes what is heard.
    pub(super) fn reading(&self) -> Option<TokenStream> {
        if self.stub.heard.is_empty() {
            return None;
        }
        let arms = self.stub.heard.iter().map(|event| {
            let (wire, name) = (self.names(*event), self.event_type(*event));
            quote!(#(#wire)|* => incoming.event().map(Self::#name),)
        });
        let result = self.scope.prelude("Result");
        Some(quote! {
            impl Heard {
                fn read(incoming: &rt::Incoming) -> #result<Self, rt::Unreadable> {
                    match incoming.event_type() {
                        #(#arms)*
                        _ => Err(incoming.unknown()),
                    }
                }
            }
        })
    }

    /// The two methods with which an event is published that no machine waits to publish.
    pub(super) fn publish(&self, publish: &Publish) -> TokenStream {
        let choreography = &self.model.choreographies[publish.choreography];
        let to: Vec<_> =
            publish.subscribers.iter().map(|id| &self.model.services[*id].header.name.text).collect();
        let asks = choreography.requests().any(|step| step.event.id == publish.event);
        let part = match (publish.starts, asks) {
            (true, _) => "starts",
            (false, true) => "asks for the `else` of a deadline in",
            (false, false) => "in",
        };
        let mut docs = Docs::new(format!(
            "Publishes {} to {}: {part} `{}`.",
            self.link(publish.event),
            participants(self.model, &publish.subscribers),
            choreography.header.name.text,
        ));
        docs.author(&self.model.events[publish.event].header.docs);
        for step in &publish.steps {
            docs.author(&choreography.steps[*step].docs);
        }
        let docs = docs.and("# Errors").and(NOT_SENT).tokens();
        let again =
            Docs::new(format!("Does what [`Self::{}`] does, under an id of the caller's.", publish.name))
                .and("The same id again is the same event: it is published once.")
                .and("# Errors")
                .and(NOT_SENT)
                .tokens();
        let (name, with_id) = (ident(&publish.name), ident(&publish.name_with_id()));
        let (payload, into) = (self.event_type(publish.event), self.scope.prelude("Into"));
        let (qualified, result) = (choreography.header.qualified(), self.scope.prelude("Result"));
        let key = self.key(&quote!(event), publish.choreography);
        quote! {
            #docs
            pub async fn #name(&self, event: &#payload) -> #result<rt::EventId, rt::SendError> {
                self.#with_id(rt::EventId::random(), event).await
            }

            #again
            pub async fn #with_id(&self, id: impl #into<rt::EventId>, event: &#payload)
                -> #result<rt::EventId, rt::SendError>
            {
                self.0.send(#qualified, &[#(#to),*], id, event, #key).await
            }
        }
    }

    fn next(&self) -> Option<TokenStream> {
        if self.stub.heard.is_empty() {
            return None;
        }
        let docs =
            Docs::new("The next event; waits for one. It comes again until the delivery is marked as done.")
                .and("# Errors")
                .and("The store cannot be read, or what came is not valid.")
                .tokens();
        let result = self.scope.prelude("Result");
        Some(quote! {
            #docs
            pub async fn next(&self) -> #result<rt::Delivery<Heard>, rt::ReceiveError> {
                self.0.next(Heard::read).await
            }
        })
    }
}
