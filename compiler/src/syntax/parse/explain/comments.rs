//! Comments as other languages write them: `#` and `/* … */`.

use super::Reader;
use super::tokens::Token;
use crate::diag::codes;

impl Reader<'_> {
    /// Tells them and leaves them out, so that nobody reads what stands in them.
    pub(super) fn comments(&mut self) {
        let mut kept = Vec::with_capacity(self.tokens.len());
        let (mut end, mut opens_line) = (0, false);
        for mut token in std::mem::take(&mut self.tokens) {
            // What is left out may have been the first of its line.
            opens_line |= token.first_on_line;
            if token.start < end && token.start < self.text.len() {
                continue;
            }
            if let Some(behind) = self.foreign_comment(token) {
                end = behind;
                continue;
            }
            token.first_on_line = opens_line;
            opens_line = false;
            kept.push(token);
        }
        self.tokens = kept;
    }

    /// Where the comment ends that this token begins, if it begins one.
    fn foreign_comment(&mut self, token: Token<'_>) -> Option<usize> {
        let rest = self.text.get(token.start..)?;
        match token.text {
            "#" if !rest.starts_with("#[") => {
                let marks = rest.len() - rest.trim_start_matches('#').len();
                let behind = token.start + marks;
                let edit = (token.start, behind, slashes(rest.get(marks..)));
                self.tell_comment(token, "a comment begins with `//`", "write `//` instead", vec![edit]);
                Some(token.start + rest.find('\n').unwrap_or(rest.len()))
            }
            "/*" => {
                let length = rest.find("*/").map_or(rest.len(), |at| at + 2);
                let edits = self.block_comment(token.start, rest.get(..length)?);
                let help = "begin each line of the comment with `//`";
                self.tell_comment(token, "there are no block comments", help, edits);
                Some(token.start + length)
            }
            _ => None,
        }
    }

    fn tell_comment(
        &mut self,
        token: Token<'_>,
        message: &str,
        help: &str,
        edits: Vec<(usize, usize, String)>,
    ) {
        let finding = self.finding(&codes::SYNTAX, token, message).help(help);
        let finding =
            edits.into_iter().fold(finding, |it, (from, to, text)| it.edit(self.place(from, to), text));
        self.tell(finding);
    }

    /// Each of its lines as a comment of its own; nothing where it does not end, or something follows on its last line.
    fn block_comment(&self, start: usize, comment: &str) -> Vec<(usize, usize, String)> {
        let end = start + comment.len();
        let behind = self.text.get(end..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim();
        let Some(within) =
            comment.strip_suffix("*/").filter(|_| behind.is_empty() || behind.starts_with("//"))
        else {
            return Vec::new();
        };
        let opening = within.len() - within.trim_start_matches(['/', '*']).len();
        let mut edits = vec![(start, start + opening, slashes(within.get(opening..)))];
        let mut line_start = start;
        for line in within.split_inclusive('\n') {
            let text = line.trim_start();
            if line_start > start && !text.is_empty() {
                let at = line_start + line.len() - text.len();
                edits.push((at, at, "// ".to_owned()));
            }
            line_start += line.len();
        }
        edits.push((start + within.trim_end_matches([' ', '*']).len().max(opening), end, String::new()));
        edits
    }
}

/// The mark of a comment before this text: what follows it directly could make another mark of it.
fn slashes(text: Option<&str>) -> String {
    let spaced = text.is_none_or(|text| text.is_empty() || text.starts_with(char::is_whitespace));
    if spaced { "//".to_owned() } else { "// ".to_owned() }
}
