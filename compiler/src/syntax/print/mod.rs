//! A file in the one style in which all files are written.
//!
//! The tree says how things belong together, the tokens of the text say what is written: the printer walks over both
//! side by side. A text can only come out by taking the next token, and whoever takes a token has put the comments before
//! it. So nothing is lost and nothing changes its order; the one thing that may be left out is a needless comma.
//!
//! The style, in short:
//!
//! - Two spaces a level, lines of at most [`WIDTH`] characters. What is longer goes on behind a comma, four spaces in.
//! - Statements, clauses and attributes of declarations and statements stand on lines of their own.
//! - Fields, values and variants stay on one line as long as they are written on one, and fit. Written on several lines, each gets
//!   its own: in such a list the end of a line is a separator like the comma, and which of them is meant is the writer's
//!   word. A contract that has a line for each field keeps it when a field gets shorter, and its history stays readable.
//! - `or`, `and` and `else` stand behind the brace, `undo` below its step.
//! - Of several empty lines one is kept, at the start and at the end of a block none.
//! - Comments keep their place and their text. None moves because of what is written on another line.

mod comments;
mod flow;
mod items;
mod line;
mod printer;
#[cfg(test)]
mod tests;
mod types;

pub use line::WIDTH;

use super::parse::parse;
use crate::diag::Diagnostic;
use crate::source::SourceFile;
use printer::Printer;

/// The file's text in the style; a file with syntax errors has none, but these findings.
///
/// Line ends stay what they are in the file's first line.
pub fn formatted(file: &SourceFile) -> Result<String, Vec<Diagnostic>> {
    let parsed = parse(file);
    if !parsed.findings.is_empty() {
        return Err(parsed.findings);
    }
    let text = Printer::new(file).file(&parsed.tree);
    let first = file.text().split_inclusive('\n').next();
    Ok(if first.is_some_and(|line| line.ends_with("\r\n")) { text.replace('\n', "\r\n") } else { text })
}
