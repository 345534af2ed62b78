//! Findings: what is wrong, where, what else belongs to it, and what to do about it.

mod closest;
pub mod codes;
pub mod json;
mod plain;
mod printable;
mod report;
mod snippet;
#[cfg(test)]
mod tests;
pub(crate) mod words;

pub use closest::closest;
pub use codes::{Code, Level, Severity};
pub use plain::plain;
pub use printable::printable_sources;
pub use report::{Paragraph, ParagraphKind, Report, advice};

use crate::source::Span;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Number, name and page.
    pub code: &'static Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in the user's words: a sentence without its full stop.
    pub message: String,
    /// Where, and what is to see there.
    pub primary: Label,
    /// The declaration that it is about, where that is another place: an `@allow` there counts as well.
    pub subject: Option<Span>,
    /// Other places that belong to it, in the order in which they should be read.
    pub related: Vec<Label>,
    /// What else to know: one paragraph each.
    pub notes: Vec<String>,
    /// What to do: an instruction.
    pub help: Option<String>,
    /// The changes to the text that do it together, where they are known.
    pub edits: Vec<Edit>,
    /// What a comparison of versions knows of it, for programs: the words above say the same.
    pub change: Option<Box<json::Change>>,
}

/// A place and what to see there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words; may be empty.
    pub text: String,
}

/// A change of the source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; empty: insert here.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

impl Diagnostic {
    /// A finding of this code, with the code's own severity.
    #[must_use]
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            subject: None,
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            edits: Vec::new(),
            change: None,
        }
    }

    /// Says what is to see at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Names the declaration that it is about.
    #[must_use]
    pub fn about(mut self, declaration: Span) -> Self {
        self.subject = Some(declaration);
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Gives a change that does it, together with others that were given.
    #[must_use]
    pub fn edit(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edits.push(Edit { span, replacement: replacement.into() });
        self
    }

    /// Says for programs what has changed for whom.
    #[must_use]
    pub fn change(mut self, change: json::Change) -> Self {
        self.change = Some(Box::new(change));
        self
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// All findings of a run.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Adds many.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.items.extend(diagnostics);
    }

    /// Whether any of them is something that the language refuses, whatever is configured.
    pub fn has_refusals(&self) -> bool {
        self.items.iter().any(|item| item.code.lint.is_none())
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The findings in the order of their places, then of their codes; each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.items.sort_by(|a, b| {
            (a.primary.span, a.code.number, &a.message).cmp(&(b.primary.span, b.code.number, &b.message))
        });
        self.items.dedup();
        self.items
    }
}
