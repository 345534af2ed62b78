//! The regular expressions of `pattern:`.

use regex_lite::{Error, Regex};

/// A pattern as it is used: for the whole text, as the runtime compiles it too.
///
/// # Errors
///
/// It is not a regular expression, by itself or in this place.
pub fn whole_text(pattern: &str) -> Result<Regex, Error> {
    // By itself as well: `a)(b` is none, and would be one within a group.
    Regex::new(pattern)?;
    Regex::new(&format!(r"\A(?:{pattern})\z"))
}
