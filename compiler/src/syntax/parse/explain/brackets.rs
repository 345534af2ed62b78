//! Brackets: what is open, what was never closed, and what to leave out on the way to the next part.

use super::tokens::Kind;
use super::{ITEM_WORDS, Read, Reader, Told};
use crate::diag::codes;

/// So many docs and attributes may stand above a declaration that is recognised as one.
const LOOK_AHEAD: usize = 100;

impl Reader<'_> {
    /// Reads an opening bracket that must be here.
    pub(super) fn open(&mut self, bracket: &str, wanted: &str) -> Read {
        if !self.is_mark(bracket) {
            return Err(self.wanted(wanted));
        }
        self.open.push(self.at);
        self.step();
        Ok(())
    }

    /// Reads the closing bracket, where it is here.
    pub(super) fn take_close(&mut self, bracket: &str) -> bool {
        if !self.is_mark(bracket) {
            return false;
        }
        if let Some(open) = self.open.pop()
            && bracket == "}"
            && self.token().first_on_line
            && self.indent_of(open) != self.indent_of(self.at)
        {
            self.doubtful.push(open);
        }
        self.step();
        true
    }

    /// Whether what is open ends without its bracket here: another declaration begins, or the file ends.
    pub(super) fn left_open(&self) -> bool {
        self.at_end() || self.item_ahead()
    }

    /// Tells which bracket was never closed, and gives it up.
    pub(super) fn unclosed(&mut self) -> Told {
        let innermost = self.open.pop().unwrap_or_default();
        // A brace inside that was closed on another indent has probably taken the brace of this one.
        let inside = self.doubtful.iter().copied().filter(|open| *open > innermost).min();
        let open = inside.unwrap_or(innermost);
        let Some(token) = self.tokens.get(open).copied() else { return Told };
        let closing = match token.text {
            "{" => "}",
            "[" => "]",
            _ => ")",
        };
        let within = self.tokens.get(open..self.at).unwrap_or_default();
        if within.iter().any(|token| token.kind == Kind::BrokenString && token.text.contains(closing)) {
            // A text without its closing quote has swallowed the bracket, and that has been told.
            return Told;
        }
        let before = self.last().map_or(token.end(), |last| last.end());
        let here = self.token();
        let what = if self.at_end() { "the file ends here" } else { "what follows begins here" };
        let finding = self
            .finding(&codes::UNBALANCED_BRACKET, token, format!("this `{}` is never closed", token.text))
            .label("opened here")
            .related(self.span(here), what)
            .help(format!("write the missing `{closing}` where this part is meant to end"));
        let finding = match (inside, closing) {
            (Some(_), _) => finding,
            (None, "}") => finding.edit(self.place(before, before), "\n}"),
            (None, _) => finding.edit(self.place(before, before), closing),
        };
        self.doubtful.retain(|open| *open < innermost);
        self.tell(finding)
    }

    /// A closing bracket where none is open.
    pub(super) fn unopened(&mut self) {
        let token = self.step();
        let finding = self
            .finding(&codes::UNBALANCED_BRACKET, token, format!("this `{}` closes nothing", token.text))
            .label("nothing is open here")
            .help("remove it, or look above for an opening bracket that is missing")
            .edit(self.span(token), "");
        self.tell(finding);
    }

    /// Whether a declaration begins here, with its docs and attributes.
    pub(super) fn item_ahead(&self) -> bool {
        let mut at = 0;
        loop {
            let token = self.ahead(at);
            match token.kind {
                _ if at > LOOK_AHEAD => return false,
                Kind::Doc => at += 1,
                Kind::Mark if token.text == "@" => at = self.behind_attribute(at),
                Kind::Word => break,
                _ => return false,
            }
        }
        let (word, name, next) = (self.ahead(at), self.ahead(at + 1), self.ahead(at + 2));
        let name_fits = name.kind == Kind::Word && !name.first_on_line;
        let starts_line = at > 0 || word.first_on_line;
        let next_fits = next.first_on_line
            || matches!(next.text, "{" | "=" | "by" | "." | "::")
            || (next.kind == Kind::Word && next.text.starts_with('v'))
            || word.text == "open";
        starts_line && ITEM_WORDS.contains(&word.text) && name_fits && next_fits
    }

    /// How many places on the attribute ends that begins so many places on.
    fn behind_attribute(&self, at: usize) -> usize {
        let behind_name = at + 2;
        if self.ahead(behind_name).text != "(" {
            return behind_name;
        }
        let mut depth = 0usize;
        let mut at = behind_name;
        loop {
            match self.ahead(at) {
                token if token.kind == Kind::End || at > LOOK_AHEAD => return at,
                token if token.text == "(" => depth += 1,
                token if token.text == ")" => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return at;
            }
        }
    }

    /// Leaves tokens out up to the first that ends the broken part, pairs of brackets as a whole.
    pub(super) fn skip_until(&mut self, ends: impl Fn(&Self) -> bool) {
        while !self.left_open() && !ends(self) {
            let token = self.token();
            match token.text {
                "{" | "[" | "(" if token.kind == Kind::Mark => self.skip_pair(),
                "}" => return,
                _ => {
                    self.step();
                }
            }
        }
    }

    /// Leaves out an opening bracket and everything up to its closing one.
    fn skip_pair(&mut self) {
        let mut depth = 0usize;
        while !self.at_end() && (depth == 0 || !self.item_ahead()) {
            let token = self.step();
            if token.kind == Kind::Mark {
                match token.text {
                    "{" | "[" | "(" => depth += 1,
                    "}" | "]" | ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// The white space before the line on which this token stands.
    fn indent_of(&self, token: usize) -> Option<&str> {
        let start = self.tokens.get(token)?.start;
        let line = self.text.get(..start)?.rsplit('\n').next()?;
        let line_start = start - line.len();
        let rest = self.text.get(line_start..)?;
        rest.get(..rest.len() - rest.trim_start_matches([' ', '\t']).len())
    }
}
