//! Loops that may go round for ever while somebody waits for their end.

use std::collections::BTreeSet;

use super::Told;
use crate::diag::{Diagnostic, codes};
use crate::graph;
use crate::lint::Lints;
use crate::model::{Loop, Node, ServiceId};

pub(super) fn check(told: Told<'_>, lints: &Lints) -> Vec<Diagnostic> {
    if !lints.is_on(&codes::STARVABLE_LOOP) {
        return Vec::new();
    }
    let nodes = told.choreography.nodes();
    let loops = nodes.iter().filter(|node| matches!(node, Node::Loop(_))).count();
    // What stands behind a node is looked over for each node.
    if loops == 0 || graph::is_too_large(nodes.len(), told.choreography.steps.len()) {
        return Vec::new();
    }
    let mut walk = Walk { told, acted: BTreeSet::new(), found: Vec::new() };
    walk.body(&told.choreography.body, &BTreeSet::new());
    walk.found
}

/// A walk in the order of the text.
struct Walk<'m> {
    told: Told<'m>,
    /// Who has published something before.
    acted: BTreeSet<ServiceId>,
    found: Vec<Diagnostic>,
}

impl Walk<'_> {
    /// `behind`: who hears something behind this body.
    fn body(&mut self, body: &[Node], behind: &BTreeSet<ServiceId>) {
        for (at, node) in body.iter().enumerate() {
            match node {
                Node::Step(step) => {
                    self.acted.insert(self.told.choreography.steps[*step].emitter.id);
                }
                Node::Loop(node) => {
                    let behind = self.behind(body, at, behind);
                    self.found.extend(self.starving(node, &behind));
                    self.body(&node.body, &behind);
                }
                Node::Choice(_) | Node::Parallel(_) => {
                    let behind = self.behind(body, at, behind);
                    node.bodies().into_iter().for_each(|body| self.body(body, &behind));
                }
                // What is in the body ends when the time is over.
                Node::Deadline(deadline) => {
                    self.acted.extend(self.taking_part(&deadline.body.body, true));
                    let behind = self.behind(body, at, behind);
                    self.body(&deadline.otherwise.body, &behind);
                }
                Node::Repeat(_) | Node::Rollback(_) => {}
            }
        }
    }

    /// Who hears something behind the node at this place of a body, or behind the body.
    fn behind(&self, body: &[Node], at: usize, behind: &BTreeSet<ServiceId>) -> BTreeSet<ServiceId> {
        let rest = body.get(at + 1..).unwrap_or_default();
        behind.iter().copied().chain(self.taking_part(rest, false)).collect()
    }

    /// Who emits (or hears) a step of these nodes.
    fn taking_part(&self, body: &[Node], emits: bool) -> BTreeSet<ServiceId> {
        let mut found = BTreeSet::new();
        for node in Node::all_in(body) {
            if let Node::Step(step) = node {
                let step = &self.told.choreography.steps[*step];
                let hears = step.subscribers.iter().map(|subscriber| subscriber.id);
                found.extend(hears.filter(|_| !emits));
                found.extend(emits.then_some(step.emitter.id));
            }
        }
        found
    }

    /// Who has acted, takes no part in the loop, and waits for what comes behind it.
    fn starving(&self, node: &Loop, behind: &BTreeSet<ServiceId>) -> Option<Diagnostic> {
        let inside: BTreeSet<ServiceId> = self
            .taking_part(&node.body, true)
            .into_iter()
            .chain(self.taking_part(&node.body, false))
            .collect();
        let waits =
            |who: &&ServiceId| behind.contains(who) && !inside.contains(who) && self.told.is_ours(**who);
        let who = self.acted.iter().find(waits).filter(|_| repeats(node))?;
        let (who, name) = (self.told.service(*who), &node.name);
        let message = format!("{who} waits for as long as `{}` goes round", name.text);
        Some(
            Diagnostic::new(&codes::STARVABLE_LOOP, name.span, message)
                .label(format!("nothing bounds this loop, and {who} hears nothing of it"))
                .help(format!(
                    "put the loop into a deadline, `within 1h at … {{ loop {0} {{ … }} }} else {{ … }}`, or let {who} hear \
                     each round",
                    name.text
                )),
        )
    }
}

/// Whether something in it goes back to its start.
fn repeats(node: &Loop) -> bool {
    let is_back = |inner: &Node| matches!(inner, Node::Repeat(repeat) if repeat.id == node.id);
    Node::all_in(&node.body).into_iter().any(is_back)
}
