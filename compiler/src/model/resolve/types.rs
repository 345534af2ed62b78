//! Types and fields.

use super::names::name;
use super::{Resolver, bounds};
use crate::diag::{Diagnostic, codes};
use crate::model::{
    Argument, Attribute, EventId, Field, Literal, LiteralKind, Scalar, Type, TypeId, TypeKind, Variant,
};
use crate::source::Span;
use crate::syntax::tree;

impl<'s> Resolver<'s, '_> {
    pub(super) fn alias(&mut self, id: TypeId, tree: &tree::Type<'s>) {
        if let Some(ty) = self.value_type(tree, "a field of this type may be absent: put the `?` there") {
            self.model.types[id].kind = TypeKind::Alias(ty);
        }
    }

    pub(super) fn record(&mut self, id: TypeId, tree: &[tree::Field<'s>]) {
        let fields = self.fields(tree);
        self.model.types[id].kind = TypeKind::Record(fields);
    }

    pub(super) fn union(&mut self, id: TypeId, tree: &tree::Union<'s>) {
        let variants = tree.variants.iter().filter_map(|variant| self.variant(variant)).collect();
        self.model.types[id].kind = TypeKind::Union { open: tree.open, variants };
    }

    fn variant(&mut self, tree: &tree::Variant<'s>) -> Option<Variant> {
        let ty = match &tree.ty {
            Some(ty) => Some(self.value_type(ty, "where there is nothing to say, leave the type out")?),
            None => None,
        };
        Some(Variant {
            name: name(tree.name),
            docs: docs(&tree.preamble.docs),
            attributes: attributes(&tree.preamble),
            ty,
            span: tree.ty.as_ref().map_or(tree.name.span, |ty| tree.name.span.to(ty.span)),
        })
    }

    pub(super) fn event(&mut self, id: EventId, tree: &[tree::Field<'s>]) {
        let fields = self.fields(tree);
        self.model.events[id].fields = fields;
    }

    fn fields(&mut self, tree: &[tree::Field<'s>]) -> Vec<Field> {
        tree.iter().filter_map(|field| self.field(field)).collect()
    }

    fn field(&mut self, tree: &tree::Field<'s>) -> Option<Field> {
        let ty = self.ty(&tree.ty)?;
        let ty = if tree.ty.optional.is_some() { Type::Optional(Box::new(ty)) } else { ty };
        Some(Field {
            name: name(tree.name),
            docs: docs(&tree.preamble.docs),
            attributes: attributes(&tree.preamble),
            ty,
            ty_span: tree.ty.span,
            default: tree.default.as_ref().map(literal),
        })
    }

    /// A type where a value must be: only a field may be absent.
    fn value_type(&mut self, tree: &tree::Type<'s>, why: &str) -> Option<Type> {
        if let Some(mark) = tree.optional {
            self.findings.push(misplaced(mark, why));
        }
        self.ty(tree)
    }

    /// A type without its `?`.
    fn ty(&mut self, tree: &tree::Type<'s>) -> Option<Type> {
        match &tree.kind {
            tree::TypeKind::Scalar(word) => {
                let scalar = Scalar::from_keyword(word.text)?;
                let bounds = bounds::of_scalar(scalar, &tree.bounds, &mut self.findings);
                Some(Type::Scalar(scalar, bounds))
            }
            tree::TypeKind::Named(word) => {
                bounds::of_named(word.text, &tree.bounds, &mut self.findings);
                Some(Type::Named(self.type_ref(*word)?.id))
            }
            tree::TypeKind::List(element) => {
                let element = self.value_type(element, "leave the absent elements out of the list");
                let bounds = bounds::of_list(&tree.bounds, &mut self.findings);
                Some(Type::List(Box::new(element?), bounds))
            }
            tree::TypeKind::Map(key, value) => {
                let key = self.value_type(key, "a key is always there");
                let value = self.value_type(value, "leave the absent values out of the map");
                let bounds = bounds::of_map(&tree.bounds, &mut self.findings);
                Some(Type::Map(Box::new(key?), Box::new(value?), bounds))
            }
        }
    }
}

fn misplaced(mark: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&codes::MISPLACED_OPTIONAL, mark, "only a field can be optional")
        .label("nothing can be absent here")
        .help(format!("remove the `?`; {why}"))
        .edit(mark, "")
}

/// The lines above something.
pub(super) fn docs(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// The attributes above something.
pub(super) fn attributes(preamble: &tree::Preamble<'_>) -> Vec<Attribute> {
    preamble.attributes.iter().map(attribute).collect()
}

fn attribute(tree: &tree::Attribute<'_>) -> Attribute {
    let arguments = tree.arguments.iter().map(argument).collect();
    Attribute { name: name(tree.name), arguments, span: tree.span }
}

fn argument(tree: &tree::Argument<'_>) -> Argument {
    let Literal { kind, value, span } = literal(&tree.value);
    Argument { key: tree.key.map(name), kind, value, span }
}

fn literal(tree: &tree::Value<'_>) -> Literal {
    let kind = match tree.kind {
        tree::ValueKind::String => LiteralKind::Text,
        tree::ValueKind::Date => LiteralKind::Date,
        tree::ValueKind::Number => LiteralKind::Number,
        tree::ValueKind::Path => LiteralKind::Word,
        tree::ValueKind::EmptyList => LiteralKind::EmptyList,
        tree::ValueKind::EmptyMap => LiteralKind::EmptyMap,
    };
    Literal { kind, value: tree.content(), span: tree.span }
}
