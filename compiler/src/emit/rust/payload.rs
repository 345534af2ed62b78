//! The payload types: a struct and its checks for every message.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Module;
use super::docs::{Docs, code};
use super::scope::ident;
use super::types::chor_type;
use crate::model::{Attribute, Bounds, Field, Literal, LiteralKind, Type, TypeId};
use crate::project::stub::Payload;
use crate::project::stub::names::field_name;

/// The struct of a payload or a record.
pub(super) struct Structure<'a> {
    pub(super) name: Ident,
    pub(super) docs: Docs,
    /// The record; `None` for a payload.
    pub(super) record: Option<TypeId>,
    /// The fields, each with what it is beside what its author says.
    pub(super) fields: Vec<(&'a Field, String)>,
}

impl Module<'_> {
    /// The payload types, in the order of their declaration.
    pub(super) fn payloads(&self) -> Vec<TokenStream> {
        self.stub.payloads.iter().flat_map(|payload| self.payload(payload)).collect()
    }

    fn payload(&self, payload: &Payload) -> Vec<TokenStream> {
        let event = &self.model.events[payload.event];
        let mut docs = Docs::of(&event.header.docs).and(self.facts.sentence(self.model, payload.event));
        if !payload.whole {
            docs = docs.and(format!("Here with the fields that `{}` reads.", self.name()));
        }
        let docs = docs.deprecated(&event.header.attributes);
        let role = |field: &Field| self.facts.role(self.model, payload.event, &field.name.text);
        let structure = Structure {
            name: ident(&payload.name),
            docs,
            record: None,
            fields: payload.fields(self.model).map(|field| (field, role(field))).collect(),
        };
        let (name, known_as, qualified) = (&structure.name, event.known_as(), event.header.qualified());
        let renamed = (known_as != qualified).then(|| quote!(const NAME: &'static str = #qualified;));
        let validate = self.validate_fn(&structure);
        let implementation = quote! {
            impl rt::Payload for #name {
                const TYPE: &'static str = #known_as;
                #renamed
                #validate
            }
        };
        let mut items = vec![self.structure(&structure), implementation];
        items.extend(Self::debug(&structure));
        items.extend(self.defaults(&structure));
        items
    }

    pub(super) fn structure(&self, structure: &Structure<'_>) -> TokenStream {
        let (name, docs) = (&structure.name, structure.docs.tokens());
        let debug = (!has_personal(structure)).then(|| quote!(Debug,));
        let fields = structure.fields.iter().map(|(field, role)| self.field(structure, field, role));
        quote! {
            #docs
            #[derive(Clone, #debug PartialEq, rt::Serialize, rt::Deserialize)]
            #[serde(crate = "::chor_runtime::codegen::serde")]
            pub struct #name { #(#fields),* }
        }
    }

    /// `Debug` of a payload or record with personal data, which it does not show. Written out and not left to a
    /// wrapper around the value: the field stays of the type that the contract says.
    pub(super) fn debug(structure: &Structure<'_>) -> Option<TokenStream> {
        if !has_personal(structure) {
            return None;
        }
        let (name, shown) = (&structure.name, structure.name.to_string());
        let fields = structure.fields.iter().map(|(field, _)| {
            let rust = field_name(&field.name.text);
            let value = ident(&rust);
            if Attribute::is_personal(&field.attributes) {
                quote!(.field(#rust, &::core::format_args!("[pii]")))
            } else {
                quote!(.field(#rust, &self.#value))
            }
        });
        Some(quote! {
            impl ::core::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.debug_struct(#shown) #(#fields)* .finish()
                }
            }
        })
    }

    fn field(&self, structure: &Structure<'_>, field: &Field, role: &str) -> TokenStream {
        let written = code(&chor_type(self.model, &field.ty));
        let mut docs = Docs::of(&field.docs);
        let absent =
            field.default.as_ref().map(|default| format!(", {} where it is absent", default_shown(default)));
        let absent = absent.unwrap_or_default();
        if docs.is_empty() || !role.is_empty() || !absent.is_empty() || is_bounded(&field.ty) {
            docs = docs.and(format!("{written}{role}{absent}."));
        }
        let docs = docs.deprecated(&field.attributes).tokens();
        let name = field_name(&field.name.text);
        let mut serde = rename(&name, &field.name.text);
        serde.extend(aliases(&field.attributes));
        if matches!(field.ty, Type::Optional(_)) {
            let is_none = self.scope.prelude("Option").to_string().replace(' ', "") + "::is_none";
            serde.push(quote!(default));
            serde.push(quote!(skip_serializing_if = #is_none));
        }
        serde.extend(self.default_attribute(&structure.name, field));
        let serde = attribute(&serde);
        let (name, ty) = (ident(&name), self.field_type(structure.record, &field.ty));
        quote!(#docs #serde pub #name: #ty)
    }
}

fn has_personal(structure: &Structure<'_>) -> bool {
    structure.fields.iter().any(|(field, _)| Attribute::is_personal(&field.attributes))
}

/// The default as the contract writes it.
fn default_shown(default: &Literal) -> String {
    let text = &default.value;
    code(&if default.kind == LiteralKind::Text { format!("{text:?}") } else { text.clone() })
}

/// Whether the contract says more of the type than Rust does.
fn is_bounded(ty: &Type) -> bool {
    match ty {
        Type::Scalar(_, bounds) => *bounds != Bounds::default(),
        Type::List(item, bounds) => *bounds != Bounds::default() || is_bounded(item),
        Type::Map(key, value, bounds) => *bounds != Bounds::default() || is_bounded(key) || is_bounded(value),
        Type::Optional(inner) => is_bounded(inner),
        Type::Named(_) => false,
    }
}

/// What serde must be told where the Rust name is not the name on the wire.
pub(super) fn rename(rust: &str, wire: &str) -> Vec<TokenStream> {
    if rust == wire { Vec::new() } else { vec![quote!(rename = #wire)] }
}

/// The former names, which are still read.
pub(super) fn aliases(attributes: &[Attribute]) -> impl Iterator<Item = TokenStream> {
    Attribute::former_names(attributes).map(|old| {
        let old = &old.value;
        quote!(alias = #old)
    })
}

/// The attribute for serde, where it must be told something.
pub(super) fn attribute(parts: &[TokenStream]) -> Option<TokenStream> {
    (!parts.is_empty()).then(|| quote!(#[serde(#(#parts),*)]))
}
