//! What services and externals state.

use super::Resolver;
use crate::model::{FieldRef, Name, Reads, ServiceId};
use crate::syntax::tree::{self, ClauseKind};

impl Resolver<'_> {
    pub(super) fn participant(&mut self, id: ServiceId, tree: &tree::Participant<'_>) {
        for clause in tree.body.iter().flatten() {
            match &clause.kind {
                ClauseKind::Owner(value) => {
                    self.model.services[id].owner = Some(Name { text: value.content(), span: value.span });
                }
                ClauseKind::Emits(words) => {
                    let emits = words.iter().filter_map(|word| self.event_ref(*word)).collect();
                    self.model.services[id].emits = Some(emits);
                }
                ClauseKind::Reads(reads) => {
                    let reads = reads.iter().filter_map(|read| self.read(read)).collect();
                    self.model.services[id].reads = Some(reads);
                }
            }
        }
    }

    /// Fields are looked up in the tree's order of declaration, so events must have been defined before.
    fn read(&mut self, tree: &tree::Read<'_>) -> Option<Reads> {
        let event = self.event_ref(tree.event)?;
        let fields = tree
            .fields
            .as_ref()
            .map(|words| words.iter().filter_map(|word| self.field_ref(event.id, *word)).collect());
        Some(Reads { event, fields })
    }

    fn field_ref(&mut self, event: crate::model::EventId, word: tree::Word<'_>) -> Option<FieldRef> {
        let fields = &self.model.events[event].fields;
        let index = fields.iter().position(|field| field.name.text == word.text)?;
        Some(FieldRef { index, span: word.span })
    }
}
