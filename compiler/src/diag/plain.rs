//! Findings as plain text, in the manner of rustc: for build logs, where there is neither colour nor width.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::printable::printable;
use super::report::{Paragraph, ParagraphKind, advice};
use super::snippet::{line_around, visible};
use super::{Diagnostic, Label, Severity};
use crate::source::{SourceFile, Sources, Span};

/// The finding with its places, notes and help.
pub fn plain(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = format!("{severity}[{}]: {}\n", diagnostic.code, printable(&diagnostic.message));
    let files = marks_by_file(diagnostic, sources);
    let width =
        files.iter().flat_map(|file| file.lines.keys()).max().map_or(1, |line| line.to_string().len());
    for (position, file) in files.iter().enumerate() {
        picture(&mut out, file, sources, width, position == 0);
    }
    for paragraph in advice(diagnostic, sources) {
        write_paragraph(&mut out, &paragraph, width);
    }
    out
}

/// One place of a finding, on the line on which it starts.
struct Mark<'a> {
    /// The part of the place that is on the line.
    span: Span,
    sign: char,
    text: &'a str,
}

/// The places of a finding in one file.
struct Marked<'a> {
    file: &'a SourceFile,
    /// The place that is named above the picture.
    named: Span,
    lines: BTreeMap<u32, Vec<Mark<'a>>>,
}

/// The file of the finding first, the others in the order in which they are spoken of.
fn marks_by_file<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Marked<'a>> {
    let mut files: Vec<Marked<'a>> = Vec::new();
    let related = diagnostic.related.iter().map(|label| (label, '-'));
    for (label, sign) in std::iter::once((&diagnostic.primary, '^')).chain(related) {
        let Some(file) = sources.file(label.span) else { continue };
        let Some((line, mark)) = mark(label, sign, file, sources) else { continue };
        let known = files.iter_mut().position(|marked| marked.file.base() == file.base());
        match known.and_then(|at| files.get_mut(at)) {
            Some(marked) => marked.lines.entry(line).or_default().push(mark),
            None => files.push(Marked { file, named: label.span, lines: [(line, vec![mark])].into() }),
        }
    }
    files
}

fn mark<'a>(label: &'a Label, sign: char, file: &SourceFile, sources: &Sources) -> Option<(u32, Mark<'a>)> {
    let span = visible(sources, label.span)?;
    let position = sources.position(span.start);
    let line = file.line(position.line)?;
    let span = Span { start: span.start, end: span.end.min(line.end) };
    let mark = Mark { span, sign, text: &label.text };
    Some((position.line, mark))
}

fn picture(out: &mut String, marked: &Marked<'_>, sources: &Sources, width: usize, first: bool) {
    let position = sources.position(marked.named.start);
    let arrow = if first { "-->" } else { ":::" };
    let name = printable(marked.file.name());
    let _ = writeln!(out, "{:width$}{arrow} {name}:{}:{}", "", position.line, position.column);
    let _ = writeln!(out, "{:width$} |", "");
    let mut previous = None;
    for (&number, marks) in &marked.lines {
        if previous.is_some_and(|previous| number > previous + 1) {
            out.push_str("...\n");
        }
        previous = Some(number);
        let mut shown = None;
        for mark in marks {
            let line = marked.file.line(number).unwrap_or(mark.span);
            let part = line_around(marked.file, line, mark.span);
            // A long line is shown again around each of its places.
            if shown.replace(part) != Some(part) {
                write_line(out, &format!("{number:width$} | {}", printable(sources.text(part))));
            }
            write_mark(out, mark, part, sources, width);
        }
    }
    let _ = writeln!(out, "{:width$} |", "");
}

/// Puts signs below a place on this line, and behind them what is to see there.
fn write_mark(out: &mut String, mark: &Mark<'_>, line: Span, sources: &Sources, width: usize) {
    // Tabs before the place stay tabs, so that the sign stands below it whatever their width.
    let before = sources.text(Span { start: line.start, end: mark.span.start });
    let before: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let covered = sources.text(mark.span).trim_end().chars().count().max(1);
    let signs = mark.sign.to_string().repeat(covered);
    let mut words = mark.text.lines();
    let first = printable(words.next().unwrap_or_default());
    write_line(out, &format!("{:width$} | {before}{signs} {first}", ""));
    let below = " ".repeat(covered);
    for more in words {
        write_line(out, &format!("{:width$} | {before}{below} {}", "", printable(more)));
    }
}

fn write_paragraph(out: &mut String, paragraph: &Paragraph, width: usize) {
    let (start, indent) = match paragraph.kind {
        ParagraphKind::Note => ("= note: ", "        "),
        ParagraphKind::Help => ("= help: ", "        "),
        ParagraphKind::Remove => ("      - ", "      - "),
        ParagraphKind::Insert => ("      + ", "      + "),
    };
    for (position, line) in paragraph.text.lines().enumerate() {
        let lead = if position == 0 { start } else { indent };
        write_line(out, &format!("{:width$} {lead}{line}", ""));
    }
}

fn write_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}
