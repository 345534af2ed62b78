//! Unions: an enum each, with how it is read and checked.

use proc_macro2::TokenStream;
use quote::quote;

use super::Module;
use super::docs::{Docs, code};
use super::named::unknown_name;
use super::payload::{attribute, rename};
use super::scope::{ident, type_ident};
use super::types::chor_type;
use crate::model::{Attribute, TypeId, Variant};
use crate::project::stub::names::type_name;

impl Module<'_> {
    /// The enum, how it is read, and its checks, where anything in it can be wrong.
    pub(super) fn union(&self, id: TypeId, open: bool, variants: &[Variant]) -> Vec<TokenStream> {
        let mut items = vec![self.union_definition(id, open, variants)];
        items.extend(self.union_reading(id, open, variants));
        items.extend(self.union_check(id, open, variants));
        items
    }

    fn union_definition(&self, id: TypeId, open: bool, variants: &[Variant]) -> TokenStream {
        let header = &self.model.types[id].header;
        let docs = Docs::of(&header.docs)
            .and(if open {
                "One of these. Open: a variant that this version does not know is kept as it came."
            } else {
                "One of these. Closed: a variant that is not listed is refused."
            })
            .tokens();
        let unknown = open.then(|| {
            let docs = Docs::new("A variant that is not listed, as it came.").tokens();
            let name = unknown_name(variants.iter().map(|variant| &variant.name));
            quote!(#docs #[serde(untagged)] #name(rt::UnknownVariant))
        });
        let name = type_ident(&header.name.text);
        let variants = variants.iter().map(|variant| self.union_variant(id, variant)).chain(unknown);
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, rt::Serialize)]
            #[serde(crate = "::chor_runtime::codegen::serde")]
            pub enum #name { #(#variants),* }
        }
    }

    fn union_variant(&self, union: TypeId, variant: &Variant) -> TokenStream {
        let (wire, rust) = (&variant.name.text, type_name(&variant.name.text));
        let mut serde = rename(&rust, wire);
        let name = ident(&rust);
        let docs = Docs::of(&variant.docs).deprecated(&variant.attributes);
        let Some(ty) = &variant.ty else {
            let docs = docs.and(format!("`{wire}`, which carries nothing.")).tokens();
            serde.push(quote!(serialize_with = "rt::union::empty"));
            let serde = attribute(&serde);
            return quote!(#docs #serde #name);
        };
        let docs = docs.and(format!("`{wire}`: {}.", code(&chor_type(self.model, ty)))).tokens();
        let (serde, ty) = (attribute(&serde), self.variant_type(union, ty));
        quote!(#docs #serde #name(#ty))
    }

    fn union_reading(&self, id: TypeId, open: bool, variants: &[Variant]) -> [TokenStream; 2] {
        let name = type_ident(&self.model.types[id].header.name.text);
        let result = self.scope.prelude("Result");
        let wires = variants.iter().map(|variant| &variant.name.text);
        let arms = variants.iter().map(|variant| {
            let (wire, name) = (&variant.name.text, ident(&type_name(&variant.name.text)));
            let old = Attribute::former_names(&variant.attributes).map(|old| &old.value);
            let wire = quote!(#wire #(| #old)*);
            if variant.ty.is_some() {
                quote!(#wire => value.read().map(Self::#name),)
            } else {
                quote!(#wire => value.empty().map(|()| Self::#name),)
            }
        });
        let other = if open {
            let unknown = unknown_name(variants.iter().map(|variant| &variant.name));
            quote!(value.keep(variant).map(Self::#unknown))
        } else {
            quote!(Err(value.unknown(variant, Self::VARIANTS)))
        };
        [
            quote! {
                impl<'de> rt::Deserialize<'de> for #name {
                    fn deserialize<D: rt::Deserializer<'de>>(from: D) -> #result<Self, D::Error> {
                        rt::union::read(from)
                    }
                }
            },
            quote! {
                impl rt::union::Union for #name {
                    const VARIANTS: &'static [&'static str] = &[#(#wires),*];

                    fn read<'de, M: rt::MapAccess<'de>>(
                        variant: &str,
                        value: rt::union::Value<'_, M>,
                    ) -> #result<Self, M::Error> {
                        match variant {
                            #(#arms)*
                            _ => #other,
                        }
                    }
                }
            },
        ]
    }

    fn union_check(&self, id: TypeId, open: bool, variants: &[Variant]) -> Option<TokenStream> {
        let (mut patterns, mut arms, mut fine) = (Vec::new(), Vec::new(), Vec::new());
        for variant in variants {
            let name = ident(&type_name(&variant.name.text));
            if let Some((statics, check)) = self.variant_check(variant) {
                patterns.extend(statics);
                arms.push(quote!(Self::#name(value) => #check,));
            } else {
                let carried = variant.ty.as_ref().map(|_| quote!((_)));
                fine.push(quote!(Self::#name #carried));
            }
        }
        if arms.is_empty() {
            return None;
        }
        let unknown = unknown_name(variants.iter().map(|variant| &variant.name));
        fine.extend(open.then(|| quote!(Self::#unknown(_))));
        let fine = (!fine.is_empty()).then(|| quote!(#(#fine)|* => Ok(()),));
        let (name, result) =
            (type_ident(&self.model.types[id].header.name.text), self.scope.prelude("Result"));
        Some(quote! {
            impl #name {
                fn validate(&self) -> #result<(), rt::Invalid> {
                    #(#patterns)*
                    match self { #(#arms)* #fine }
                }
            }
        })
    }
}
