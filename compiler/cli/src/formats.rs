//! Findings in the formats that CI systems read. One file a format, each with the few structures that it needs.
//!
//! The same findings give the same bytes: no time, no host and no path but those of the files goes into them.

mod checkstyle;
mod github;
mod gitlab;
mod junit;
mod sarif;
#[cfg(test)]
mod tests;
mod xml;

use chor_compiler::diag::{Diagnostic, Severity};
use chor_compiler::source::Sources;

use crate::args::Format;
use crate::failure::Failure;

/// Findings, in the order of their places, and the files in which they are.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) findings: &'a [Diagnostic],
    pub(crate) sources: &'a Sources,
}

/// Writes findings in one format, ended by a line break.
type Write = fn(Found<'_>) -> Result<String, Failure>;

/// How this format is written; `None`: it is one of those that say more than findings.
pub(crate) fn writer(format: Format) -> Option<Write> {
    match format {
        Format::Human | Format::Json => None,
        Format::Sarif => Some(sarif::render),
        Format::Github => Some(|found| Ok(github::render(found))),
        Format::Gitlab => Some(gitlab::render),
        Format::Junit => Some(|found| Ok(junit::render(found))),
        Format::Checkstyle => Some(|found| Ok(checkstyle::render(found))),
    }
}

impl<'a> Found<'a> {
    /// The file of a finding, by name.
    fn file(self, finding: &Diagnostic) -> &'a str {
        self.sources.file(finding.primary.span).map_or("", |file| file.name())
    }

    /// The files that were read, each with its findings, in the order of the files.
    fn by_file(self) -> impl Iterator<Item = (&'a str, &'a [Diagnostic])> {
        // Findings are in the order of their places.
        let before =
            move |end: u32| self.findings.partition_point(|finding| finding.primary.span.start < end);
        self.sources.files().iter().map(move |file| {
            let own = before(file.base())..before(file.span().end + 1);
            (file.name(), self.findings.get(own).unwrap_or_default())
        })
    }
}

/// What is wrong and what to do about it, in one paragraph.
fn sentence(finding: &Diagnostic) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut parts = vec![words(&finding.message)];
    // An event is shown as it is, white space and all.
    parts.extend(shown_notes(finding).iter().cloned());
    parts.extend(finding.help.as_deref().map(words));
    parts.join("; ")
}

/// What is wrong and what to do about it, in lines.
fn lines(finding: &Diagnostic) -> String {
    let help = finding.help.as_ref().map(|help| format!("help: {help}"));
    let notes = shown_notes(finding).iter().cloned();
    std::iter::once(finding.message.clone()).chain(notes).chain(help).collect::<Vec<_>>().join("\n")
}

/// What else a reviewer has to see of a finding where nothing but its text is shown: of a change whom it meets, what comes of
/// it in both directions, and an event that shows it.
fn shown_notes(finding: &Diagnostic) -> &[String] {
    if finding.change.is_some() { &finding.notes } else { &[] }
}

/// The word that most formats have for it.
fn severity(finding: &Diagnostic) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
