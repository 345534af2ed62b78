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

#[cfg(test)]
mod tests {
    use chor_compiler::diag::{Diagnostic, codes, plain};
    use chor_compiler::source::{Sources, Span};
    use clap::ColorChoice;
    use proptest::prelude::*;

    use super::human;
    use crate::terminal::Terminal;

    /// Short lines, long lines, all kinds of ends, wide and strange characters.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z {}]{0,9}",
            Just("\n".to_owned()),
            Just("\r\n".to_owned()),
            Just("\r".to_owned()),
            Just("\t".to_owned()),
            Just("ö→漢🦀\u{200d}e\u{301}".to_owned()),
            Just("\u{1b}[31m\u{202e}\u{9b}\0".to_owned()),
            Just("long line ".repeat(60)),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Whatever the files hold and wherever the places are, there is a text to show, and nothing in it
        /// steers the terminal.
        #[test]
        fn every_place_can_be_shown(
            texts in prop::collection::vec(text(), 1..4),
            places in prop::collection::vec((0u32..2000, 0u32..300), 1..6),
            help in ".{0,30}",
        ) {
            let mut sources = Sources::new();
            for (number, text) in texts.iter().enumerate() {
                sources.add(&format!("{number}.chor"), text.as_str()).unwrap();
            }
            let total = sources.files().last().unwrap().span().end + 3;
            let span = |(start, length): (u32, u32)| {
                let start = start % total;
                Span { start, end: (start + length).min(total) }
            };
            let mut finding = Diagnostic::new(codes::ALL[0], span(places[0]), help.clone()).label(help.clone());
            for place in &places {
                finding = finding.related(span(*place), "here and\nthere").edit(span(*place), help.clone());
            }
            let terminal = Terminal::new(ColorChoice::Never, false);
            let shown = human(std::slice::from_ref(&finding), &sources, &terminal).unwrap() + &plain(&finding, &sources);
            prop_assert!(!shown.contains("Failed to read"), "{shown}");
            prop_assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{shown:?}");
        }
    }
}
