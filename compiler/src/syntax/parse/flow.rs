//! Choreographies.

use chor_grammar::Rule;

use super::cursor::{Cursor, Node};
use super::types;
use crate::syntax::tree::{Block, Choice, Choreography, Preamble, Statement, Step};

/// Key and body of a `choreography`, behind its name.
pub(super) fn choreography<'s>(parts: &mut Cursor<'s>) -> Choreography<'s> {
    parts.take(Rule::kw_by);
    let key = parts.take(Rule::key).map(|key| key.into_cursor().words(Rule::word)).unwrap_or_default();
    let body = parts.take(Rule::block).map(|node| block(node).body).unwrap_or_default();
    Choreography { key, body }
}

fn block(node: Node<'_>) -> Block<'_> {
    let span = node.span();
    let mut parts = node.into_cursor();
    let body = std::iter::from_fn(|| parts.next()).filter_map(statement).collect();
    Block { body, span }
}

fn statement(node: Node<'_>) -> Option<Statement<'_>> {
    let mut parts = node.into_cursor();
    let preamble = types::preamble(&mut parts);
    let node = parts.next()?;
    match node.rule() {
        Rule::step => Some(Statement::Step(step(preamble, node))),
        Rule::choice => Some(Statement::Choice(choice(preamble, node))),
        _ => None,
    }
}

fn step<'s>(preamble: Preamble<'s>, node: Node<'s>) -> Step<'s> {
    let mut parts = node.into_cursor();
    let label = parts.take(Rule::label).map(|label| label.into_cursor().word(Rule::name));
    let emitter = parts.word(Rule::name);
    let subscribers =
        parts.take(Rule::subscribers).map(|list| list.into_cursor().words(Rule::name)).unwrap_or_default();
    let event = parts.word(Rule::name);
    let first = label.unwrap_or(emitter);
    Step { preamble, label, emitter, subscribers, event, span: first.span.to(event.span) }
}

fn choice<'s>(preamble: Preamble<'s>, node: Node<'s>) -> Choice<'s> {
    let start = node.span().at_start();
    let mut parts = node.into_cursor();
    parts.take(Rule::kw_choice);
    parts.take(Rule::kw_at);
    let decider = parts.word(Rule::name);
    let mut branches = Vec::new();
    while let Some(part) = parts.next() {
        if part.rule() == Rule::block {
            branches.push(block(part));
        }
    }
    let end = branches.last().map_or(decider.span, |branch| branch.span);
    Choice { preamble, decider, branches, span: start.to(end) }
}
