//! Types, fields and bounds.

use super::Resolver;
use super::names::name;
use crate::model::{Argument, Attribute, Bounds, EventId, Field, Scalar, Type, TypeId, TypeKind};
use crate::syntax::tree;

impl Resolver<'_> {
    pub(super) fn alias(&mut self, id: TypeId, tree: &tree::Type<'_>) {
        if let Some(ty) = self.ty(tree) {
            self.model.types[id].kind = TypeKind::Alias(ty);
        }
    }

    pub(super) fn record(&mut self, id: TypeId, tree: &[tree::Field<'_>]) {
        let fields = self.fields(tree);
        self.model.types[id].kind = TypeKind::Record(fields);
    }

    pub(super) fn event(&mut self, id: EventId, tree: &[tree::Field<'_>]) {
        let fields = self.fields(tree);
        self.model.events[id].fields = fields;
    }

    fn fields(&mut self, tree: &[tree::Field<'_>]) -> Vec<Field> {
        tree.iter().filter_map(|field| self.field(field)).collect()
    }

    fn field(&mut self, tree: &tree::Field<'_>) -> Option<Field> {
        let ty = self.ty(&tree.ty)?;
        Some(Field {
            name: name(tree.name),
            docs: tree.preamble.docs.iter().map(|line| (*line).to_owned()).collect(),
            attributes: attributes(&tree.preamble),
            ty,
            ty_span: tree.ty.span,
        })
    }

    fn ty(&mut self, tree: &tree::Type<'_>) -> Option<Type> {
        let ty = match &tree.kind {
            tree::TypeKind::Scalar(word) => Type::Scalar(scalar(word.text)?, bounds(&tree.bounds)),
            tree::TypeKind::Named(word) => Type::Named(self.type_ref(*word)?.id),
            tree::TypeKind::List(element) => Type::List(Box::new(self.ty(element)?), bounds(&tree.bounds)),
        };
        Some(if tree.optional.is_some() { Type::Optional(Box::new(ty)) } else { ty })
    }
}

fn bounds(arguments: &[tree::Argument<'_>]) -> Bounds {
    let mut bounds = Bounds::default();
    for argument in arguments {
        let content = Some(argument.value.content());
        match argument.key.map(|key| key.text) {
            Some("min") => bounds.min = content,
            Some("max") => bounds.max = content,
            Some("pattern") => bounds.pattern = content,
            _ => {}
        }
    }
    bounds
}

fn scalar(text: &str) -> Option<Scalar> {
    Some(match text {
        "bool" => Scalar::Bool,
        "i32" => Scalar::I32,
        "i64" => Scalar::I64,
        "u32" => Scalar::U32,
        "u64" => Scalar::U64,
        "f64" => Scalar::F64,
        "decimal" => Scalar::Decimal,
        "string" => Scalar::String,
        "bytes" => Scalar::Bytes,
        "uuid" => Scalar::Uuid,
        "date" => Scalar::Date,
        "timestamp" => Scalar::Timestamp,
        "duration" => Scalar::Duration,
        _ => return None,
    })
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
    Argument { key: tree.key.map(name), value: tree.value.content(), span: tree.value.span }
}
