//! What starts instances on behalf of a service that nobody has to ask.

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::Docs;
use super::facts::key;
use super::scope::ident;
use crate::project::stub::Start;

impl Module<'_> {
    /// `struct Starter` and its methods.
    pub(super) fn starter(&self) -> Vec<TokenStream> {
        if self.stub.starts.is_empty() {
            return Vec::new();
        }
        let name = self.name();
        let docs = Docs::new(format!("Starts instances on behalf of `{name}`.")).tokens();
        let new = Docs::new("The instances are started in this store.").tokens();
        let methods = self.stub.starts.iter().map(|start| self.start_method(start));
        let mut items = vec![
            quote!(#docs #[derive(Clone, Debug)] pub struct Starter(rt::Starter);),
            quote! {
                impl Starter {
                    #new
                    #[must_use]
                    pub fn new(store: &rt::Store) -> Self { Self(rt::Starter::new(store, #name, MACHINES)) }
                    #(#methods)*
                }
            },
        ];
        for start in &self.stub.starts {
            let choreography = &self.model.choreographies[start.choreography].header.name.text;
            let what = format!("What `{name}` says to start `{choreography}`.");
            items.extend(self.answer_types(&start.answer, &what));
        }
        items
    }

    fn start_method(&self, start: &Start) -> TokenStream {
        let choreography = &self.model.choreographies[start.choreography];
        let docs = Docs::of(&choreography.header.docs)
            .and(format!(
                "Starts `{}`; at most one instance is started for each {}.",
                choreography.header.name.text,
                key(choreography)
            ))
            .and("# Errors")
            .and("The event is not valid, or the store cannot take it.")
            .tokens();
        let name = ident(&start.name);
        let (answer, result) = (self.answer_type(&start.answer), self.scope.prelude("Result"));
        let emit = self.emit(&start.answer, &quote!(answer), start.choreography);
        let qualified = choreography.header.qualified();
        quote! {
            #docs
            pub async fn #name(&self, answer: &#answer) -> #result<rt::Started, rt::SendError> {
                let mut out = rt::Emissions::new();
                #emit
                self.0.start(#qualified, out).await
            }
        }
    }
}
