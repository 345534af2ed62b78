//! The aliases, records and enums that the payloads use.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Module;
use super::docs::{Docs, code};
use super::payload::{Structure, aliases, attribute, rename};
use super::scope::{ident, type_ident};
use super::types::chor_type;
use crate::model::{EnumValue, Field, Name, Type, TypeDef, TypeId, TypeKind};
use crate::project::stub::names::type_name;

impl Module<'_> {
    /// The named types, in the order of their declaration.
    pub(super) fn named_types(&self) -> Vec<TokenStream> {
        self.stub.types.iter().flat_map(|id| self.named_type(*id)).collect()
    }

    fn named_type(&self, id: TypeId) -> Vec<TokenStream> {
        let def = &self.model.types[id];
        match &def.kind {
            TypeKind::Alias(ty) => self.alias(id, def, ty),
            TypeKind::Record(fields) => self.record(id, def, fields),
            TypeKind::Enum { open, values } => vec![self.enumeration(id, *open, values)],
            TypeKind::Union { open, variants } => self.union(id, *open, variants),
        }
    }

    fn alias(&self, id: TypeId, def: &TypeDef, ty: &Type) -> Vec<TokenStream> {
        let docs = Docs::of(&def.header.docs).and(format!("{}.", code(&chor_type(self.model, ty)))).tokens();
        let (name, ty) = (type_ident(&def.header.name.text), self.rust_type(ty));
        let check = self.alias_check(id);
        std::iter::once(quote!(#docs pub type #name = #ty;)).chain(check).collect()
    }

    fn record(&self, id: TypeId, def: &TypeDef, fields: &[Field]) -> Vec<TokenStream> {
        let mut docs = Docs::of(&def.header.docs);
        if docs.is_empty() {
            docs = Docs::new(format!("The record `{}`.", def.header.name.text));
        }
        let structure = Structure {
            name: type_ident(&def.header.name.text),
            docs,
            record: Some(id),
            fields: fields.iter().map(|field| (field, String::new())).collect(),
        };
        let name = &structure.name;
        let check = self.validate_fn(&structure).map(|validate| quote!(impl #name { #validate }));
        std::iter::once(self.structure(&structure))
            .chain(check)
            .chain(Self::debug(&structure))
            .chain(self.defaults(&structure))
            .collect()
    }

    fn enumeration(&self, id: TypeId, open: bool, values: &[EnumValue]) -> TokenStream {
        let def = &self.model.types[id];
        let docs = Docs::of(&def.header.docs)
            .and(if open {
                "Open: values that this version does not know are kept as they came."
            } else {
                "Closed: a value that is not listed is refused."
            })
            .tokens();
        let variants = values.iter().map(variant).chain(open.then(|| self.unknown_variant(values)));
        let name = type_ident(&def.header.name.text);
        let copy = (!open).then(|| quote!(Copy,));
        let order = self.keys.contains(&id).then(|| quote!(PartialOrd, Ord,));
        // Otherwise the error of a number here would speak of serde's ways to represent an enum.
        let expecting = open.then(|| quote!(, expecting = "must be a string"));
        quote! {
            #docs
            #[derive(Clone, #copy Debug, PartialEq, Eq, #order Hash, rt::Serialize, rt::Deserialize)]
            #[serde(crate = "::chor_runtime::codegen::serde" #expecting)]
            pub enum #name { #(#variants),* }
        }
    }

    fn unknown_variant(&self, values: &[EnumValue]) -> TokenStream {
        let name = unknown_name(values.iter().map(|value| &value.name));
        let (docs, string) =
            (Docs::new("A value that is not listed, as it came.").tokens(), self.scope.prelude("String"));
        quote!(#docs #[serde(untagged)] #name(#string))
    }
}

/// The variant for what is not listed, in an open enum or union.
pub(super) fn unknown_name<'m>(mut listed: impl Iterator<Item = &'m Name>) -> Ident {
    let taken = listed.any(|name| type_name(&name.text) == "Unknown");
    ident(if taken { "Unknown_" } else { "Unknown" })
}

fn variant(value: &EnumValue) -> TokenStream {
    let docs =
        Docs::of(&value.docs).and(format!("`{}`.", value.name.text)).deprecated(&value.attributes).tokens();
    let name = type_name(&value.name.text);
    let mut serde = rename(&name, &value.name.text);
    serde.extend(aliases(&value.attributes));
    let serde = attribute(&serde);
    let name = ident(&name);
    quote!(#docs #serde #name)
}
