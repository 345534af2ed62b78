//! Findings for people.

use std::fmt::Write as _;

use chor_compiler::diag::{Diagnostic, Paragraph, ParagraphKind, Report, advice, printable_sources};
use chor_compiler::source::Sources;

use crate::failure::Failure;
use crate::terminal::{Styles, Terminal};

/// The findings one after the other, each with its picture, its notes and its help.
pub(crate) fn human(
    findings: &[Diagnostic],
    sources: &Sources,
    terminal: &Terminal,
) -> Result<String, Failure> {
    if findings.is_empty() {
        return Ok(String::new());
    }
    let too_large =
        |error: chor_compiler::source::TooLarge| Failure::new(error.to_string(), "name fewer files");
    let shown = printable_sources(sources).map_err(too_large)?;
    let renderer = terminal.miette();
    let mut out = String::new();
    for finding in findings {
        let report = Report::new(finding, &shown).without_advice().within(terminal.width);
        // A `String` takes whatever is written to it, and every place has been found in the files.
        let _ = renderer.render_report(&mut out, &report);
        for paragraph in advice(finding, &shown) {
            write_paragraph(&mut out, &paragraph, terminal);
        }
        out.push('\n');
    }
    Ok(out)
}

fn write_paragraph(out: &mut String, paragraph: &Paragraph, terminal: &Terminal) {
    let Styles { hint, remove, insert, .. } = terminal.styles;
    match paragraph.kind {
        ParagraphKind::Note => {
            wrapped(out, &format!("  {hint}note:{hint:#} "), &paragraph.text, terminal.width);
        }
        ParagraphKind::Help => {
            wrapped(out, &format!("  {hint}help:{hint:#} "), &paragraph.text, terminal.width);
        }
        ParagraphKind::Remove => {
            let _ = writeln!(out, "        {remove}- {}{remove:#}", paragraph.text);
        }
        ParagraphKind::Insert => {
            let _ = writeln!(out, "        {insert}+ {}{insert:#}", paragraph.text);
        }
    }
}

fn wrapped(out: &mut String, start: &str, text: &str, width: usize) {
    let options = textwrap::Options::new(width).initial_indent(start).subsequent_indent("        ");
    out.push_str(&textwrap::fill(text, options));
    out.push('\n');
}
