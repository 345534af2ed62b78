//! With what a service asks for the `else` of deadlines that others keep, whenever it likes.

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::Docs;

impl Module<'_> {
    /// `struct Requests` and its methods.
    pub(super) fn requests(&self) -> Vec<TokenStream> {
        if self.stub.publishes.is_empty() {
            return Vec::new();
        }
        let name = self.name();
        let docs = Docs::new(format!(
            "Asks on behalf of `{name}` for the `else` of deadlines, before their time. It need not be where the service is served."
        ))
        .tokens();
        let new = Docs::new("Asks through this store.").tokens();
        let methods = self.stub.publishes.iter().map(|publish| self.publish(publish));
        vec![
            quote!(#docs #[derive(Clone, Debug)] pub struct Requests(rt::Client);),
            quote! {
                impl Requests {
                    #new
                    #[must_use]
                    pub fn new(store: &rt::Store) -> Self { Self(rt::Client::new(store, #name)) }
                    #(#methods)*
                }
            },
        ]
    }
}
