//! Choices, parallel parts and deadlines: statements with several pairs of braces, and words between them.

use super::tokens::Kind;
use super::{Read, Reader};
use crate::diag::codes;

/// How a period is written.
const PERIODS: &str = "write a number and its unit: `500ms`, `30s`, `15m`, `2h`, `1d`, `1h30m`";

impl Reader<'_> {
    pub(super) fn choice(&mut self) -> Read {
        self.step();
        self.at_whom("choice", "who decides", "choice at Payment { … } or { … }")?;
        self.block()?;
        while self.part_ahead("or", "the branches of a choice have `or` between them") {
            self.block()?;
        }
        Ok(())
    }

    pub(super) fn parallel(&mut self) -> Read {
        self.step();
        self.block()?;
        while self.part_ahead("and", "the parts of a `par` have `and` between them") {
            self.block()?;
        }
        Ok(())
    }

    pub(super) fn deadline(&mut self) -> Read {
        self.step();
        if self.token().kind == Kind::Period {
            self.step();
        } else if !self.period_in_words() {
            let finding = self.expected("how long the deadline is");
            self.tell(finding.help(PERIODS));
            self.skip_until(|reader| {
                reader.is_word("at") || reader.is_mark("{") || reader.token().first_on_line
            });
        }
        self.at_whom("the period", "who keeps the deadline", "within 15m at Orders { … } else { … }")?;
        if self.take_word("or") {
            self.early()?;
        }
        self.block()?;
        if !self.part_ahead(
            "else",
            "a deadline has `else` between its body and what happens when the time is over",
        ) {
            let finding = self.expected("`else` and what happens when the time is over");
            return Err(self.tell(finding.help(
                "write `else { … }` behind the body; it opens with an event of whoever keeps the deadline",
            )));
        }
        self.block()
    }

    /// `Customer -> Orders: CancelOrder`, by which another asks for the `else`.
    fn early(&mut self) -> Read {
        let who = self.name("who may ask for the `else`")?;
        self.arrow(&format!("{} -> …: …", who.text))?;
        self.name("who keeps the deadline")?;
        if self.is_mark(",") {
            let finding = self.expected("`:` and the event");
            return Err(self.tell(finding.help("let whoever keeps the deadline hear it, and nobody else")));
        }
        self.mark(":", "`:` and the event")?;
        self.name("the event").map(drop)
    }

    /// `at` and a service, behind what is called so.
    fn at_whom(&mut self, behind: &str, wanted: &str, example: &str) -> Read {
        if self.take_word("at") {
            return self.name(wanted).map(drop);
        }
        let (token, next) = (self.token(), self.ahead(1));
        if token.kind == Kind::Word && next.kind == Kind::Word && next.text != "or" && !token.first_on_line {
            self.misspelt("at");
        } else if token.kind == Kind::Word && !token.first_on_line {
            let behind = if behind == "choice" { "`choice`" } else { behind };
            self.missing(" at", format!("`at` is missing between {behind} and {wanted}"));
        } else {
            let finding = self.expected(&format!("`at` and {wanted}"));
            self.tell(finding.help(format!("write `{example}`")));
        }
        if self.is_mark("{") { Ok(()) } else { self.name(wanted).map(drop) }
    }

    /// Reads the word between two pairs of braces.
    fn part_ahead(&mut self, word: &str, message: &str) -> bool {
        if self.take_word(word) {
            return true;
        }
        let (token, next) = (self.token(), self.ahead(1));
        let opens = next.kind == Kind::Mark && next.text == "{";
        if opens && token.kind == Kind::Word && BETWEEN.contains(&token.text) {
            self.step();
            let finding = self
                .finding(&codes::SYNTAX, token, message)
                .label(format!("write `{word}`"))
                .help(format!("write `{word}` instead"))
                .edit(self.span(token), word);
            self.tell(finding);
            return true;
        }
        if self.is_mark("{") {
            let between = match word {
                "or" => "two branches",
                "and" => "two parts",
                _ => "the body and what happens when the time is over",
            };
            self.missing(&format!(" {word}"), format!("`{word}` is missing between {between}"));
            return true;
        }
        false
    }
}

/// Words that stand between two pairs of braces, here or in other languages.
const BETWEEN: [&str; 9] = ["or", "and", "else", "Or", "OR", "And", "AND", "otherwise", "timeout"];
