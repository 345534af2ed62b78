//! What stands between the runtime and the trait: reads what was heard, calls the method, writes its answer.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Module;
use super::scope::ident;
use crate::project::stub::{End, Given, Method};

impl Module<'_> {
    /// What the runtime calls and reads.
    pub(super) fn dispatch(&self) -> Vec<TokenStream> {
        let mut items = Vec::new();
        if self.has_methods() {
            items.extend(self.handler());
        }
        for method in &self.stub.methods {
            items.extend(self.emissions(&method.answer, method.choreography));
        }
        for start in &self.stub.starts {
            items.extend(self.emissions(&start.answer, start.choreography));
        }
        items.extend(self.machines());
        items
    }

    fn handler(&self) -> [TokenStream; 3] {
        let service = ident(&self.stub.trait_name(self.model));
        let (stub, parameter) = (self.scope.private("Stub"), self.scope.private("S"));
        let boxed = self.scope.prelude("Box");
        let arms = (0_u32..).zip(&self.stub.methods).map(|(number, method)| {
            let (number, method) = (Literal::u32_unsuffixed(number), ident(&method.name));
            quote!(#number => self.#method(input).await,)
        });
        let observing = self.observing_numbers().map(|(number, observed)| {
            let (number, method) = (Literal::u32_unsuffixed(number), ident(&observed.name));
            quote!(#number => self.#method(input).await,)
        });
        let arms = arms.chain(observing);
        let methods =
            self.stub.methods.iter().map(|method| self.adapter(method)).chain(self.observing_adapters());
        [
            quote!(struct #stub<#parameter>(#parameter);),
            quote! {
                impl<#parameter: #service> rt::Handler for #stub<#parameter> {
                    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
                        #boxed::pin(async move {
                            match point {
                                #(#arms)*
                                _ => Err(rt::HandlerError::unknown_point(point)),
                            }
                        })
                    }
                }
            },
            quote! {
                impl<#parameter: #service> #stub<#parameter> { #(#methods)* }
            },
        ]
    }

    fn adapter(&self, method: &Method<'_>) -> TokenStream {
        let (name, result) = (ident(&method.name), self.scope.prelude("Result"));
        let (read, given) = self.given(method);
        let known = self.known_value(method);
        let argument = method.known.as_ref().map(|_| quote!(known,));
        let call = quote!(self.0.#name(#given #argument input.context()).await?);
        let emit = self.emit(&method.answer, &quote!(&answer), method.choreography);
        let answered = if emit.is_empty() {
            quote!(#call; Ok(rt::Emissions::new()))
        } else {
            quote! {
                let answer = #call;
                let mut out = rt::Emissions::new();
                #emit
                Ok(out)
            }
        };
        quote! {
            async fn #name(&self, input: rt::Input<'_>) -> #result<rt::Emissions, rt::HandlerError> {
                #read
                #known
                #answered
            }
        }
    }

    /// What reads the arguments of a method, and the arguments.
    fn given(&self, method: &Method<'_>) -> (TokenStream, TokenStream) {
        match &method.given {
            Given::Nothing => (quote!(), quote!()),
            Given::Event(event) => {
                let (event, key) = (self.event_type(*event), self.key(&quote!(event), method.choreography));
                (quote!(let event: #event = input.event()?; input.check_key(#key)?;), quote!(event,))
            }
            Given::Ends(ends) => {
                let fields: Vec<_> = ends.iter().map(|end| ident(&end.field)).collect();
                let reads = ends.iter().zip(&fields).map(|(end, field)| self.read_end(end, field));
                (quote!(#(#reads)*), quote!(#(#fields,)*))
            }
        }
    }

    fn read_end(&self, end: &End, field: &proc_macro2::Ident) -> TokenStream {
        let Some(name) = end.name.as_ref().map(|name| ident(name)) else {
            let ty = self.end(end);
            return quote!(let #field: #ty = input.known()?;);
        };
        let wire = end.events.iter().map(|event| self.known_as(*event));
        let arms = end.events.iter().enumerate().map(|(index, event)| {
            let (wire, event) = (self.known_as(*event), self.event_type(*event));
            // The last is what is left.
            let pattern = if index + 1 == end.events.len() { quote!(_) } else { quote!(Some(#wire)) };
            quote!(#pattern => #name::#event(input.known()?),)
        });
        quote! {
            let #field = match input.last_of(&[#(#wire),*]) { #(#arms)* };
        }
    }

    /// Reads what is known.
    fn known_value(&self, method: &Method<'_>) -> Option<TokenStream> {
        let name = ident(method.known.as_ref()?);
        let fields = method.point.known.iter().map(|known| {
            let field = self.event_field(known.event);
            if known.certain { quote!(#field: input.known()?) } else { quote!(#field: input.known_if_any()?) }
        });
        Some(quote!(let known = #name { #(#fields),* };))
    }
}
