//! The payload types, and the records, enums and aliases that they use.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Module;
use super::docs::{Docs, code};
use super::scope::{ident, type_ident};
use super::types::{chor_type, is_optional};
use crate::model::{Bounds, EnumValue, Field, Type, TypeDef, TypeId, TypeKind};
use crate::project::stub::Payload;
use crate::project::stub::names::{field_name, type_name};

impl Module<'_> {
    /// A struct and its checks for every message.
    pub(super) fn payloads(&self) -> Vec<TokenStream> {
        self.stub.payloads.iter().flat_map(|payload| self.payload(payload)).collect()
    }

    fn payload(&self, payload: &Payload) -> [TokenStream; 2] {
        let event = &self.model.events[payload.event];
        let mut docs = Docs::of(&event.header.docs).and(self.facts.sentence(self.model, payload.event));
        if !payload.whole {
            docs = docs.and(format!("Here with the fields that `{}` reads.", self.name()));
        }
        let name = ident(&payload.name);
        let fields: Vec<&Field> = payload.fields(self.model).collect();
        let validate = self.validate_fn(&fields);
        let qualified = event.header.qualified();
        let fields: Vec<_> = fields
            .into_iter()
            .map(|field| (field, self.facts.role(self.model, payload.event, &field.name.text)))
            .collect();
        let structure = self.structure(&docs, &name, &fields);
        let implementation = quote! {
            impl rt::Payload for #name {
                const TYPE: &'static str = #qualified;
                #validate
            }
        };
        [structure, implementation]
    }

    /// The types that the messages use.
    pub(super) fn types(&self) -> Vec<TokenStream> {
        self.stub.types.iter().flat_map(|id| self.named_type(*id)).collect()
    }

    fn named_type(&self, id: TypeId) -> Vec<TokenStream> {
        let (def, checked) = (&self.model.types[id], self.checked.contains(&id));
        let name = type_ident(&def.header.name.text);
        match &def.kind {
            TypeKind::Alias(ty) => {
                let docs = Docs::of(&def.header.docs).and(format!("{}.", code(&chor_type(self.model, ty))));
                let (docs, rust) = (docs.tokens(), self.rust_type(ty));
                let check = checked.then(|| self.alias_check(def, ty)).flatten();
                std::iter::once(quote!(#docs pub type #name = #rust;)).chain(check).collect()
            }
            TypeKind::Record(fields) => {
                let mut docs = Docs::of(&def.header.docs);
                if docs.is_empty() {
                    docs = Docs::new(format!("The record `{}`.", def.header.name.text));
                }
                let plain: Vec<_> = fields.iter().map(|field| (field, String::new())).collect();
                let structure = self.structure(&docs, &name, &plain);
                let check = checked.then(|| {
                    let validate = self.validate_fn(&fields.iter().collect::<Vec<_>>());
                    quote!(impl #name { #validate })
                });
                std::iter::once(structure).chain(check).collect()
            }
            TypeKind::Enum { open, values } => vec![self.enumeration(def, &name, *open, values)],
        }
    }

    fn structure(&self, docs: &Docs, name: &Ident, fields: &[(&Field, String)]) -> TokenStream {
        let docs = docs.tokens();
        let fields = fields.iter().map(|(field, role)| self.field(field, role));
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, rt::Serialize, rt::Deserialize)]
            #[serde(crate = "::chor_runtime::codegen::serde")]
            pub struct #name { #(#fields),* }
        }
    }

    /// `role`: what the field is beside what its author says.
    fn field(&self, field: &Field, role: &str) -> TokenStream {
        let written = code(&chor_type(self.model, &field.ty));
        let mut docs = Docs::of(&field.docs);
        if docs.is_empty() || !role.is_empty() || is_bounded(&field.ty) {
            docs = docs.and(format!("{written}{role}."));
        }
        let docs = docs.tokens();
        let name = field_name(&field.name.text);
        let mut serde = rename(&name, &field.name.text);
        if is_optional(self.model, &field.ty) {
            let is_none = self.scope.prelude("Option").to_string().replace(' ', "") + "::is_none";
            serde.push(quote!(default));
            serde.push(quote!(skip_serializing_if = #is_none));
        }
        let serde = attribute(&serde);
        let (name, ty) = (ident(&name), self.rust_type(&field.ty));
        quote!(#docs #serde pub #name: #ty)
    }

    fn enumeration(&self, def: &TypeDef, name: &Ident, open: bool, values: &[EnumValue]) -> TokenStream {
        let mut docs = Docs::of(&def.header.docs);
        docs = docs.and(if open {
            "Open: values that this version does not know are kept as they came."
        } else {
            "Closed: a value that is not listed is refused."
        });
        let docs = docs.tokens();
        let variants = values.iter().map(|value| {
            let docs = Docs::of(&value.docs).and(format!("`{}`.", value.name.text)).tokens();
            let variant = type_name(&value.name.text);
            let serde = attribute(&rename(&variant, &value.name.text));
            let variant = ident(&variant);
            quote!(#docs #serde #variant)
        });
        let unknown = open.then(|| {
            let taken = values.iter().any(|value| type_name(&value.name.text) == "Unknown");
            let unknown = ident(if taken { "Unknown_" } else { "Unknown" });
            let string = self.scope.prelude("String");
            let docs = Docs::new("A value that is not listed, as it came.").tokens();
            quote!(#docs #[serde(untagged)] #unknown(#string))
        });
        let variants = variants.chain(unknown);
        let copy = (!open).then(|| quote!(Copy,));
        quote! {
            #docs
            #[derive(Clone, #copy Debug, PartialEq, Eq, Hash, rt::Serialize, rt::Deserialize)]
            #[serde(crate = "::chor_runtime::codegen::serde")]
            pub enum #name { #(#variants),* }
        }
    }
}

/// Whether the contract says more of the type than Rust does.
fn is_bounded(ty: &Type) -> bool {
    match ty {
        Type::Scalar(_, bounds) => *bounds != Bounds::default(),
        Type::List(item, bounds) => *bounds != Bounds::default() || is_bounded(item),
        Type::Optional(inner) => is_bounded(inner),
        Type::Named(_) => false,
    }
}

/// What serde must be told where the Rust name is not the name on the wire.
fn rename(rust: &str, wire: &str) -> Vec<TokenStream> {
    if rust == wire { Vec::new() } else { vec![quote!(rename = #wire)] }
}

fn attribute(parts: &[TokenStream]) -> Option<TokenStream> {
    (!parts.is_empty()).then(|| quote!(#[serde(#(#parts),*)]))
}
