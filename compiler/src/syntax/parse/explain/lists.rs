//! Things behind each other: with commas between them, or on lines of their own.

use super::tokens::Kind;
use super::{CLAUSES, Read, Reader};
use crate::diag::codes;
use crate::diag::words::shown;

fn is_value(kind: Kind) -> bool {
    matches!(kind, Kind::Word | Kind::String | Kind::BrokenString | Kind::Date | Kind::Number)
}

impl Reader<'_> {
    /// `A, B, C`, without brackets. `more` tells whether a thing begins here although the comma is missing.
    pub(super) fn row(
        &mut self,
        wanted: &str,
        thing: fn(&mut Self, &str) -> Read,
        more: fn(&Self) -> bool,
    ) -> Read {
        loop {
            thing(self, wanted)?;
            if self.is_mark(",") {
                if self.ends_behind_comma() {
                    self.needless("no comma stands behind the last of them");
                    return Ok(());
                }
                self.step();
                continue;
            }
            if !more(self) {
                return Ok(());
            }
            self.missing(",", format!("a comma is missing before `{}`", shown(self.token().text)));
        }
    }

    /// Whether the comma at hand is followed by what ends a row without brackets.
    fn ends_behind_comma(&self) -> bool {
        let (next, behind) = (self.ahead(1), self.ahead(2));
        match next.kind {
            Kind::Mark => matches!(next.text, "}" | ":"),
            Kind::Word => CLAUSES.contains(&next.text) && !matches!(behind.text, "," | ":" | "}"),
            _ => false,
        }
    }

    /// `(a, b)`: things with commas between them, in brackets. A comma behind the last is fine.
    pub(super) fn bracketed(
        &mut self,
        brackets: [&str; 2],
        wanted: &str,
        thing: fn(&mut Self, &str) -> Read,
    ) -> Read {
        let [open, close] = brackets;
        self.open(open, &format!("`{open}`"))?;
        while !self.take_close(close) {
            if self.left_open() || self.is_mark("}") {
                return Err(self.unclosed());
            }
            thing(self, wanted)?;
            if self.take_mark(",") || self.is_mark(close) {
                continue;
            }
            let next = self.ahead(1).text;
            if self.left_open() || self.is_mark("}") {
                return Err(self.unclosed());
            } else if self.token().kind == Kind::Word && (next == close || matches!(next, "," | ":")) {
                self.missing(",", format!("a comma is missing before `{}`", shown(self.token().text)));
            } else {
                return Err(self.wanted(&format!("`,` or `{close}`")));
            }
        }
        Ok(())
    }

    /// `{ … }`: entries on lines of their own or with commas between them.
    /// `more` tells whether an entry begins here although the comma is missing.
    pub(super) fn entries(
        &mut self,
        wanted: &str,
        entry: fn(&mut Self) -> Read,
        more: fn(&Self) -> bool,
    ) -> Read {
        self.open("{", wanted)?;
        let depth = self.open.len();
        while !self.take_close("}") {
            if self.left_open() {
                return Err(self.unclosed());
            }
            let start = self.at;
            if entry(self).is_ok() {
                self.separator(more);
                continue;
            }
            if self.open.len() < depth {
                // The entry found that these braces are not closed.
                return Err(super::Told);
            }
            self.open.truncate(depth);
            self.skip_until(|reader| {
                reader.is_mark(",") || (reader.token().first_on_line && reader.at > start)
            });
            self.take_mark(",");
        }
        Ok(())
    }

    /// What stands between two entries.
    fn separator(&mut self, more: fn(&Self) -> bool) {
        let token = self.token();
        if self.take_mark(",") || self.is_mark("}") || token.first_on_line {
            return;
        }
        if self.is_mark(";") {
            self.instead(",", "entries have a comma or the end of a line between them");
        } else if token.kind == Kind::Doc {
            let finding = self
                .finding(&codes::SYNTAX, token, "a `///` line stands above what it documents")
                .label("behind it, this would document the next")
                .help("put it on a line of its own above, or write `//` for a plain comment");
            let slash = self.place(token.start, token.start + 1);
            self.tell(finding.edit(slash, ""));
            self.step();
        } else if self.is_mark("@") || more(self) {
            let next = shown(token.text);
            self.missing(",", format!("a comma or the end of the line is missing before `{next}`"));
        } else {
            self.wanted("`,`, the end of the line or `}`");
            let start = self.at;
            self.skip_until(|reader| {
                reader.is_mark(",") || (reader.token().first_on_line && reader.at > start)
            });
            self.take_mark(",");
        }
    }

    /// Docs and attributes, which must belong to something.
    pub(super) fn preamble(&mut self) -> Read {
        let start = self.at;
        loop {
            self.begin = self.at;
            if self.token().kind == Kind::Doc {
                self.step();
            } else if self.is_mark("@") {
                self.attribute()?;
            } else {
                break;
            }
        }
        match self.last() {
            Some(last) if start < self.at && (self.at_end() || self.is_mark("}")) => {
                let finding = self
                    .finding(&codes::SYNTAX, last, "nothing follows that this could belong to")
                    .help("remove it, or write `//` for a plain comment");
                Err(self.tell(finding))
            }
            _ => Ok(()),
        }
    }

    fn attribute(&mut self) -> Read {
        let at = self.step();
        if self.token().start != at.end() {
            return Err(self.wanted("the attribute's name directly behind the `@`"));
        }
        self.word("the attribute's name behind the `@`")?;
        if self.is_mark("(") && !self.token().first_on_line { self.arguments() } else { Ok(()) }
    }

    /// `(argument, key: value)`
    pub(super) fn arguments(&mut self) -> Read {
        self.bracketed(["(", ")"], "an argument", |reader, _| reader.argument())
    }

    fn argument(&mut self) -> Read {
        if self.token().kind == Kind::Word && self.ahead(1).text == ":" {
            self.step();
            self.step();
        }
        match self.token().kind {
            Kind::String | Kind::BrokenString | Kind::Date | Kind::Number => {
                self.step();
                Ok(())
            }
            Kind::Word if self.ahead(1).text == "=" => {
                self.step();
                self.instead(":", "name and value have a colon between them");
                self.argument()
            }
            Kind::Word if !self.ahead(1).first_on_line && is_value(self.ahead(1).kind) => {
                self.step();
                self.missing(":", "a colon is missing between name and value");
                self.argument()
            }
            Kind::Word => self.path("a value"),
            _ => Err(self.wanted("a value: a text in quotes, a number, a date or a name")),
        }
    }

    /// `a.b.c`
    pub(super) fn path(&mut self, wanted: &str) -> Read {
        self.word(wanted)?;
        while self.is_mark(".") {
            let dot = self.token();
            if self.last().is_some_and(|last| last.end() != dot.start) {
                return Err(self.wanted("no space before the `.`"));
            }
            self.step();
            if self.token().start != dot.end() {
                return Err(self.wanted("a name directly behind the `.`"));
            }
            self.word("a name behind the `.`")?;
        }
        Ok(())
    }
}
