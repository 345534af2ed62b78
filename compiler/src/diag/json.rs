//! Findings as JSON, for programs: the same input gives the same bytes.

use serde::Serialize;

use super::{Diagnostic, Edit, Label, Severity};
use crate::source::{Sources, Span};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `C0107`
    pub code: &'static str,
    /// `choice-unknown-to-participant`
    pub name: &'static str,
    /// `error` or `warning`
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What is to see there; may be empty.
    pub label: String,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// What else to know.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// The changes that do it together.
    pub edits: Vec<Replacement>,
    /// What has changed for whom, where it is about a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// What has changed since another version, for whom; names are qualified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The other version, as the user calls it.
    pub since: String,
    /// New readers of old events: `fine`, `depends` on what is written, or `broken`.
    pub backward: &'static str,
    /// Old readers of new events.
    pub forward: &'static str,
    /// Who publishes.
    pub writers: Vec<String>,
    /// Who notices.
    pub readers: Vec<String>,
    /// Who hears the event and does not read what has changed.
    pub spared: Vec<String>,
    /// What to deploy first, in a word: `any`, `consumers-first`, `producers-first`, `new-event`, `new-name`, `drain` or
    /// `migrate`.
    pub order: &'static str,
    /// An event that shows it.
    pub witness: Option<Witness>,
}

/// An event that a reader refuses, or takes for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The payload.
    pub event: serde_json::Value,
    /// Whose reader: that of the `new` version or of the `old`; the event is the other's.
    pub reader: &'static str,
    /// Why it is refused; `None`: it is read, and means something else.
    pub refused: Option<String>,
}

/// A place: lines and columns from 1, columns in characters; `start` and `end` in bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as it was named or found.
    pub file: String,
    /// The line of the first character.
    pub line: u32,
    /// Its column.
    pub column: u32,
    /// The line of the character behind the last.
    pub end_line: u32,
    /// Its column.
    pub end_column: u32,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

/// A place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What is to see there.
    pub label: String,
}

/// A change of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// What to replace; where `start` is `end`, insert there.
    #[serde(flatten)]
    pub place: Place,
    /// The new text.
    pub replacement: String,
}

impl Finding {
    /// The finding, with its places in these files.
    pub fn new(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let related =
            |label: &Label| Related { place: Place::new(label.span, sources), label: label.text.clone() };
        let replacement = |edit: &Edit| Replacement {
            place: Place::new(edit.span, sources),
            replacement: edit.replacement.clone(),
        };
        Self {
            code: diagnostic.code.number,
            name: diagnostic.code.name,
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: diagnostic.message.clone(),
            place: Place::new(diagnostic.primary.span, sources),
            label: diagnostic.primary.text.clone(),
            related: diagnostic.related.iter().map(related).collect(),
            notes: diagnostic.notes.clone(),
            help: diagnostic.help.clone(),
            edits: diagnostic.edits.iter().map(replacement).collect(),
            change: diagnostic.change.as_deref().cloned(),
        }
    }
}

impl Place {
    fn new(span: Span, sources: &Sources) -> Self {
        let (name, base) = sources.file(span).map_or(("", 0), |file| (file.name(), file.base()));
        let (from, to) = (sources.position(span.start), sources.position(span.end));
        Self {
            file: name.to_owned(),
            line: from.line,
            column: from.column,
            end_line: to.line,
            end_column: to.column,
            start: span.start.saturating_sub(base),
            end: span.end.saturating_sub(base),
        }
    }
}
