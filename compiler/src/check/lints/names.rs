//! Names that mislead, or repeat.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::words::{is_past, words};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::lint::Lints;
use crate::model::{Event, EventKind, Header, Model, Name, Type};

pub(super) fn check(model: &Model, lints: &Lints, findings: &mut Diagnostics) {
    let events = || model.events.values();
    if lints.is_on(&codes::EVENT_PAST_TENSE) {
        findings.extend(events().filter_map(tense));
    }
    if lints.is_on(&codes::COMMAND_IMPERATIVE) {
        findings.extend(events().filter_map(imperative));
    }
    if lints.is_on(&codes::GENERIC_NAME) {
        findings.extend(events().filter_map(generic));
    }
    if lints.is_on(&codes::REDUNDANT_SUFFIX) {
        findings.extend(events().filter_map(suffix));
    }
    if lints.is_on(&codes::CASE_STYLE) {
        styles(model, findings);
    }
    if lints.is_on(&codes::NEAR_DUPLICATE_EVENT) {
        duplicates(model, findings);
    }
}

fn tense(event: &Event) -> Option<Diagnostic> {
    let name = &event.header.name;
    if event.kind == EventKind::Command || words(&name.text).iter().any(|word| is_past(word)) {
        return None;
    }
    let message = format!("`{}` does not say what happened", shown(&name.text));
    Some(
        Diagnostic::new(&codes::EVENT_PAST_TENSE, name.span, message)
            .label("an event is a fact: no word here is in the past tense")
            .help("name it after what happened, such as `OrderPlaced`; what is asked for is a `command`"),
    )
}

/// Words after which another that looks like the past may come in a request: `MarkOrderPaid`.
const STATE: &[&str] =
    &["find", "flag", "get", "keep", "leave", "let", "list", "make", "mark", "set", "show", "tag"];

fn imperative(event: &Event) -> Option<Diagnostic> {
    let name = &event.header.name;
    let words = words(&name.text);
    let (first, last) = (words.first()?, words.last()?);
    let past = is_past(last) && words.len() > 1 && !STATE.contains(&&**first) && !is_past(first);
    if event.kind == EventKind::Event || !past {
        return None;
    }
    let message = format!("the command `{}` reads like an event", shown(&name.text));
    Some(
        Diagnostic::new(&codes::COMMAND_IMPERATIVE, name.span, message)
            .label("a command asks for something that has not happened")
            .help("begin the name with what is to be done, such as `PlaceOrder`; what has happened is an `event`"),
    )
}

/// What is said of anything that is no longer as it was.
const GENERIC: &[&str] = &["altered", "changed", "edited", "modified", "updated"];

/// Whether the name says no more than that something is no longer as it was.
pub(super) fn is_generic(name: &str) -> bool {
    words(name).last().is_some_and(|word| GENERIC.contains(&&**word))
}

/// How many fields may be absent, if all of them may but the first: that names what the event is about.
pub(super) fn all_optional(event: &Event) -> Option<usize> {
    let optional = event.fields.iter().filter(|field| matches!(field.ty, Type::Optional(_))).count();
    (optional >= 2 && optional + 1 >= event.fields.len()).then_some(optional)
}

fn generic(event: &Event) -> Option<Diagnostic> {
    let name = &event.header.name;
    let optional =
        all_optional(event).filter(|_| is_generic(&name.text) && event.kind == EventKind::Event)?;
    let message = format!("`{}` does not say what changed", shown(&name.text));
    Some(
        Diagnostic::new(&codes::GENERIC_NAME, name.span, message)
            .label(format!("{optional} fields may be absent: every reader must find out which of them it is about"))
            .help("make an event of each thing that happens, such as `AddressCorrected`, with the fields that it needs"),
    )
}

fn suffix(event: &Event) -> Option<Diagnostic> {
    let name = &event.header.name;
    let (word, suffix) = match event.kind {
        EventKind::Event => ("event", "Event"),
        EventKind::Command => ("command", "Command"),
    };
    let rest = name.text.strip_suffix(suffix).filter(|rest| !rest.is_empty())?;
    let message = format!(
        "`{}` says twice that it is {}",
        shown(&name.text),
        if word == "event" { "an event" } else { "a command" }
    );
    Some(
        Diagnostic::new(&codes::REDUNDANT_SUFFIX, name.span, message)
            .label(format!("`{word}` stands before it already"))
            .help(format!("call it `{}`", shown(rest))),
    )
}

fn styles(model: &Model, findings: &mut Diagnostics) {
    let headers: [Vec<&Header>; 4] = [
        model.services.values().map(|service| &service.header).collect(),
        model.events.values().map(|event| &event.header).collect(),
        model.types.values().map(|ty| &ty.header).collect(),
        model.choreographies.values().map(|choreography| &choreography.header).collect(),
    ];
    for header in headers.into_iter().flatten() {
        if header.name.text.contains('_')
            || !header.name.text.starts_with(|first: char| first.is_ascii_uppercase())
        {
            findings.push(style(&header.name, "what is declared", &pascal(&header.name.text)));
        }
    }
    for (_, _, field) in super::fields(model) {
        if field.name.text.contains(|char: char| char.is_ascii_uppercase()) {
            findings.push(style(&field.name, "a field", &words(&field.name.text).join("_")));
        }
    }
}

fn pascal(name: &str) -> String {
    let capital = |word: Cow<'_, str>| {
        let (first, rest) = word.split_at_checked(1).unwrap_or(("", &word));
        first.to_ascii_uppercase() + rest
    };
    words(name).into_iter().map(capital).collect()
}

fn style(name: &Name, what: &str, meant: &str) -> Diagnostic {
    let style = if what == "a field" { "snake_case" } else { "PascalCase" };
    let message = format!("`{}` is not in {style}", shown(&name.text));
    Diagnostic::new(&codes::CASE_STYLE, name.span, message)
        .label(format!("{what} is written so, here as in the rest"))
        .help(format!("write `{}`", shown(meant)))
}

/// Events of one namespace with the same words in their names, whatever their order and number.
fn duplicates(model: &Model, findings: &mut Diagnostics) {
    let mut seen: FxHashMap<(&str, Vec<Cow<'_, str>>), &Name> = FxHashMap::default();
    for header in model.events.values().map(|event| &event.header) {
        let key = (header.namespace.as_str(), same(&header.name.text));
        let Some(first) = seen.get(&key) else {
            seen.insert(key, &header.name);
            continue;
        };
        // The very same words become one name in generated code, and there is a finding of its own about that.
        if words(&first.text) == words(&header.name.text) {
            continue;
        }
        let (first_name, name) = (shown(&first.text), shown(&header.name.text));
        findings.push(
            Diagnostic::new(
                &codes::NEAR_DUPLICATE_EVENT,
                header.name.span,
                format!("`{name}` and `{first_name}` have the same words in their names"),
            )
            .label("is this the same fact?")
            .related(first.span, "as this one")
            .help("use one of the two, or say in the name what is different"),
        );
    }
}

/// The words in one order, without the `s` of the plural, and without `event`, which says nothing.
fn same(name: &str) -> Vec<Cow<'_, str>> {
    let mut words = words(name);
    for word in &mut words {
        let is_plural = word.strip_suffix('s').is_some_and(|rest| rest.len() > 2 && !rest.ends_with('s'));
        if is_plural {
            word.to_mut().pop();
        }
    }
    if words.len() > 1 {
        words.retain(|word| word != "event");
    }
    words.sort();
    words
}
