//! A file and its declarations.

use super::line::Gap;
use super::printer::Printer;
use crate::syntax::parse::tokens::Kind;
use crate::syntax::tree::{Clause, ClauseKind, File, Import, Item, ItemKind, Participant, Read};

impl Printer<'_> {
    /// The whole file.
    pub(super) fn file(mut self, file: &File<'_>) -> String {
        while self.kind() == Kind::FileDoc {
            self.any(Gap::Tight);
            self.end_line();
        }
        if let Some(namespace) = file.namespace {
            self.fixed(Gap::Tight, "namespace");
            self.word(Gap::Space, namespace);
            self.end_line();
        }
        for import in &file.imports {
            self.import(import);
        }
        for item in &file.items {
            self.item(item);
        }
        self.finish()
    }

    fn import(&mut self, import: &Import<'_>) {
        self.fixed(Gap::Tight, "use");
        self.word(Gap::Space, import.namespace);
        self.fixed(Gap::Tight, "::");
        self.fixed(Gap::Tight, "{");
        self.list((Gap::Tight, Gap::Break), &import.names, |printer, gap, name| printer.word(gap, *name));
        self.drop_comma();
        self.fixed(Gap::Tight, "}");
        self.end_line();
    }

    fn item(&mut self, item: &Item<'_>) {
        self.preamble(&item.preamble);
        if let ItemKind::Observation(observation) = &item.kind {
            self.word(Gap::Tight, item.name);
            self.fixed(Gap::Space, "observes");
            self.list((Gap::Space, Gap::Break), &observation.events, |printer, gap, event| {
                printer.word(gap, *event);
            });
            return self.end_line();
        }
        let open = match &item.kind {
            ItemKind::Enum(declared) => declared.open,
            ItemKind::Union(declared) => declared.open,
            _ => false,
        };
        self.any(Gap::Tight);
        if open {
            // The first word was `open`.
            self.any(Gap::Space);
        }
        self.word(Gap::Space, item.name);
        match &item.kind {
            ItemKind::Participant(participant) => self.participant(participant),
            ItemKind::Alias(ty) => {
                self.fixed(Gap::Space, "=");
                self.ty(Gap::Space, ty);
            }
            ItemKind::Record(fields) => self.members(fields, Self::field),
            ItemKind::Enum(declared) => self.members(&declared.values, Self::value),
            ItemKind::Union(declared) => self.members(&declared.variants, Self::variant),
            ItemKind::Event(event) => {
                if let Some(version) = event.version {
                    self.word(Gap::Space, version);
                }
                self.members(&event.fields, Self::field);
            }
            ItemKind::Choreography(choreography) => self.choreography(choreography),
            ItemKind::Observation(_) => {}
        }
        self.end_line();
    }

    /// What stands behind the name of a participant. A single clause may stay behind it on its line; nothing separates
    /// several, so each gets its own.
    fn participant(&mut self, participant: &Participant<'_>) {
        let Some(clauses) = &participant.body else { return };
        if let [clause] = clauses.as_slice()
            && self.is_on_one_line()
        {
            let before = self.mark();
            self.fixed(Gap::Space, "{");
            self.clause(Gap::Space, clause);
            self.fixed(Gap::Space, "}");
            if self.fits() {
                return;
            }
            self.back(&before);
        }
        if clauses.is_empty() && self.is_empty_brace() {
            return self.empty_brace();
        }
        self.open();
        for clause in clauses {
            self.clause(Gap::Tight, clause);
            self.end_line();
        }
        self.close();
    }

    fn clause(&mut self, gap: Gap, clause: &Clause<'_>) {
        self.span(gap, clause.keyword);
        match &clause.kind {
            ClauseKind::Owner(owner) => self.span(Gap::Space, owner.span),
            ClauseKind::Emits(events) => {
                self.list((Gap::Space, Gap::Break), events, |printer, gap, event| printer.word(gap, *event));
            }
            ClauseKind::Reads(reads) => self.list((Gap::Space, Gap::Break), reads, Self::read),
        }
    }

    fn read(&mut self, gap: Gap, read: &Read<'_>) {
        self.word(gap, read.event);
        let Some(fields) = &read.fields else { return };
        if fields.is_empty() {
            self.fixed(Gap::Space, "{");
            return self.fixed(Gap::Tight, "}");
        }
        self.fixed(Gap::Space, "{");
        self.list((Gap::Space, Gap::Inner), fields, |printer, gap, field| printer.word(gap, *field));
        self.drop_comma();
        self.fixed(Gap::Space, "}");
    }
}
