//! A file and its declarations.

use chor_grammar::Rule;

use super::cursor::{Cursor, Node};
use super::{flow, types};
use crate::source::Span;
use crate::syntax::tree::{Clause, ClauseKind, Event, File, Import, Item, ItemKind, Participant, Read, Word};

/// `file`
pub(super) fn file(mut pairs: Cursor<'_>) -> File<'_> {
    let mut file = File::default();
    let Some(root) = pairs.take(Rule::file) else { return file };
    let mut parts = root.into_cursor();
    while let Some(part) = parts.next() {
        match part.rule() {
            Rule::file_doc => file.docs.push(types::doc_text(&part)),
            Rule::namespace => file.namespace = Some(namespace(part)),
            Rule::import => file.imports.push(import(part)),
            Rule::item => file.items.extend(item(part)),
            _ => {}
        }
    }
    file
}

fn namespace(node: Node<'_>) -> Word<'_> {
    let mut parts = node.into_cursor();
    parts.take(Rule::kw_namespace);
    parts.word(Rule::path)
}

fn import(node: Node<'_>) -> Import<'_> {
    let span = node.span();
    let mut parts = node.into_cursor();
    parts.take(Rule::kw_use);
    Import { namespace: parts.word(Rule::path), names: parts.words(Rule::name), span }
}

fn item(node: Node<'_>) -> Option<Item<'_>> {
    let mut parts = node.into_cursor();
    let preamble = types::preamble(&mut parts);
    let declaration = parts.next()?;
    let rule = declaration.rule();
    let span = declaration.span();
    let mut parts = declaration.into_cursor();
    // An observation begins with its name; everything else with its keyword.
    if rule == Rule::observation {
        let name = parts.word(Rule::name);
        let observation = flow::observation(&mut parts);
        let span = observation.events.last().map_or(name.span, |last| name.span.to(last.span));
        return Some(Item { preamble, name, kind: ItemKind::Observation(observation), span });
    }
    let keyword = parts.next()?.span();
    let (name, kind) = match rule {
        Rule::service | Rule::external => {
            let (name, participant) = participant(rule == Rule::external, &mut parts);
            (name, ItemKind::Participant(participant))
        }
        Rule::alias => {
            let name = parts.word(Rule::name);
            (name, ItemKind::Alias(types::ty(parts.take(Rule::ty)?)))
        }
        Rule::record => {
            let name = parts.word(Rule::name);
            (name, ItemKind::Record(types::fields(parts.take(Rule::fields)?)))
        }
        Rule::enumeration => types::enumeration(&mut parts),
        Rule::tagged_union => types::union(&mut parts),
        Rule::event | Rule::command => {
            let name = parts.word(Rule::name);
            let version = parts.take(Rule::version).map(|version| version.word());
            let fields = types::fields(parts.take(Rule::fields)?);
            (name, ItemKind::Event(Event { command: rule == Rule::command, version, fields }))
        }
        Rule::choreography => {
            let name = parts.word(Rule::name);
            (name, ItemKind::Choreography(flow::choreography(&mut parts)))
        }
        _ => return None,
    };
    let span = if has_body(&kind) { span } else { keyword.to(name.span) };
    Some(Item { preamble, name, kind, span })
}

/// Whether the declaration ends in a token of its own; otherwise pest counts the white space behind it in.
fn has_body(kind: &ItemKind<'_>) -> bool {
    !matches!(kind, ItemKind::Participant(participant) if participant.body.is_none())
}

/// The name, and what stands in the braces behind it.
fn participant<'s>(external: bool, parts: &mut Cursor<'s>) -> (Word<'s>, Participant<'s>) {
    let name = parts.word(Rule::name);
    let body = parts.take(Rule::participant_body).map(|body| {
        let mut clauses = body.into_cursor();
        std::iter::from_fn(move || clauses.next()).filter_map(clause).collect()
    });
    (name, Participant { external, body })
}

fn clause(node: Node<'_>) -> Option<Clause<'_>> {
    let rule = node.rule();
    let mut parts = node.into_cursor();
    let keyword: Span = parts.next()?.span();
    let kind = match rule {
        Rule::owner => ClauseKind::Owner(types::value(&parts.next()?)),
        Rule::emits => ClauseKind::Emits(parts.words(Rule::name)),
        Rule::reads => ClauseKind::Reads(parts.all(Rule::read, |node| Some(read(node)))),
        _ => return None,
    };
    Some(Clause { kind, keyword })
}

fn read(node: Node<'_>) -> Read<'_> {
    let mut parts = node.into_cursor();
    let event = parts.word(Rule::name);
    let fields = parts.take(Rule::read_fields).map(|fields| fields.into_cursor().words(Rule::word));
    Read { event, fields }
}
