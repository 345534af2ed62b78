//! Strings that do not end, and escapes that mean nothing.

use super::tokens::{Kind, Token};
use super::{MOST, Reader};
use crate::diag::codes;

impl Reader<'_> {
    /// Tells every broken string; the readers of the rest take them for strings.
    pub(super) fn strings(&mut self) {
        let broken = self.tokens.iter().copied().filter(|token| token.kind == Kind::BrokenString);
        let broken: Vec<_> = broken.take(MOST).collect();
        for token in broken {
            match end_of(token.text) {
                Some(end) => self.escapes(token, end),
                None => self.unterminated(token),
            }
        }
    }

    fn unterminated(&mut self, token: Token<'_>) {
        let text = token.text.trim_end();
        let finding = self
            .finding(&codes::UNTERMINATED_STRING, token, "this text in quotes does not end on its line")
            .label("no closing quote")
            .help("close it with `\"` on this line; a line break in a text is written `\\n`");
        // Where more follows on the line, only its author knows where the text was to end.
        let end = token.start + text.len();
        let finding = if text.contains(char::is_whitespace) || text.ends_with('\\') {
            finding
        } else {
            finding.edit(self.place(end, end), "\"")
        };
        self.tell(finding);
    }

    fn escapes(&mut self, token: Token<'_>, end: usize) {
        let mut escaped = false;
        for (at, character) in token.text.char_indices().take_while(|(at, _)| *at < end) {
            if escaped && !matches!(character, '\\' | '"' | 'n' | 't') {
                let (from, to) = (token.start + at - 1, token.start + at + character.len_utf8());
                let finding = self
                    .finding(&codes::UNKNOWN_ESCAPE, token, format!("`\\{character}` is no escape"))
                    .help(format!("for the backslash itself, write `\\\\{character}`; there are `\\\"`, `\\\\`, `\\n` and `\\t`"))
                    .edit(self.place(from, from), "\\");
                self.tell(at_place(finding, self.place(from, to)));
            }
            escaped = character == '\\' && !escaped;
        }
    }
}

fn at_place(mut finding: crate::diag::Diagnostic, place: crate::source::Span) -> crate::diag::Diagnostic {
    finding.primary.span = place;
    finding.label("means nothing")
}

/// Where the string's closing quote is, within it.
fn end_of(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return Some(at),
            _ => escaped = character == '\\' && !escaped,
        }
    }
    None
}
