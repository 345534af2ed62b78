//! Types, fields, and what stands above things.

use chor_grammar::Rule;

use super::cursor::{Cursor, Node};
use crate::source::Span;
use crate::syntax::tree::{
    Argument, Attribute, Enum, EnumValue, Field, ItemKind, Preamble, Type, TypeKind, Union, Value, ValueKind,
    Variant, Word,
};

/// Docs and attributes, in any order.
pub(super) fn preamble<'s>(parts: &mut Cursor<'s>) -> Preamble<'s> {
    let mut preamble = Preamble::default();
    loop {
        if let Some(doc) = parts.take(Rule::doc) {
            preamble.docs.push(doc_text(&doc));
        } else if let Some(node) = parts.take(Rule::attribute) {
            preamble.attributes.push(attribute(node));
        } else {
            return preamble;
        }
    }
}

/// The line without its slashes, the space behind them and the white space at its end.
pub(super) fn doc_text<'s>(node: &Node<'s>) -> &'s str {
    let text = node.text();
    let text = text.strip_prefix("///").or_else(|| text.strip_prefix("//!")).unwrap_or(text);
    text.strip_prefix(' ').unwrap_or(text).trim_end()
}

fn attribute(node: Node<'_>) -> Attribute<'_> {
    let span = node.span();
    let mut parts = node.into_cursor();
    let name = parts.word(Rule::word);
    Attribute { name, arguments: parts.take(Rule::arguments).map(arguments).unwrap_or_default(), span }
}

fn arguments(node: Node<'_>) -> Vec<Argument<'_>> {
    node.into_cursor().all(Rule::argument, argument)
}

fn argument(node: Node<'_>) -> Option<Argument<'_>> {
    let span = node.span();
    let mut parts = node.into_cursor();
    let key = parts.take(Rule::argument_key).map(|key| key.word());
    Some(Argument { key, value: value(&parts.next()?), span })
}

/// A string, date, number, path, or what is empty.
pub(super) fn value<'s>(node: &Node<'s>) -> Value<'s> {
    let (text, span) = (node.text(), node.span());
    let kind = match node.rule() {
        Rule::string => ValueKind::String,
        Rule::date => ValueKind::Date,
        Rule::number => ValueKind::Number,
        Rule::empty_list => ValueKind::EmptyList,
        Rule::empty_map => ValueKind::EmptyMap,
        _ => ValueKind::Path,
    };
    let text = match kind {
        ValueKind::String => unquoted(text),
        // White space and comments between the brackets are no part of the value.
        ValueKind::EmptyList => "[]",
        ValueKind::EmptyMap => "{}",
        _ => text,
    };
    Value { kind, text, span }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// `fields`
pub(super) fn fields(node: Node<'_>) -> Vec<Field<'_>> {
    node.into_cursor().all(Rule::field, field)
}

fn field(node: Node<'_>) -> Option<Field<'_>> {
    let mut parts = node.into_cursor();
    let preamble = preamble(&mut parts);
    let name = parts.word(Rule::word);
    let ty = ty(parts.take(Rule::ty)?);
    let default = parts.next().map(|default| value(&default));
    Some(Field { preamble, name, ty, default })
}

/// Name and values of an `enumeration`, behind its first keyword.
pub(super) fn enumeration<'s>(parts: &mut Cursor<'s>) -> (Word<'s>, ItemKind<'s>) {
    // The first keyword was `open` where `enum` still follows.
    let open = parts.take(Rule::kw_enum).is_some();
    let name = parts.word(Rule::name);
    let values = parts.take(Rule::values).map(values).unwrap_or_default();
    (name, ItemKind::Enum(Enum { open, values }))
}

fn values(node: Node<'_>) -> Vec<EnumValue<'_>> {
    node.into_cursor().all(Rule::value, |node| Some(enum_value(node)))
}

fn enum_value(node: Node<'_>) -> EnumValue<'_> {
    let mut parts = node.into_cursor();
    EnumValue { preamble: preamble(&mut parts), name: parts.word(Rule::word) }
}

/// Name and variants of a `tagged_union`, behind its first keyword.
pub(super) fn union<'s>(parts: &mut Cursor<'s>) -> (Word<'s>, ItemKind<'s>) {
    let open = parts.take(Rule::kw_union).is_some();
    let name = parts.word(Rule::name);
    let variants = parts.take(Rule::variants).map(variants).unwrap_or_default();
    (name, ItemKind::Union(Union { open, variants }))
}

fn variants(node: Node<'_>) -> Vec<Variant<'_>> {
    node.into_cursor().all(Rule::variant, |node| Some(variant(node)))
}

fn variant(node: Node<'_>) -> Variant<'_> {
    let mut parts = node.into_cursor();
    Variant { preamble: preamble(&mut parts), name: parts.word(Rule::word), ty: parts.take(Rule::ty).map(ty) }
}

/// `ty`
pub(super) fn ty(node: Node<'_>) -> Type<'_> {
    let span = node.span();
    let mut parts = node.into_cursor();
    let kind = match parts.next() {
        Some(inner) => type_kind(inner),
        None => TypeKind::Named(Word { text: "", span }),
    };
    let bounds = parts.take(Rule::arguments).map(arguments).unwrap_or_default();
    let optional: Option<Span> = parts.take(Rule::optional).map(|mark| mark.span());
    Type { kind, bounds, optional, span }
}

fn type_kind(node: Node<'_>) -> TypeKind<'_> {
    match node.rule() {
        Rule::scalar => TypeKind::Scalar(node.word()),
        Rule::list => match node.into_cursor().take(Rule::ty) {
            Some(element) => TypeKind::List(Box::new(ty(element))),
            None => TypeKind::Named(Word::default()),
        },
        Rule::map => {
            let mut parts = node.into_cursor();
            match (parts.take(Rule::ty), parts.take(Rule::ty)) {
                (Some(key), Some(value)) => TypeKind::Map(Box::new(ty(key)), Box::new(ty(value))),
                _ => TypeKind::Named(Word::default()),
            }
        }
        _ => TypeKind::Named(node.word()),
    }
}
