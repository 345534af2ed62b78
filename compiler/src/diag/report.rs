//! A finding as miette renders it.

use std::fmt;

use miette::{LabeledSpan, SourceCode};

use super::printable::printable;
use super::snippet::{Snippets, in_file, visible};
use super::{Diagnostic, Edit, Label, Severity};
use crate::source::{Sources, Span};

/// A [`Diagnostic`] together with the text that it speaks of.
#[derive(Debug)]
pub struct Report<'a> {
    diagnostic: &'a Diagnostic,
    snippets: Snippets<'a>,
    advised: bool,
    width: Option<usize>,
}

/// What miette puts before a line of text and before a label.
const GUTTER: usize = 12;
/// Lines of more bytes than this are not repeated to show a change.
const MOST_CHANGED: u32 = 1024;
/// Labels are not broken to pieces that are shorter than this.
const LEAST_LABEL: usize = 24;

impl<'a> Report<'a> {
    /// The finding, shown in these files.
    pub fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        Self {
            diagnostic,
            snippets: Snippets::new(sources, diagnostic.primary.span),
            advised: true,
            width: None,
        }
    }

    /// Leaves notes and help to a renderer that shows them by itself.
    #[must_use]
    pub fn without_advice(mut self) -> Self {
        self.advised = false;
        self
    }

    /// Breaks labels to this width: miette breaks everything but them.
    #[must_use]
    pub fn within(mut self, width: usize) -> Self {
        self.width = Some(width);
        self
    }

    fn label(&self, label: &Label, primary: bool) -> Option<LabeledSpan> {
        let shown = visible(self.snippets.sources, label.span)?;
        let text = (!label.text.is_empty()).then(|| self.broken(&printable(&label.text), shown));
        let span = self.snippets.turned(shown);
        Some(if primary {
            LabeledSpan::new_primary_with_span(text, span)
        } else {
            LabeledSpan::new_with_span(text, span)
        })
    }

    /// The label in lines that fit behind the middle of its place.
    fn broken(&self, text: &str, place: Span) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let before = self.snippets.sources.position(place.start).column as usize;
        let half =
            self.snippets.sources.text(place).lines().next().map_or(0, |line| line.chars().count() / 2);
        broken(text, width.saturating_sub(before + half + GUTTER).max(LEAST_LABEL))
    }
}

/// The text with line breaks at spaces, so that no line is longer than a word or this width.
fn broken(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split(' ') {
        let word_length = word.chars().count();
        if length > 0 {
            let fits = length + 1 + word_length <= width;
            out.push(if fits { ' ' } else { '\n' });
            length = if fits { length + 1 } else { 0 };
        }
        out.push_str(word);
        length += word_length;
    }
    out
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.diagnostic.message))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let advice = advice(self.diagnostic, self.snippets.sources);
        if !self.advised || advice.is_empty() {
            return None;
        }
        let paragraphs: Vec<_> = advice.into_iter().map(|paragraph| paragraph.text).collect();
        Some(Box::new(paragraphs.join("\n")))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippets)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = self.label(&self.diagnostic.primary, true);
        let related = self.diagnostic.related.iter().filter_map(|label| self.label(label, false));
        Some(Box::new(primary.into_iter().chain(related)))
    }
}

/// What stands below the picture of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// What kind it is.
    pub kind: ParagraphKind,
    /// What it says; a change of the text has a line for each of its lines.
    pub text: String,
}

/// What a paragraph is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParagraphKind {
    /// What else to know.
    Note,
    /// What to do.
    Help,
    /// Lines as they are now, to be removed.
    Remove,
    /// Lines as they should be.
    Insert,
}

/// The notes, the help and the suggested change of a finding, in the order in which they are read.
pub fn advice(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Paragraph> {
    let say = |kind, text: &str| Paragraph { kind, text: printable(text).into_owned() };
    let notes = diagnostic.notes.iter().map(|note| say(ParagraphKind::Note, note));
    let help = diagnostic.help.iter().map(|help| say(ParagraphKind::Help, help));
    let edit = diagnostic.edits.iter().flat_map(|edit| changed_lines(edit, sources));
    notes.chain(help).chain(edit.map(|(kind, text)| say(kind, &text))).collect()
}

/// The lines that a change touches, before and after it, without their common indentation.
fn changed_lines(edit: &Edit, sources: &Sources) -> Vec<(ParagraphKind, String)> {
    let Some((before, replaced, after)) = around(edit, sources) else { return Vec::new() };
    let old = format!("{before}{replaced}{after}");
    let new = format!("{before}{}{after}", edit.replacement);
    let both = || old.lines().chain(new.lines()).filter(|line| !line.trim().is_empty());
    let indent = both().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let lines = |kind, text: &str| {
        let line = |line: &str| (kind, line.get(indent..).unwrap_or_default().trim_end().to_owned());
        text.lines().filter(|line| !line.trim().is_empty()).map(line).collect::<Vec<_>>()
    };
    let (old, new) = (lines(ParagraphKind::Remove, &old), lines(ParagraphKind::Insert, &new));
    // A line that the change leaves as it is (an insertion above or below it) needs no showing.
    let kept = |line: &str, others: &[(ParagraphKind, String)]| others.iter().any(|other| other.1 == line);
    let removed = old.iter().filter(|line| !kept(&line.1, &new));
    let inserted = new.iter().filter(|line| !kept(&line.1, &old));
    removed.chain(inserted).cloned().collect()
}

/// What stands before a change on its first line, what it replaces, and what stands behind it on its last.
fn around<'a>(edit: &Edit, sources: &'a Sources) -> Option<(&'a str, &'a str, &'a str)> {
    let (file, span) = in_file(sources, edit.span)?;
    let first = file.line(sources.position(span.start).line)?;
    let last = file.line(sources.position(span.end).line)?;
    if last.end - first.start > MOST_CHANGED {
        return None;
    }
    let before = sources.text(Span { start: first.start, end: span.start });
    let after = sources.text(Span { start: span.end, end: last.end });
    Some((before, sources.text(span), after))
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn a_label_is_broken_at_spaces() {
        assert_eq!(broken("a bc def ghij", 4), "a bc\ndef\nghij");
        assert_eq!(broken("longer words", 4), "longer\nwords");
        assert_eq!(broken("a bc", 4), "a bc");
        assert_eq!(broken("", 4), "");
    }
}
