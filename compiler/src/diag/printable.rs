//! Texts as they may be shown: what a terminal would obey is replaced, length and lines stay.

use std::borrow::Cow;

use crate::source::{Sources, TooLarge};

/// The text without characters that steer a terminal or turn the direction of writing.
///
/// Each is replaced by one of as many bytes, so that offsets stay true.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(steers) {
        Cow::Owned(text.chars().map(|c| if steers(c) { stand_in(c) } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The same files with names and texts that steer no terminal, for showing parts of them.
pub fn printable_sources(sources: &Sources) -> Result<Cow<'_, Sources>, TooLarge> {
    if !sources.files().iter().any(|file| file.text().contains(steers) || file.name().contains(steers)) {
        return Ok(Cow::Borrowed(sources));
    }
    let mut shown = Sources::new();
    for file in sources.files() {
        shown.add(&printable(file.name()), printable(file.text()))?;
    }
    Ok(Cow::Owned(shown))
}

fn steers(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn stand_in(c: char) -> char {
    match c.len_utf8() {
        1 => '?',
        2 => '\u{bf}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_replaced_by_as_many_bytes() {
        let text = "a\u{1b}[31m\u{9b}31m\u{202e}b\tc\r\n";
        let shown = printable(text);
        assert_eq!(shown, "a?[31m\u{bf}31m\u{fffd}b\tc\r\n");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn harmless_texts_are_not_copied() {
        assert!(matches!(printable("größer →\n"), Cow::Borrowed(_)));
    }
}
