//! Types, fields, and what stands above things.

use super::line::Gap;
use super::printer::Printer;
use crate::syntax::parse::tokens::Kind;
use crate::syntax::tree::{Argument, Attribute, EnumValue, Field, Preamble, Type, TypeKind, Variant, Word};

impl Printer<'_> {
    /// Docs and attributes, each on a line of its own.
    pub(super) fn preamble(&mut self, preamble: &Preamble<'_>) {
        let attributes = self.docs(preamble);
        self.attributes_above(attributes);
    }

    /// Docs, and the attributes before the last of them, each on a line of its own; gives the attributes behind.
    fn docs<'t, 's>(&mut self, preamble: &'t Preamble<'s>) -> &'t [Attribute<'s>] {
        let mut attributes = preamble.attributes.as_slice();
        for _ in &preamble.docs {
            while self.kind() != Kind::Doc
                && let Some((attribute, others)) = attributes.split_first()
            {
                self.attributes_above(std::slice::from_ref(attribute));
                attributes = others;
            }
            self.any(Gap::Tight);
            self.end_line();
            self.no_empty_line();
        }
        attributes
    }

    fn attributes_above(&mut self, attributes: &[Attribute<'_>]) {
        for attribute in attributes {
            self.attribute(Gap::Tight, attribute);
            self.end_line();
            self.no_empty_line();
        }
    }

    fn attribute(&mut self, gap: Gap, attribute: &Attribute<'_>) {
        self.fixed(gap, "@");
        self.word(Gap::Tight, attribute.name);
        self.arguments(&attribute.arguments);
    }

    /// What stands in the parentheses, where there are any.
    fn arguments(&mut self, arguments: &[Argument<'_>]) {
        if arguments.is_empty() && !self.is("(") {
            return;
        }
        self.fixed(Gap::Tight, "(");
        self.list((Gap::Tight, Gap::Break), arguments, |printer, gap, argument| match argument.key {
            Some(key) => {
                printer.word(gap, key);
                printer.fixed(Gap::Tight, ":");
                printer.span(Gap::Space, argument.value.span);
            }
            None => printer.span(gap, argument.value.span),
        });
        self.drop_comma();
        self.fixed(Gap::Tight, ")");
    }

    /// The fields of an event or a record, the values of an enum or the variants of a union, in their braces.
    pub(super) fn members<T>(&mut self, members: &[T], member: fn(&mut Self, Gap, &T)) {
        if members.is_empty() && self.is_empty_brace() {
            return self.empty_brace();
        }
        if self.is_on_one_line() {
            let before = self.mark();
            self.fixed(Gap::Space, "{");
            self.list((Gap::Space, Gap::Space), members, member);
            self.drop_comma();
            self.fixed(Gap::Space, "}");
            if self.fits() {
                return;
            }
            self.back(&before);
        }
        self.open();
        for one in members {
            member(self, Gap::Tight, one);
            self.drop_comma();
            self.end_line();
        }
        self.close();
    }

    pub(super) fn field(&mut self, gap: Gap, field: &Field<'_>) {
        self.member(gap, &field.preamble, field.name, |printer| {
            printer.fixed(Gap::Tight, ":");
            printer.ty(Gap::Space, &field.ty);
            if let Some(default) = &field.default {
                printer.fixed(Gap::Space, "=");
                printer.span(Gap::Space, default.span);
            }
        });
    }

    pub(super) fn value(&mut self, gap: Gap, value: &EnumValue<'_>) {
        self.member(gap, &value.preamble, value.name, |_| {});
    }

    pub(super) fn variant(&mut self, gap: Gap, variant: &Variant<'_>) {
        self.member(gap, &variant.preamble, variant.name, |printer| {
            if let Some(ty) = &variant.ty {
                printer.fixed(Gap::Tight, ":");
                printer.ty(Gap::Space, ty);
            }
        });
    }

    /// A field, a value or a variant. Its attributes stand before it while they fit on its line, and above it otherwise.
    fn member(&mut self, gap: Gap, preamble: &Preamble<'_>, name: Word<'_>, rest: impl Fn(&mut Self)) {
        let attributes = self.docs(preamble);
        let before = self.mark();
        let mut next = gap;
        for attribute in attributes {
            self.attribute(next, attribute);
            next = Gap::Space;
        }
        self.word(next, name);
        rest(self);
        // Among others on one line, it is the line that fits or not.
        if gap == Gap::Tight && !attributes.is_empty() && !self.fits() {
            self.back(&before);
            self.attributes_above(attributes);
            self.word(gap, name);
            rest(self);
        }
    }

    /// A type with its bounds and its `?`, which stand on its line.
    pub(super) fn ty(&mut self, gap: Gap, ty: &Type<'_>) {
        match &ty.kind {
            TypeKind::Scalar(word) | TypeKind::Named(word) => self.word(gap, *word),
            TypeKind::List(element) => {
                self.fixed(gap, "[");
                self.ty(Gap::Tight, element);
                self.fixed(Gap::Tight, "]");
            }
            TypeKind::Map(key, value) => {
                self.fixed(gap, "{");
                self.ty(Gap::Tight, key);
                self.fixed(Gap::Tight, ":");
                self.ty(Gap::Space, value);
                self.fixed(Gap::Tight, "}");
            }
        }
        if self.is("(") {
            self.arguments(&ty.bounds);
        }
        if ty.optional.is_some() {
            self.fixed(Gap::Tight, "?");
        }
    }
}
