//! The names of the workspace, and how a mention of one is looked up.

use rustc_hash::FxHashMap;

use super::{Meaning, Resolver};
use crate::diag::{Diagnostic, codes};
use crate::model::{EventId, Name, Ref, ServiceId, TypeId};
use crate::source::Span;
use crate::syntax::tree;

/// A declared name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub(super) meaning: Meaning,
    pub(super) span: Span,
}

/// An imported name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Imported {
    pub(super) declared: Declared,
    pub(super) used: bool,
}

/// The names that one namespace declares.
#[derive(Debug, Default)]
pub(super) struct Namespace<'s> {
    pub(super) names: FxHashMap<&'s str, Declared>,
    /// The same names in the order of the text.
    pub(super) ordered: Vec<&'s str>,
}

/// What one file sees beside its namespace.
#[derive(Debug, Default)]
pub(super) struct Scope<'s> {
    /// Index of the file's namespace.
    pub(super) namespace: usize,
    pub(super) imports: FxHashMap<&'s str, Imported>,
}

/// All names.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    pub(super) namespaces: Vec<Namespace<'s>>,
    pub(super) scopes: Vec<Scope<'s>>,
    current: usize,
}

impl Names<'_> {
    /// From here on, names are looked up as this file sees them.
    pub(super) fn enter(&mut self, file: usize) {
        self.current = file;
    }

    fn look_up(&mut self, name: &str) -> Option<Declared> {
        let scope = self.scopes.get_mut(self.current)?;
        if let Some(imported) = scope.imports.get_mut(name) {
            imported.used = true;
            return Some(imported.declared);
        }
        self.namespaces.get(scope.namespace)?.names.get(name).copied()
    }
}

impl Meaning {
    fn kind(self) -> &'static str {
        match self {
            Meaning::Service(_) => "a service",
            Meaning::Event(_) => "an event",
            Meaning::Type(_) => "a type",
            Meaning::Choreography(_) => "a choreography",
        }
    }
}

impl Resolver<'_> {
    pub(super) fn service_ref(&mut self, word: tree::Word<'_>) -> Option<Ref<ServiceId>> {
        match self.mention(word, "a service")? {
            Meaning::Service(id) => Some(Ref { id, span: word.span }),
            other => self.wrong_kind(word, other, "a service"),
        }
    }

    pub(super) fn event_ref(&mut self, word: tree::Word<'_>) -> Option<Ref<EventId>> {
        match self.mention(word, "an event")? {
            Meaning::Event(id) => Some(Ref { id, span: word.span }),
            other => self.wrong_kind(word, other, "an event"),
        }
    }

    pub(super) fn type_ref(&mut self, word: tree::Word<'_>) -> Option<Ref<TypeId>> {
        match self.mention(word, "a type")? {
            Meaning::Type(id) => Some(Ref { id, span: word.span }),
            other => self.wrong_kind(word, other, "a type"),
        }
    }

    fn mention(&mut self, word: tree::Word<'_>, wanted: &str) -> Option<Meaning> {
        if let Some(declared) = self.names.look_up(word.text) {
            return Some(declared.meaning);
        }
        self.findings.push(Diagnostic::new(
            &codes::UNKNOWN_NAME,
            word.span,
            format!("nothing is called `{}`; {wanted} is expected here", word.text),
        ));
        None
    }

    fn wrong_kind<T>(&mut self, word: tree::Word<'_>, found: Meaning, wanted: &str) -> Option<T> {
        self.findings.push(Diagnostic::new(
            &codes::WRONG_KIND,
            word.span,
            format!("`{}` is {}; {wanted} is expected here", word.text, found.kind()),
        ));
        None
    }
}

/// A word of the tree as a name of the model.
pub(super) fn name(word: tree::Word<'_>) -> Name {
    Name { text: word.text.to_owned(), span: word.span }
}
