//! The files of one compilation, in one space of offsets.
//!
//! Every file occupies its own range of a single `u32` offset space, so a [`Span`] is eight bytes and
//! names its file without carrying it.

use std::sync::Arc;

/// A range of bytes in the one offset space of a [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the start of this one.
    #[must_use]
    pub fn at_start(self) -> Self {
        Self { start: self.start, end: self.start }
    }

    /// The empty span at the end of this one.
    #[must_use]
    pub fn at_end(self) -> Self {
        Self { start: self.end, end: self.end }
    }
}

/// One file: its name as the user knows it, its text, and where it stands in the offset space.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
    base: u32,
    /// Offsets, within the file, at which its lines start.
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The name under which the user knows the file, usually its path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The offset of the file's first byte in the one offset space.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The span of the whole file.
    pub fn span(&self) -> Span {
        Span { start: self.base, end: self.base + len_u32(&self.text) }
    }

    /// The number of lines; a file that ends with a line break has an empty last one.
    pub fn line_count(&self) -> u32 {
        u32::try_from(self.line_starts.len()).unwrap_or(u32::MAX)
    }

    /// A line, counted from 1, with the line break that ends it.
    pub fn line(&self, number: u32) -> Option<Span> {
        let index = number.checked_sub(1)? as usize;
        let start = self.line_starts.get(index)?;
        let end = self.line_starts.get(index + 1).copied().unwrap_or_else(|| len_u32(&self.text));
        Some(Span { start: self.base + start, end: self.base + end })
    }
}

/// A place as people write it: both counted from one, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// All files of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// The files together exceed what a span can address (4 GiB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the files of one compilation may hold 4 GiB together")
    }
}

impl std::error::Error for TooLarge {}

impl Sources {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file behind the others and returns the span that it occupies.
    pub fn add(&mut self, name: &str, text: impl Into<Arc<str>>) -> Result<Span, TooLarge> {
        let text = text.into();
        // One byte of distance keeps the end of a file apart from the start of the next.
        let base = self.files.last().map_or(0, |file| file.span().end + 1);
        let length = u32::try_from(text.len()).map_err(|_| TooLarge)?;
        base.checked_add(length).and_then(|end| end.checked_add(1)).ok_or(TooLarge)?;
        let line_starts = std::iter::once(0)
            .chain((0..).zip(text.bytes()).filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        let file = SourceFile { name: name.into(), text, base, line_starts };
        let span = file.span();
        self.files.push(file);
        Ok(span)
    }

    /// The files, in the order in which they were added.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file in which a span starts.
    pub fn file(&self, span: Span) -> Option<&SourceFile> {
        let after = self.files.partition_point(|file| file.base <= span.start);
        after.checked_sub(1).and_then(|at| self.files.get(at))
    }

    /// The text under a span; empty where the span is not one of these files'.
    pub fn text(&self, span: Span) -> &str {
        self.file(span)
            .and_then(|file| {
                let (start, end) = (span.start - file.base, span.end.checked_sub(file.base)?);
                file.text.get(start as usize..end as usize)
            })
            .unwrap_or_default()
    }

    /// Line and column of an offset.
    pub fn position(&self, offset: u32) -> Position {
        let Some(file) = self.file(Span { start: offset, end: offset }) else {
            return Position { line: 1, column: 1 };
        };
        let within = (offset - file.base).min(len_u32(&file.text));
        let line = file.line_starts.partition_point(|start| *start <= within).max(1);
        let start = file.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = file.text.get(start as usize..within as usize).unwrap_or_default();
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1),
        }
    }
}

/// The length of a text that [`Sources::add`] has accepted.
fn len_u32(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_names_its_file_and_place() {
        let mut sources = Sources::new();
        let first = sources.add("a.chor", "one\ntwo").unwrap();
        let second = sources.add("b.chor", "drei\nvier\n").unwrap();
        assert_eq!(sources.file(first).unwrap().name(), "a.chor");
        assert_eq!(sources.file(second.at_start()).unwrap().name(), "b.chor");
        assert_eq!(sources.text(Span { start: 4, end: 7 }), "two");
        assert_eq!(sources.position(second.start + 6), Position { line: 2, column: 2 });
        assert_eq!(sources.position(first.end), Position { line: 2, column: 4 });
    }

    #[test]
    fn lines_are_counted_from_one_and_hold_their_break() {
        let mut sources = Sources::new();
        sources.add("a.chor", "one").unwrap();
        let span = sources.add("b.chor", "drei\r\nvier\n").unwrap();
        let file = sources.file(span).unwrap();
        let lines: Vec<_> = (0..5).map(|number| file.line(number).map(|line| sources.text(line))).collect();
        assert_eq!(lines, [None, Some("drei\r\n"), Some("vier\n"), Some(""), None]);
        assert_eq!(file.line_count(), 3);
    }

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::new();
        let span = sources.add("a.chor", "ärger").unwrap();
        assert_eq!(sources.position(span.start + 2).column, 2);
    }
}
