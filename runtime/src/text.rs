//! Texts of others, of any length.

use std::any::Any;

/// The longest reason that is kept, in bytes: it goes into the state of an instance and into the journal, which have to fit
/// into a message.
const LONGEST_REASON: usize = 2000;

/// The beginning of a text, of so many bytes at most.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// A reason that can be kept.
pub(crate) fn reason(text: &str) -> String {
    let kept = beginning(text, LONGEST_REASON);
    if kept.len() == text.len() { kept.to_owned() } else { format!("{kept}…") }
}

/// What a panic has said.
pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_two_characters() {
        assert_eq!(reason("no"), "no");
        let long = "é".repeat(2000);
        let kept = reason(&long);
        assert_eq!(kept, format!("{}…", "é".repeat(1000)));
        assert_eq!(beginning(&long, 3), "é");
    }
}
