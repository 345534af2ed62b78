//! Where a finding is shown: the parts of the files that a reader should see.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::{SourceFile, Sources, Span};

/// A place of more lines than this is shown by its first line.
const MOST_LINES: u32 = 6;
/// A place of more bytes than this on one line is shown by its beginning.
const MOST_BYTES: u32 = 200;
/// A line of more bytes than this is shown around the place alone.
const LONG_LINE: u32 = 400;
/// How much is shown around a place on a long line.
const AROUND: u32 = 60;
/// Two places that are farther apart are not shown in one picture.
const MOST_AT_ONCE: u32 = 8 * 1024;

/// The part of a place that is worth showing, never empty-handed at the end of a file.
///
/// White space at the end is left out, a long place is cut to its first line, and "here, where the file
/// ends" becomes the end of the last line that says something, since the end itself has no line to show.
pub(super) fn visible(sources: &Sources, span: Span) -> Option<Span> {
    let (file, span) = in_file(sources, span)?;
    let (whole, start) = (file.span(), span.start);
    let end = first_lines(sources, file, span);
    let end = beginning(file, Span { start, end });
    let text = sources.text(Span { start, end });
    let said = text.trim_end().len();
    if said > 0 {
        return Some(Span { start, end: start + offset(said) });
    }
    let rest = sources.text(Span { start, end: whole.end });
    if rest.is_empty() { Some(last_word(file)) } else { Some(Span { start, end: start }) }
}

/// The file in which a place starts, and as much of the place as is in it.
pub(super) fn in_file(sources: &Sources, span: Span) -> Option<(&SourceFile, Span)> {
    let file = sources.file(span)?;
    let start = span.start.min(file.span().end);
    Some((file, Span { start, end: span.end.clamp(start, file.span().end) }))
}

/// Where a place ends once it is cut to what is shown of it.
fn first_lines(sources: &Sources, file: &SourceFile, span: Span) -> u32 {
    let (first, last) = (sources.position(span.start).line, sources.position(span.end).line);
    if last - first < MOST_LINES {
        return span.end;
    }
    file.line(first).map_or(span.end, |line| line.end)
}

/// Where a place ends once no more of it is shown than a reader takes in.
fn beginning(file: &SourceFile, span: Span) -> u32 {
    if span.end - span.start <= MOST_LINES * MOST_BYTES {
        return span.end;
    }
    character(file, span.start + MOST_BYTES)
}

/// The offset, or the one before it that does not split a character.
fn character(file: &SourceFile, offset: u32) -> u32 {
    let mut at = offset.clamp(file.base(), file.span().end);
    while !file.text().is_char_boundary((at - file.base()) as usize) {
        at -= 1;
    }
    at
}

/// From the start of one line to the end of another, with its line break.
fn lines(file: &SourceFile, first: u32, last: u32) -> Option<Span> {
    Some(file.line(first)?.to(file.line(last)?))
}

/// A place with a little of what stands before and behind it on these lines.
fn around(file: &SourceFile, lines: Span, place: Span) -> Span {
    let start = character(file, place.start.saturating_sub(AROUND)).max(lines.start);
    let end = character(file, place.end.saturating_add(AROUND)).min(lines.end);
    Span { start, end }
}

/// The part of a line that is worth showing for these places on it, with the line break where it is near.
pub(super) fn line_around(file: &SourceFile, line: Span, places: Span) -> Span {
    if line.end - line.start > LONG_LINE { around(file, line, places) } else { line }
}

/// The end of the last line that holds more than white space.
fn last_word(file: &SourceFile) -> Span {
    let said = file.text().trim_end();
    let end = file.base() + offset(said.len());
    if said.len() < file.text().len() {
        return Span { start: end, end };
    }
    let last = said.chars().next_back().map_or(0, char::len_utf8);
    Span { start: end - offset(last), end }
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The files as miette reads them.
///
/// miette shows places by their offset. Its offsets are ours, turned so that the file of the finding
/// comes first; the files before it follow behind the others.
#[derive(Debug)]
pub(super) struct Snippets<'a> {
    pub(super) sources: &'a Sources,
    /// Our offset that is miette's 0.
    first: u32,
    /// One past the last of our offsets.
    total: u32,
}

impl<'a> Snippets<'a> {
    /// Begins with the file in which this place is.
    pub(super) fn new(sources: &'a Sources, place: Span) -> Self {
        let first = sources.file(place).map_or(0, SourceFile::base);
        let total = sources.files().last().map_or(0, |file| file.span().end + 1);
        Self { sources, first, total }
    }

    /// Our span as miette's.
    pub(super) fn turned(&self, span: Span) -> SourceSpan {
        let start = if span.start >= self.first {
            span.start - self.first
        } else {
            span.start + (self.total - self.first)
        };
        (start as usize, span.end.saturating_sub(span.start) as usize).into()
    }

    /// miette's span as ours; `None` where it leaves its file.
    fn ours(&self, span: &SourceSpan) -> Option<(&'a SourceFile, Span)> {
        let turned = u32::try_from(span.offset()).ok()?;
        let behind = self.total - self.first;
        let start = if turned < behind { turned + self.first } else { turned - behind };
        let end = start.checked_add(u32::try_from(span.len()).ok()?)?;
        let place = Span { start, end };
        let file = self.sources.file(place)?;
        (end <= file.span().end).then_some((file, place))
    }
}

impl SourceCode for Snippets<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let (file, place) = self.ours(span).ok_or(MietteError::OutOfBounds)?;
        if place.end - place.start > MOST_AT_ONCE {
            return Err(MietteError::OutOfBounds);
        }
        let first = self.sources.position(place.start).line;
        let last = self.sources.position(place.end).line;
        let from = first.saturating_sub(offset(context_lines_before)).max(1);
        let to = last.saturating_add(offset(context_lines_after)).min(file.line_count());
        let mut shown = lines(file, from, to).unwrap_or(place);
        if shown.end - shown.start > (to - from + 1).saturating_mul(LONG_LINE) {
            shown = around(file, lines(file, first, last).unwrap_or(place), place);
        }
        // Without context, the contents begin at the very place: this is how miette asks for its column.
        if context_lines_before == 0 {
            shown.start = place.start;
        }
        let begin = self.sources.position(shown.start);
        Ok(Box::new(MietteSpanContents::new_named(
            file.name().to_owned(),
            self.sources.text(shown).as_bytes(),
            self.turned(shown),
            (begin.line - 1) as usize,
            (begin.column - 1) as usize,
            (to - from + 1) as usize,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of the place between `<` and `>`.
    fn shown(marked: &str) -> String {
        let start = marked.find('<').unwrap();
        let end = marked.find('>').unwrap() - 1;
        let mut sources = Sources::new();
        sources.add("before.chor", "other\n").unwrap();
        let file = sources.add("a.chor", marked.replace(['<', '>'], "")).unwrap();
        let place = Span { start: file.start + offset(start), end: file.start + offset(end) };
        let shown = visible(&sources, place).unwrap();
        let before = sources.text(Span { start: file.start, end: shown.start });
        let after = sources.text(Span { start: shown.end, end: file.end });
        format!("{before}<{}>{after}", sources.text(shown))
    }

    #[test]
    fn a_place_is_cut_to_what_says_something() {
        let long = "<1\n2\n3\n4\n5\n6\n7\n>8";
        for (marked, expected) in [
            ("a <b> c", "a <b> c"),
            ("a <b\n\n>c", "a <b>\n\nc"),
            ("a <>b", "a <>b"),
            ("a\n<>", "a<>\n"),
            ("a\n  <>\n", "a\n  <>\n"),
            ("ö\n\n ä<>", "ö\n\n <ä>"),
            ("<>", "<>"),
            (long, "<1>\n2\n3\n4\n5\n6\n7\n8"),
        ] {
            assert_eq!(shown(marked), expected, "{marked:?}");
        }
    }

    /// The text that miette gets for a place of `b.chor`, and its line and column.
    fn read(place: std::ops::Range<u32>, context: usize) -> Option<(String, String, usize, usize)> {
        let mut sources = Sources::new();
        sources.add("a.chor", "one\ntwo\n").unwrap();
        let base = sources.add("b.chor", "drei\nvier\nfünf\nsechs\n").unwrap().start;
        sources.add("c.chor", "sieben").unwrap();
        let place = Span { start: base + place.start, end: base + place.end };
        let snippets = Snippets::new(&sources, place);
        let contents = snippets.read_span(&snippets.turned(place), context, context).ok()?;
        Some((
            contents.name()?.to_owned(),
            String::from_utf8(contents.data().to_vec()).ok()?,
            contents.line(),
            contents.column(),
        ))
    }

    #[test]
    fn miette_gets_the_lines_of_one_file() {
        let name = "b.chor".to_owned();
        assert_eq!(read(5..9, 0), Some((name.clone(), "vier\n".into(), 1, 0)));
        assert_eq!(read(13..14, 0), Some((name.clone(), "nf\n".into(), 2, 2)));
        assert_eq!(read(5..9, 1), Some((name.clone(), "drei\nvier\nfünf\n".into(), 0, 0)));
        assert_eq!(read(22..22, 1), Some((name, "sechs\n".into(), 3, 0)));
    }

    #[test]
    fn a_span_over_two_files_is_refused() {
        assert_eq!(read(5..25, 1), None);
    }

    #[test]
    fn the_file_of_the_finding_comes_first() {
        let mut sources = Sources::new();
        let a = sources.add("a.chor", "one").unwrap();
        let b = sources.add("b.chor", "two").unwrap();
        let c = sources.add("c.chor", "three").unwrap();
        let snippets = Snippets::new(&sources, b);
        let offsets = [b, c, a].map(|span| snippets.turned(span).offset());
        assert!(offsets.is_sorted(), "{offsets:?}");
        let back = [b, c, a].map(|span| snippets.ours(&snippets.turned(span)).unwrap().1);
        assert_eq!(back, [b, c, a]);
    }
}
