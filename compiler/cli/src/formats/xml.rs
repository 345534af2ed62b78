//! Texts as XML has them.

use std::fmt::Write as _;

/// The text as the content of an element.
pub(super) fn content(text: &str) -> String {
    attribute(text).replace("&#10;", "\n").replace("&#9;", "\t")
}

/// The text as the value of an attribute in double quotes.
///
/// Line ends and tabs are written as references, so that no reader makes spaces of them. What XML cannot hold at all
/// becomes a replacement character.
pub(super) fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{attribute, content};

    #[test]
    fn what_xml_reads_as_its_own_is_escaped() {
        assert_eq!(
            attribute("a < b && 'c' > \"d\"\n\tö"),
            "a &lt; b &amp;&amp; &apos;c&apos; &gt; &quot;d&quot;&#10;&#9;ö"
        );
        assert_eq!(content("a\r\n\tb"), "a&#13;\n\tb");
        assert_eq!(attribute("\u{0}\u{1b}[31m\u{ffff}"), "\u{fffd}\u{fffd}[31m\u{fffd}");
    }
}
