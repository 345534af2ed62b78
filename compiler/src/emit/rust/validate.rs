//! Checks of what a payload's types cannot say: bounds, patterns, numbers that are none.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Module;
use super::literals::{decimal, float, integer};
use super::payload::Structure;
use super::scope::{ident, type_ident};
use super::types::is_recursive;
use crate::model::{Attribute, Bounds, Field, Model, Scalar, Type, TypeDef, TypeId, TypeKind, Variant};
use crate::project::stub::names::field_name;

/// How the generated code gets at a value.
enum Value {
    /// An expression of its type: `self.total`.
    Place(TokenStream),
    /// An expression of a reference to it: `item`.
    Reference(TokenStream),
}

impl Value {
    fn by_reference(&self) -> TokenStream {
        match self {
            Self::Place(place) => quote!(&#place),
            Self::Reference(reference) => reference.clone(),
        }
    }

    fn by_value(&self) -> TokenStream {
        match self {
            Self::Place(place) => place.clone(),
            Self::Reference(reference) => quote!(*#reference),
        }
    }

    /// As the receiver of a method.
    fn receiver(&self) -> &TokenStream {
        match self {
            Self::Place(tokens) | Self::Reference(tokens) => tokens,
        }
    }
}

/// The patterns of a field or alias: one where it has one innermost scalar, more where it holds a map.
struct Patterns {
    name: String,
    texts: Vec<String>,
}

impl Patterns {
    fn named(name: String) -> Self {
        Self { name, texts: Vec::new() }
    }

    /// The static of one more pattern.
    fn add(&mut self, text: &str) -> Ident {
        self.texts.push(text.to_owned());
        self.ident(self.texts.len())
    }

    fn ident(&self, number: usize) -> Ident {
        if number == 1 { format_ident!("{}", self.name) } else { format_ident!("{}_{number}", self.name) }
    }

    fn items(&self) -> Vec<TokenStream> {
        let item = |(number, text)| {
            let name = self.ident(number);
            quote!(static #name: rt::Pattern = rt::Pattern::new(#text);)
        };
        (1..).zip(&self.texts).map(item).collect()
    }
}

/// The named types whose values can be wrong.
pub(super) fn checked_types(model: &Model, types: &[TypeId]) -> BTreeSet<TypeId> {
    let mut checked = BTreeSet::new();
    loop {
        let before = checked.len();
        for id in types {
            if model.types[*id].kind.written().into_iter().any(|ty| needs_check(ty, &checked)) {
                checked.insert(*id);
            }
        }
        if checked.len() == before {
            return checked;
        }
    }
}

fn needs_check(ty: &Type, checked: &BTreeSet<TypeId>) -> bool {
    match ty {
        Type::Scalar(scalar, bounds) => *scalar == Scalar::F64 || *bounds != Bounds::default(),
        Type::Named(id) => checked.contains(id),
        Type::List(item, bounds) => *bounds != Bounds::default() || needs_check(item, checked),
        Type::Map(key, value, bounds) => {
            *bounds != Bounds::default() || needs_check(key, checked) || needs_check(value, checked)
        }
        Type::Optional(inner) => needs_check(inner, checked),
    }
}

impl Module<'_> {
    /// `fn validate` of a payload or record; `None` where nothing can be wrong.
    pub(super) fn validate_fn(&self, structure: &Structure<'_>) -> Option<TokenStream> {
        let checks =
            structure.fields.iter().filter_map(|(field, _)| self.field_check(structure.record, field));
        let (patterns, checks): (Vec<_>, Vec<_>) = checks.unzip();
        if checks.is_empty() {
            return None;
        }
        let (patterns, result) = (patterns.into_iter().flatten(), self.scope.prelude("Result"));
        Some(quote! {
            fn validate(&self) -> #result<(), rt::Invalid> {
                #(#patterns)*
                #(#checks)*
                Ok(())
            }
        })
    }

    fn field_check(&self, record: Option<TypeId>, field: &Field) -> Option<(Vec<TokenStream>, TokenStream)> {
        let rust = field_name(&field.name.text);
        let (name, wire) = (ident(&rust), &field.name.text);
        let mut patterns = Patterns::named(format!("{}_PATTERN", rust.to_ascii_uppercase()));
        let calls = if let Type::Optional(inner) = &field.ty {
            let boxed = record.is_some_and(|record| is_recursive(self.model, record, &field.ty));
            let value = if boxed { quote!(self.#name.as_deref()) } else { quote!(self.#name.as_ref()) };
            let check = self.closure("value", inner, &mut patterns);
            check.map(|check| quote!(rt::check::some(#value, #check))).into_iter().collect()
        } else {
            self.calls(&Value::Place(quote!(self.#name)), &field.ty, &mut patterns)
        };
        let check = one_expression(&calls)?;
        let of =
            format_ident!("{}", if Attribute::is_personal(&field.attributes) { "personal" } else { "field" });
        Some((patterns.items(), quote!(rt::check::#of(#wire, || #check)?;)))
    }

    /// The check of what a variant carries, as `value`, with the statics that it needs.
    pub(super) fn variant_check(&self, variant: &Variant) -> Option<(Vec<TokenStream>, TokenStream)> {
        let wire = &variant.name.text;
        let mut patterns = Patterns::named(format!("{}_PATTERN", field_name(wire).to_ascii_uppercase()));
        let calls = self.calls(&Value::Reference(quote!(value)), variant.ty.as_ref()?, &mut patterns);
        let check = one_expression(&calls)?;
        Some((patterns.items(), quote!(rt::check::field(#wire, || #check))))
    }

    /// `fn check_sku` of an alias; `None` where nothing can be wrong.
    pub(super) fn alias_check(&self, id: TypeId) -> Option<TokenStream> {
        let def = &self.model.types[id];
        let TypeKind::Alias(ty) = &def.kind else { return None };
        let (parameter, value) = if is_copy(self.model, ty) {
            (self.rust_type(ty), Value::Place(quote!(value)))
        } else {
            (self.reference_type(ty), Value::Reference(quote!(value)))
        };
        let mut patterns = Patterns::named("PATTERN".to_owned());
        let calls = self.calls(&value, ty, &mut patterns);
        let (last, init) = calls.split_last()?;
        let (name, patterns) = (check_name(def), patterns.items());
        let result = self.scope.prelude("Result");
        Some(quote! {
            fn #name(value: #parameter) -> #result<(), rt::Invalid> {
                #(#patterns)*
                #(#init?;)*
                #last
            }
        })
    }

    /// A reference to a value of this type, as a parameter.
    fn reference_type(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Scalar(Scalar::String, _) => quote!(&str),
            Type::List(item, _) => {
                let item = self.rust_type(item);
                quote!(&[#item])
            }
            Type::Named(id) => match &self.model.types[*id].kind {
                TypeKind::Alias(inner) => self.reference_type(inner),
                TypeKind::Record(_) | TypeKind::Enum { .. } | TypeKind::Union { .. } => {
                    let ty = self.rust_type(ty);
                    quote!(&#ty)
                }
            },
            Type::Optional(_) | Type::Map(..) | Type::Scalar(..) => {
                let ty = self.rust_type(ty);
                quote!(&#ty)
            }
        }
    }

    /// Expressions of type `Result<(), Invalid>`, each a check of the value.
    fn calls(&self, value: &Value, ty: &Type, patterns: &mut Patterns) -> Vec<TokenStream> {
        match ty {
            Type::Scalar(scalar, bounds) => scalar_calls(value, *scalar, bounds, patterns),
            Type::Named(id) if self.checked.contains(id) => vec![self.named_call(value, *id)],
            // Only a field is optional.
            Type::Named(_) | Type::Optional(_) => Vec::new(),
            Type::List(item, bounds) => {
                let list = value.by_reference();
                let mut calls = length_calls(&list, bounds);
                calls.extend(
                    self.closure("item", item, patterns).map(|each| quote!(rt::check::each(#list, #each))),
                );
                calls
            }
            Type::Map(key, item, bounds) => {
                let map = value.by_reference();
                let mut calls = length_calls(&map, bounds);
                let key = self.closure("key", key, patterns);
                calls.extend(key.map(|each| quote!(rt::check::each_key(#map, #each))));
                let item = self.closure("item", item, patterns);
                calls.extend(item.map(|each| quote!(rt::check::each_value(#map, #each))));
                calls
            }
        }
    }

    fn named_call(&self, value: &Value, id: TypeId) -> TokenStream {
        let def = &self.model.types[id];
        match &def.kind {
            TypeKind::Alias(ty) => {
                let name = check_name(def);
                let argument = if is_copy(self.model, ty) { value.by_value() } else { value.by_reference() };
                quote!(#name(#argument))
            }
            TypeKind::Record(_) | TypeKind::Enum { .. } | TypeKind::Union { .. } => {
                let receiver = value.receiver();
                quote!(#receiver.validate())
            }
        }
    }

    /// What checks a value of this type, given a reference to it.
    fn closure(&self, argument: &str, ty: &Type, patterns: &mut Patterns) -> Option<TokenStream> {
        if let Type::Named(id) = ty
            && self.checked.contains(id)
            && let Some(function) = self.check_by_reference(*id)
        {
            return Some(function);
        }
        // A closure that calls one function with its argument is that function.
        if let Type::Scalar(Scalar::F64, Bounds { min: None, max: None, .. }) = ty {
            return Some(quote!(rt::check::finite));
        }
        let argument = ident(argument);
        let calls = self.calls(&Value::Reference(quote!(#argument)), ty, patterns);
        one_expression(&calls).map(|body| quote!(|#argument| #body))
    }

    /// The function that checks a value of this type, where it takes a reference to exactly that.
    fn check_by_reference(&self, id: TypeId) -> Option<TokenStream> {
        let def = &self.model.types[id];
        match &def.kind {
            TypeKind::Record(_) | TypeKind::Union { .. } => {
                let name = type_ident(&def.header.name.text);
                Some(quote!(#name::validate))
            }
            TypeKind::Alias(ty) if is_behind_reference(self.model, ty) => {
                let name = check_name(def);
                Some(quote!(#name))
            }
            TypeKind::Alias(_) | TypeKind::Enum { .. } => None,
        }
    }
}

fn check_name(def: &TypeDef) -> Ident {
    format_ident!("check_{}", field_name(&def.header.name.text))
}

/// Whether the check of an alias takes `&Bytes`: a text is handed on as `&str`, a list as a slice.
fn is_behind_reference(model: &Model, ty: &Type) -> bool {
    matches!(model.behind(ty), Some(Type::Scalar(Scalar::Bytes, _) | Type::Map(..) | Type::Named(_)))
}

/// The calls, one after the other, as one expression; `None` where there are none.
fn one_expression(calls: &[TokenStream]) -> Option<TokenStream> {
    match calls {
        [] => None,
        [only] => Some(only.clone()),
        [init @ .., last] => Some(quote!({ #(#init?;)* #last })),
    }
}

/// Numbers are handed on by value, everything else by reference.
fn is_copy(model: &Model, ty: &Type) -> bool {
    let Some((scalar, _)) = model.scalar(ty) else { return false };
    matches!(scalar, Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64 | Scalar::F64 | Scalar::Decimal)
}

fn scalar_calls(value: &Value, scalar: Scalar, bounds: &Bounds, patterns: &mut Patterns) -> Vec<TokenStream> {
    let value = value.by_reference();
    match scalar {
        Scalar::String => {
            let mut calls = length_calls(&value, bounds);
            if let Some(text) = &bounds.pattern {
                let name = patterns.add(text);
                calls.push(quote!(rt::check::pattern(#value, &#name)));
            }
            calls
        }
        Scalar::Bytes => length_calls(&value, bounds),
        Scalar::F64 => {
            let mut calls = vec![quote!(rt::check::finite(#value))];
            calls.extend(range_calls(&value, bounds, float));
            calls
        }
        Scalar::Decimal => range_calls(&value, bounds, decimal),
        Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64 => range_calls(&value, bounds, integer),
        Scalar::Bool | Scalar::Uuid | Scalar::Date | Scalar::Timestamp | Scalar::Duration => Vec::new(),
    }
}

fn length_calls(value: &TokenStream, bounds: &Bounds) -> Vec<TokenStream> {
    let min = bounds.min.as_deref().and_then(integer).map(|min| quote!(rt::check::min_length(#value, #min)));
    let max = bounds.max.as_deref().and_then(integer).map(|max| quote!(rt::check::max_length(#value, #max)));
    min.into_iter().chain(max).collect()
}

fn range_calls(
    value: &TokenStream,
    bounds: &Bounds,
    literal: fn(&str) -> Option<TokenStream>,
) -> Vec<TokenStream> {
    let min = bounds.min.as_deref().and_then(literal).map(|min| quote!(rt::check::min(#value, &#min)));
    let max = bounds.max.as_deref().and_then(literal).map(|max| quote!(rt::check::max(#value, &#max)));
    min.into_iter().chain(max).collect()
}
