//! Words as messages show them.

use std::borrow::Cow;

/// Longer words are cut in messages.
const SHOWN: usize = 100;

/// A word of the source as a message shows it: cut where it is too long to read.
pub(crate) fn shown(word: &str) -> Cow<'_, str> {
    match word.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", word.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_at_a_letter() {
        assert_eq!(shown("short"), "short");
        assert_eq!(shown(&"é".repeat(101)), format!("{}…", "é".repeat(100)));
    }
}
