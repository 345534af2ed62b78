//! Choreographies.

use chor_grammar::Rule;

use super::cursor::{Cursor, Node};
use super::types;
use crate::source::Span;
use crate::syntax::tree::{
    Block, Choice, Choreography, Deadline, Loop, Observation, Parallel, Run, Sends, Start, Statement,
    StatementKind, Step, Undo, Word,
};

/// Roles, key and body of a `choreography`, behind its name.
pub(super) fn choreography<'s>(parts: &mut Cursor<'s>) -> Choreography<'s> {
    let roles = parts.take(Rule::parameters).map(|roles| roles.into_cursor().words(Rule::name));
    parts.take(Rule::kw_by);
    let key = parts.take(Rule::key).map(|key| key.into_cursor().words(Rule::word)).unwrap_or_default();
    let body = parts.take(Rule::block).map(|node| block(node).body).unwrap_or_default();
    Choreography { roles, key, body }
}

/// What stands behind `observes`.
pub(super) fn observation<'s>(parts: &mut Cursor<'s>) -> Observation<'s> {
    parts.take(Rule::kw_observes);
    Observation { events: parts.words(Rule::name) }
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
    let (rule, start) = (node.rule(), node.span().at_start());
    let mut parts = node.into_cursor();
    // pest counts the white space behind its last word into a statement; so each tells where it ends.
    let (kind, end) = match rule {
        Rule::step => step(&mut parts),
        Rule::choice => choice(&mut parts),
        Rule::parallel => parallel(&mut parts),
        Rule::repetition => repetition(&mut parts),
        Rule::repeat => repeat(&mut parts),
        Rule::deadline => deadline(&mut parts),
        Rule::rollback => rollback(&mut parts),
        Rule::run => run(&mut parts),
        Rule::start => start_of_instance(&mut parts),
        _ => return None,
    };
    Some(Statement { preamble, kind, span: start.to(end) })
}

fn label<'s>(parts: &mut Cursor<'s>) -> Option<Word<'s>> {
    parts.take(Rule::label).map(|label| label.into_cursor().word(Rule::name))
}

/// `A -> B, C: Event`
fn sends<'s>(parts: &mut Cursor<'s>) -> Sends<'s> {
    let emitter = parts.word(Rule::name);
    sent_by(emitter, parts)
}

/// `-> B, C: Event`
fn sent_by<'s>(emitter: Word<'s>, parts: &mut Cursor<'s>) -> Sends<'s> {
    let subscribers = subscribers(parts);
    Sends { emitter, subscribers, event: parts.word(Rule::name) }
}

fn subscribers<'s>(parts: &mut Cursor<'s>) -> Vec<Word<'s>> {
    parts.take(Rule::subscribers).map(|list| list.into_cursor().words(Rule::name)).unwrap_or_default()
}

fn blocks<'s>(parts: &mut Cursor<'s>) -> Vec<Block<'s>> {
    let mut blocks = Vec::new();
    while let Some(part) = parts.next() {
        if part.rule() == Rule::block {
            blocks.push(block(part));
        }
    }
    blocks
}

fn end_of(blocks: &[Block<'_>]) -> Span {
    blocks.last().map(|block| block.span).unwrap_or_default()
}

fn step<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    // The first name is the label where a colon follows.
    let first = parts.word(Rule::name);
    let label = parts.take(Rule::colon).map(|_| first);
    let emitter = if label.is_some() { parts.word(Rule::name) } else { first };
    let sends = sent_by(emitter, parts);
    let undo = parts.take(Rule::undo).map(undo);
    let end = undo.as_ref().map_or(sends.event.span, |undo| undo.span);
    (StatementKind::Step(Step { label, sends, undo }), end)
}

fn undo(node: Node<'_>) -> Undo<'_> {
    let start = node.span().at_start();
    let mut parts = node.into_cursor();
    parts.take(Rule::kw_undo);
    if let Some(none) = parts.take(Rule::kw_none) {
        return Undo { sends: None, span: start.to(none.span()) };
    }
    let sends = sends(&mut parts);
    let span = start.to(sends.event.span);
    Undo { sends: Some(sends), span }
}

fn choice<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    parts.take(Rule::kw_choice);
    parts.take(Rule::kw_at);
    let decider = parts.word(Rule::name);
    let branches = blocks(parts);
    let end = end_of(&branches);
    (StatementKind::Choice(Choice { decider, branches }), end)
}

fn parallel<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    let label = label(parts);
    let regions = blocks(parts);
    let end = end_of(&regions);
    (StatementKind::Parallel(Parallel { label, regions }), end)
}

fn repetition<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    parts.take(Rule::kw_loop);
    let name = parts.word(Rule::word);
    let body = parts.take(Rule::block).map(block).unwrap_or_default();
    let end = body.span;
    (StatementKind::Loop(Loop { name, body }), end)
}

fn repeat<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    parts.take(Rule::kw_repeat);
    let name = parts.word(Rule::word);
    (StatementKind::Repeat(name), name.span)
}

fn deadline<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    parts.take(Rule::kw_within);
    let period = parts.word(Rule::period);
    parts.take(Rule::kw_at);
    let keeper = parts.word(Rule::name);
    parts.take(Rule::kw_or);
    let early = parts.take(Rule::early).map(early);
    let body = parts.take(Rule::block).map(block).unwrap_or_default();
    parts.take(Rule::kw_else);
    let otherwise = parts.take(Rule::block).map(block).unwrap_or_default();
    let end = otherwise.span;
    (StatementKind::Deadline(Deadline { period, keeper, early, body, otherwise }), end)
}

fn early(node: Node<'_>) -> Sends<'_> {
    let mut parts = node.into_cursor();
    let emitter = parts.word(Rule::name);
    let subscribers = vec![parts.word(Rule::name)];
    Sends { emitter, subscribers, event: parts.word(Rule::name) }
}

fn rollback<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    let end = parts.take(Rule::kw_rollback).map(|word| word.span()).unwrap_or_default();
    (StatementKind::Rollback, end)
}

fn run<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    parts.take(Rule::kw_run);
    let choreography = parts.word(Rule::name);
    let players = parts.words(Rule::name);
    // The bracket behind the last name is no pair of its own.
    let end = players.last().map_or(choreography.span, |player| player.span);
    (StatementKind::Run(Run { choreography, players }), end)
}

fn start_of_instance<'s>(parts: &mut Cursor<'s>) -> (StatementKind<'s>, Span) {
    parts.take(Rule::kw_on);
    let event = parts.word(Rule::name);
    let listeners = subscribers(parts);
    let end = listeners.last().map_or(event.span, |listener| listener.span);
    (StatementKind::Start(Start { event, listeners }), end)
}
