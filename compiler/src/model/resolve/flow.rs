//! Choreographies.

use super::Resolver;
use super::names::name;
use super::types::{attributes, docs};
use crate::model::{Branch, Choice, ChoreographyId, Node, Step};
use crate::syntax::tree::{self, Statement};

impl<'s> Resolver<'s> {
    pub(super) fn choreography(&mut self, id: ChoreographyId, tree: &tree::Choreography<'s>) {
        self.model.choreographies[id].key = tree.key.iter().copied().map(name).collect();
        let body = self.body(id, &tree.body);
        self.model.choreographies[id].body = body;
    }

    fn body(&mut self, id: ChoreographyId, tree: &[Statement<'s>]) -> Vec<Node> {
        let mut body = Vec::with_capacity(tree.len());
        for statement in tree {
            body.extend(match statement {
                Statement::Step(step) => self.step(id, step),
                Statement::Choice(choice) => self.choice(id, choice),
            });
        }
        body
    }

    fn step(&mut self, id: ChoreographyId, tree: &tree::Step<'s>) -> Option<Node> {
        let emitter = self.service_ref(tree.emitter);
        let subscribers = tree.subscribers.iter().filter_map(|word| self.service_ref(*word)).collect();
        let event = self.event_ref(tree.event);
        let step = Step {
            label: tree.label.map(name),
            emitter: emitter?,
            subscribers,
            event: event?,
            docs: docs(&tree.preamble.docs),
            attributes: attributes(&tree.preamble),
            span: tree.span,
        };
        Some(Node::Step(self.model.choreographies[id].steps.push(step)))
    }

    fn choice(&mut self, id: ChoreographyId, tree: &tree::Choice<'s>) -> Option<Node> {
        let decider = self.service_ref(tree.decider);
        let branches = tree
            .branches
            .iter()
            .map(|block| Branch { body: self.body(id, &block.body), span: block.span })
            .collect();
        Some(Node::Choice(Choice { decider: decider?, branches, span: tree.span }))
    }
}
