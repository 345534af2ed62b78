//! What services and externals state.

use rustc_hash::FxHashMap;

use super::Resolver;
use crate::diag::words::shown;
use crate::diag::{Diagnostic, closest, codes};
use crate::model::{Event, FieldRef, Name, Reads, Ref, ServiceId};
use crate::source::Span;
use crate::syntax::tree::{self, ClauseKind};

impl<'s> Resolver<'s, '_> {
    pub(super) fn participant(&mut self, id: ServiceId, tree: &tree::Participant<'s>) {
        let (mut owner, mut emits, mut reads) = (None, None, None);
        for clause in tree.body.iter().flatten() {
            let (word, seen) = match &clause.kind {
                ClauseKind::Owner(_) => ("owner", &mut owner),
                ClauseKind::Emits(_) => ("emits", &mut emits),
                ClauseKind::Reads(_) => ("reads", &mut reads),
            };
            match *seen {
                Some(first) => self.findings.push(second_clause(word, clause.keyword, first)),
                None => *seen = Some(clause.keyword),
            }
            self.clause(id, clause);
        }
    }

    fn clause(&mut self, id: ServiceId, clause: &tree::Clause<'s>) {
        match &clause.kind {
            ClauseKind::Owner(value) => {
                self.model.services[id].owner = Some(Name { text: value.content(), span: value.span });
            }
            ClauseKind::Emits(words) => {
                let emits: Vec<_> = words.iter().filter_map(|word| self.event_ref(*word)).collect();
                self.model.services[id].emits.get_or_insert_default().extend(emits);
            }
            ClauseKind::Reads(reads) => {
                let reads: Vec<_> = reads.iter().filter_map(|read| self.read(read)).collect();
                self.model.services[id].reads.get_or_insert_default().extend(reads);
            }
        }
    }

    fn read(&mut self, tree: &tree::Read<'s>) -> Option<Reads> {
        let event = self.event_ref(tree.event)?;
        let fields = tree.fields.as_ref().map(|words| self.field_refs(event, words));
        Some(Reads { event, fields })
    }

    fn field_refs(&mut self, event: Ref<crate::model::EventId>, words: &[tree::Word<'s>]) -> Vec<FieldRef> {
        let declared = &self.model.events[event.id];
        let mut indices: FxHashMap<&str, usize> = FxHashMap::default();
        for (index, field) in declared.fields.iter().enumerate() {
            indices.entry(&field.name.text).or_insert(index);
        }
        let mut found = Vec::with_capacity(words.len());
        for word in words {
            match indices.get(word.text) {
                Some(index) => found.push(FieldRef { index: *index, span: word.span }),
                // A field of an incomplete event may be there, with a type that means nothing.
                None if !declared.header.complete => {}
                None => self.findings.push(unknown_field(declared, *word)),
            }
        }
        if found.len() < words.len() {
            self.complete = false;
        }
        found
    }
}

fn unknown_field(event: &Event, word: tree::Word<'_>) -> Diagnostic {
    let (name, field) = (&event.header.name, shown(word.text));
    let message = format!("`{}` has no field `{field}`", shown(&name.text));
    let finding = Diagnostic::new(&codes::UNKNOWN_FIELD, word.span, message)
        .label("no such field")
        .related(name.span, "the event is declared here");
    match closest(word.text, event.fields.iter().map(|field| field.name.text.as_str())) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).edit(word.span, meant),
        None => finding.help(format!("add `{field}` to the event, or remove it from this list")),
    }
}

fn second_clause(word: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&codes::LISTED_TWICE, span, format!("one `{word}` is enough"))
        .label("once more here")
        .related(first, format!("the first `{word}`"))
        .help(format!("write one `{word}` for all"))
}
