//! From text to tree. The only user of pest: none of its types leaves this folder.
//!
//! A file is first looked over for what must not reach a parser, then parsed strictly. Only when that fails, it is read
//! once more for the sake of its mistakes.

mod cursor;
mod explain;
mod flow;
mod items;
mod scan;
pub(super) mod tokens;
mod types;
mod versions;

pub use scan::{DEEPEST_NESTING, LARGEST_FILE};
pub use versions::parse_versions;

use chor_grammar::{ChorParser, Rule};
use pest::Parser;
use pest::error::InputLocation;

use super::tree::File;
use crate::diag::{Diagnostic, codes};
use crate::parallel;
use crate::source::{SourceFile, Sources, Span};
use cursor::Cursor;

/// What came of one file.
#[derive(Debug, Default)]
pub struct Parsed<'s> {
    /// The tree; where there are findings, it may lack what they speak of.
    pub tree: File<'s>,
    /// The syntax errors.
    pub findings: Vec<Diagnostic>,
}

/// Parses all files, on all cores; the results are in the order of the files.
pub fn parse_all(sources: &Sources) -> Vec<Parsed<'_>> {
    parallel::map(sources.files(), parse)
}

/// Parses one file.
pub fn parse(file: &SourceFile) -> Parsed<'_> {
    parse_at(file, file.base())
}

/// Parses one file as if it stood there in the space of offsets; findings are told where it stands.
fn parse_at(file: &SourceFile, base: u32) -> Parsed<'_> {
    if let Some(finding) = scan::scan(file) {
        return Parsed { tree: File::default(), findings: vec![finding] };
    }
    match ChorParser::parse(Rule::file, file.text()) {
        Ok(pairs) => Parsed { tree: items::file(Cursor::new(pairs, base)), findings: Vec::new() },
        Err(error) => {
            let mut findings = explain::explain(file);
            if findings.is_empty() {
                findings.push(somewhere(file, &error.location));
            }
            Parsed { tree: File::default(), findings }
        }
    }
}

/// A mistake for which there are no better words than its place.
fn somewhere(file: &SourceFile, location: &InputLocation) -> Diagnostic {
    let at = match location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => *at,
    };
    let start = file.base() + u32::try_from(at).unwrap_or_default();
    Diagnostic::new(&codes::SYNTAX, Span { start, end: start }, "this does not follow the grammar")
        .label("up to here it does")
        .help("compare it with the examples of `chor explain C0001`")
}
