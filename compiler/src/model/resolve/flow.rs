//! Choreographies.

use super::Resolver;
use super::names::name;
use super::types::attributes;
use crate::model::{Branch, Choice, ChoreographyId, Node, Step};
use crate::syntax::tree::{self, Statement};

impl Resolver<'_> {
    pub(super) fn choreography(&mut self, id: ChoreographyId, tree: &tree::Choreography<'_>) {
        self.model.choreographies[id].key = tree.key.iter().copied().map(name).collect();
        let body = self.body(id, &tree.body);
        self.model.choreographies[id].body = body;
    }

    fn body(&mut self, id: ChoreographyId, tree: &[Statement<'_>]) -> Vec<Node> {
        let mut body = Vec::with_capacity(tree.len());
        for statement in tree {
            let node = match statement {
                Statement::Step(step) => self.step(id, step),
                Statement::Choice(choice) => self.choice(id, choice),
            };
            match node {
                Some(node) => body.push(node),
                None => self.model.choreographies[id].complete = false,
            }
        }
        body
    }

    fn step(&mut self, id: ChoreographyId, tree: &tree::Step<'_>) -> Option<Node> {
        let emitter = self.service_ref(tree.emitter);
        let subscribers: Vec<_> = tree.subscribers.iter().map(|word| self.service_ref(*word)).collect();
        let event = self.event_ref(tree.event);
        if subscribers.contains(&None) {
            self.model.choreographies[id].complete = false;
        }
        let step = Step {
            label: tree.label.map(name),
            emitter: emitter?,
            subscribers: subscribers.into_iter().flatten().collect(),
            event: event?,
            docs: tree.preamble.docs.iter().map(|line| (*line).to_owned()).collect(),
            attributes: attributes(&tree.preamble),
            span: tree.span,
        };
        Some(Node::Step(self.model.choreographies[id].steps.push(step)))
    }

    fn choice(&mut self, id: ChoreographyId, tree: &tree::Choice<'_>) -> Option<Node> {
        let decider = self.service_ref(tree.decider);
        let branches = tree
            .branches
            .iter()
            .map(|block| Branch { body: self.body(id, &block.body), span: block.span })
            .collect();
        Some(Node::Choice(Choice { decider: decider?, branches, span: tree.span }))
    }
}
