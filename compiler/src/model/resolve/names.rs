//! The names of the workspace, and how a mention of one is looked up.

use rustc_hash::FxHashMap;

use super::{Meaning, Resolver};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{ChoreographyId, EventId, Model, Name, Ref, ServiceId, TypeId};
use crate::source::Span;
use crate::syntax::tree;

/// What a place asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Participant,
    Event,
    Type,
    Choreography,
}

impl Kind {
    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Participant => "a service",
            Self::Event => "an event",
            Self::Type => "a type",
            Self::Choreography => "a choreography",
        }
    }
}

impl Meaning {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Service(_) => Kind::Participant,
            Self::Event(_) => Kind::Event,
            Self::Type(_) => Kind::Type,
            Self::Choreography(_) => Kind::Choreography,
        }
    }

    pub(super) fn with_article(self, model: &Model) -> &'static str {
        match self {
            Self::Service(id) if model.services[id].external => "an external",
            _ => self.kind().with_article(),
        }
    }
}

/// A declared name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    pub(super) meaning: Meaning,
    pub(super) span: Span,
}

/// A name behind `use`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Imported {
    /// What it stands for; `None`: nothing, which has been said.
    pub(super) declared: Option<Declared>,
    /// Where it is imported.
    pub(super) span: Span,
    /// Whether the file mentions it.
    pub(super) used: bool,
}

/// The names that one namespace declares.
#[derive(Debug, Default)]
pub(super) struct Namespace<'s> {
    /// Its dotted path; empty for the files without one.
    pub(super) path: &'s str,
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
    /// Where another `use` can be written, behind a line of its own; `None`: the file has no namespace and no `use`.
    pub(super) imports_end: Option<Span>,
}

/// All names.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    pub(super) namespaces: Vec<Namespace<'s>>,
    pub(super) by_path: FxHashMap<&'s str, usize>,
    pub(super) scopes: Vec<Scope<'s>>,
    /// The file whose names are looked up.
    pub(super) current: usize,
}

/// What a look-up comes to.
enum Found {
    Meaning(Meaning),
    /// Nothing, and that has been said where it was imported.
    Said,
    Nothing,
}

impl<'s> Names<'s> {
    /// The namespace with this path, which is there from now on.
    pub(super) fn namespace(&mut self, path: &'s str) -> usize {
        *self.by_path.entry(path).or_insert_with(|| {
            self.namespaces.push(Namespace { path, ..Namespace::default() });
            self.namespaces.len() - 1
        })
    }

    /// From here on, names are looked up as this file sees them.
    pub(super) fn enter(&mut self, file: usize) {
        self.current = file;
    }

    fn look_up(&mut self, name: &str) -> Found {
        let Some(scope) = self.scopes.get_mut(self.current) else { return Found::Nothing };
        if let Some(imported) = scope.imports.get_mut(name) {
            imported.used = true;
            return imported.declared.map_or(Found::Said, |declared| Found::Meaning(declared.meaning));
        }
        let own = self.namespaces.get(scope.namespace).and_then(|namespace| namespace.names.get(name));
        own.map_or(Found::Nothing, |declared| Found::Meaning(declared.meaning))
    }
}

impl<'s> Resolver<'s, '_> {
    pub(super) fn service_ref(&mut self, word: tree::Word<'s>) -> Option<Ref<ServiceId>> {
        match self.mention(word, Kind::Participant)? {
            Meaning::Service(id) => Some(Ref { id, span: word.span }),
            other => self.wrong_kind(word, other, Kind::Participant),
        }
    }

    pub(super) fn event_ref(&mut self, word: tree::Word<'s>) -> Option<Ref<EventId>> {
        match self.mention(word, Kind::Event)? {
            Meaning::Event(id) => Some(Ref { id, span: word.span }),
            other => self.wrong_kind(word, other, Kind::Event),
        }
    }

    pub(super) fn type_ref(&mut self, word: tree::Word<'s>) -> Option<Ref<TypeId>> {
        match self.mention(word, Kind::Type)? {
            Meaning::Type(id) => Some(Ref { id, span: word.span }),
            other => self.wrong_kind(word, other, Kind::Type),
        }
    }

    pub(super) fn choreography_ref(&mut self, word: tree::Word<'s>) -> Option<ChoreographyId> {
        match self.mention(word, Kind::Choreography)? {
            Meaning::Choreography(id) => Some(id),
            other => self.wrong_kind(word, other, Kind::Choreography),
        }
    }

    fn mention(&mut self, word: tree::Word<'s>, wanted: Kind) -> Option<Meaning> {
        match self.names.look_up(word.text) {
            Found::Meaning(meaning) => return Some(meaning),
            Found::Nothing => self.unknown.mention(self.names.current, word, wanted),
            Found::Said => {}
        }
        self.complete = false;
        None
    }

    fn wrong_kind<T>(&mut self, word: tree::Word<'_>, found: Meaning, wanted: Kind) -> Option<T> {
        let (text, wanted) = (shown(word.text), wanted.with_article());
        let found = found.with_article(&self.model);
        let declared = match self.names.declaration(word.text) {
            Some(declared) => declared.span,
            None => word.span,
        };
        self.findings.push(
            Diagnostic::new(&codes::WRONG_KIND, word.span, format!("`{text}` is {found}, not {wanted}"))
                .label(format!("{wanted} is expected here"))
                .related(declared, format!("`{text}` is declared here as {found}"))
                .help(format!("name {wanted} here")),
        );
        self.complete = false;
        None
    }
}

impl Names<'_> {
    /// What a name stands for in the current file.
    fn declaration(&self, name: &str) -> Option<Declared> {
        let scope = self.scopes.get(self.current)?;
        let imported = scope.imports.get(name).and_then(|imported| imported.declared);
        imported.or_else(|| self.namespaces.get(scope.namespace)?.names.get(name).copied())
    }
}

/// A word of the tree as a name of the model.
pub(super) fn name(word: tree::Word<'_>) -> Name {
    Name { text: word.text.to_owned(), span: word.span }
}
