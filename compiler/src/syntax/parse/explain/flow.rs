//! Choreographies.

use super::tokens::{Kind, Token};
use super::{Read, Reader, Told};
use crate::diag::{closest, codes};

/// The words that open a statement, beside names.
const WORDS: [&str; 8] = ["choice", "par", "loop", "repeat", "within", "rollback", "run", "on"];

impl<'s> Reader<'s> {
    pub(super) fn choreography(&mut self) -> Read {
        self.step();
        self.name("the choreography's name")?;
        if self.is_mark("(") {
            self.names_in_brackets("a role")?;
        }
        if self.is_mark("{") {
            let finding = self.expected("`by` and the key");
            self.tell(finding.help("name the field that tells one instance from another: `by order`"));
        } else {
            self.keyword("by", "`by` and the key")?;
            self.key()?;
        }
        self.block()
    }

    fn key(&mut self) -> Read {
        if self.is_mark("(") {
            return self.bracketed(["(", ")"], "a field", |reader, wanted| reader.word(wanted).map(drop));
        }
        self.word("the key: a field that every event has")?;
        if self.is_mark(",") {
            let finding = self.expected("`{`");
            let told =
                self.tell(finding.help("a key of several fields stands in brackets: `by (customer, order)`"));
            self.skip_until(|reader| reader.is_mark("{") || reader.token().first_on_line);
            return if self.is_mark("{") { Ok(()) } else { Err(told) };
        }
        Ok(())
    }

    /// `{ statements }`
    fn block(&mut self) -> Read {
        self.open("{", "`{` and steps")?;
        let depth = self.open.len();
        while !self.take_close("}") {
            if self.left_open() {
                return Err(self.unclosed());
            }
            let start = self.at;
            if self.statement().is_ok() {
                continue;
            }
            if self.open.len() < depth {
                // A statement found that these braces are not closed.
                return Err(Told);
            }
            self.open.truncate(depth);
            self.at = self.at.max(start + 1);
            self.skip_until(|reader| reader.token().first_on_line);
        }
        Ok(())
    }

    fn statement(&mut self) -> Read {
        self.preamble()?;
        if self.left_open() {
            return Err(self.unclosed());
        }
        let token = self.token();
        if !matches!(token.kind, Kind::Word | Kind::ForeignWord) {
            return self.no_statement();
        }
        let next = self.ahead(1);
        match token.text {
            "or" | "and" | "else" => {
                let finding = self.expected("a step or `choice at`");
                let word = token.text;
                Err(self.tell(finding.help(format!("`{word}` stands directly behind the `}}` before it"))))
            }
            "undo" => {
                let finding = self.expected("a step or `choice at`");
                Err(self.tell(finding.help("`undo` stands directly behind the step that it takes back")))
            }
            // A label may be called like a word of the language: that is told where names are read.
            word if WORDS.contains(&word) && next.text != ":" => self.opened(word),
            _ => match self.statement_meant() {
                Some(word) => {
                    self.misspelt(word);
                    self.at -= 1;
                    self.opened(word)
                }
                None => self.flow_step(),
            },
        }
    }

    /// A statement that its first word makes known.
    fn opened(&mut self, word: &str) -> Read {
        match word {
            "choice" => self.choice(),
            "par" => self.parallel(),
            "loop" => {
                self.step();
                self.word("the loop's name")?;
                self.block()
            }
            "repeat" => {
                self.step();
                self.word("the name of the loop to repeat").map(drop)
            }
            "within" => self.deadline(),
            "run" => {
                self.step();
                self.name("the choreography to run")?;
                self.names_in_brackets("a service that plays a role")
            }
            "on" => {
                self.step();
                let event = self.name("the event of another choreography")?;
                self.arrow(event)?;
                self.row(
                    "a service that hears it",
                    |reader, wanted| reader.name(wanted).map(drop),
                    Self::subscriber_ahead,
                )
            }
            _ => {
                self.step();
                Ok(())
            }
        }
    }

    /// The word that the one at hand was meant to be, where what follows fits it.
    fn statement_meant(&self) -> Option<&'static str> {
        let (token, next, behind) = (self.token(), self.ahead(1), self.ahead(2));
        if next.first_on_line || !matches!(next.kind, Kind::Word | Kind::Period | Kind::Mark) {
            return None;
        }
        let meant = closest(token.text, WORDS)?;
        let fits = match meant {
            "choice" => next.text == "at" || behind.text == "{",
            "par" => next.text == "{",
            "loop" => behind.text == "{",
            "within" => next.kind == Kind::Period,
            "run" => behind.text == "(",
            "repeat" => next.kind == Kind::Word && behind.first_on_line,
            _ => false,
        };
        fits.then_some(meant)
    }

    fn names_in_brackets(&mut self, wanted: &str) -> Read {
        self.bracketed(["(", ")"], wanted, |reader, wanted| reader.name(wanted).map(drop))
    }

    fn no_statement(&mut self) -> Read {
        match self.token().text {
            ";" => {
                self.needless("steps end with their line, without `;`");
                Ok(())
            }
            "," => {
                self.needless("no comma stands between steps");
                Ok(())
            }
            _ => {
                let finding = self.expected("a step or `choice at`");
                Err(self.tell(match self.token().kind {
                    Kind::Doc | Kind::FileDoc => finding,
                    _ => finding.help("a step is written `Orders -> Payment, Inventory: OrderPlaced`"),
                }))
            }
        }
    }

    fn flow_step(&mut self) -> Read {
        if self.ahead(1).text == ":" {
            self.name("a step's label")?;
            self.step();
            if self.is_word("par") {
                return self.parallel();
            }
        }
        self.sends()?;
        if self.take_word("undo") && !self.take_word("none") {
            self.sends()?;
        }
        let token = self.token();
        if token.first_on_line || matches!(token.text, "}" | ";" | ",") || token.kind == Kind::Word {
            return Ok(());
        }
        if self.is_mark("{") {
            let finding = self.expected("the next step");
            return Err(self.tell(finding.help("the fields of an event stand where it is declared")));
        }
        Ok(())
    }

    /// `A -> B, C: Event`
    fn sends(&mut self) -> Read {
        let emitter = self.name("who emits the event")?;
        self.arrow(emitter)?;
        self.row(
            "a service that hears it",
            |reader, wanted| reader.name(wanted).map(drop),
            Self::subscriber_ahead,
        )?;
        if !self.take_mark(":") {
            let token = self.token();
            if token.kind != Kind::Word || token.first_on_line {
                return Err(self.wanted("`:` and the event"));
            }
            self.missing(":", "a colon is missing between the subscribers and the event");
        }
        self.name("the event").map(drop)
    }

    fn parallel(&mut self) -> Read {
        self.step();
        self.block()?;
        while self.part_ahead("and", "the parts of a `par` have `and` between them") {
            self.block()?;
        }
        Ok(())
    }

    fn deadline(&mut self) -> Read {
        self.step();
        if self.token().kind == Kind::Period {
            self.step();
        } else {
            let finding = self.expected("how long the deadline is");
            self.tell(
                finding.help("write a number and its unit: `500ms`, `30s`, `15m`, `2h`, `1d`, `1h30m`"),
            );
            self.skip_until(|reader| {
                reader.is_word("at") || reader.is_mark("{") || reader.token().first_on_line
            });
        }
        self.keyword("at", "`at` and who keeps the deadline")?;
        self.name("who keeps the deadline")?;
        if self.take_word("or") {
            self.sends()?;
        }
        self.block()?;
        if !self.take_word("else") {
            let finding = self.expected("`else` and what happens when the time is over");
            return Err(self.tell(finding.help(
                "write `else { … }` behind the body; it opens with an event of whoever keeps the deadline",
            )));
        }
        self.block()
    }

    fn arrow(&mut self, emitter: Token<'s>) -> Read {
        if self.take_mark("->") {
            return Ok(());
        }
        let token = self.token();
        if matches!(token.text, "=>" | "-->" | "→" | "⟶" | "⇒" | "-" | ">") {
            self.instead("->", "the arrow of a step is `->`");
            return Ok(());
        }
        let finding = self.expected("`->` and who hears it");
        Err(self.tell(match token.text {
            "<" => finding.help("the emitter stands on the left: `Orders -> Payment: OrderPlaced`"),
            _ => finding.help(format!("write `{} -> …: …`", emitter.text)),
        }))
    }

    /// Whether a subscriber stands here although the comma before it is missing.
    fn subscriber_ahead(&self) -> bool {
        let (token, next) = (self.token(), self.ahead(1));
        token.kind == Kind::Word && !token.first_on_line && matches!(next.text, ":" | ",")
    }

    fn choice(&mut self) -> Read {
        self.step();
        if self.take_word("at") {
            self.name("who decides")?;
        } else {
            let (token, next) = (self.token(), self.ahead(1));
            if token.kind == Kind::Word && next.kind == Kind::Word && !token.first_on_line {
                self.misspelt("at");
            } else if token.kind == Kind::Word && !token.first_on_line {
                self.missing(" at", "`at` is missing between `choice` and who decides");
            } else {
                let finding = self.expected("`at` and who decides");
                self.tell(finding.help("write `choice at Payment { … } or { … }`"));
            }
            if !self.is_mark("{") {
                self.name("who decides")?;
            }
        }
        self.block()?;
        while self.part_ahead("or", "the branches of a choice have `or` between them") {
            self.block()?;
        }
        Ok(())
    }

    /// Reads the word between two branches or parts.
    fn part_ahead(&mut self, word: &str, message: &str) -> bool {
        if self.take_word(word) {
            return true;
        }
        let (token, next) = (self.token(), self.ahead(1));
        let opens = next.kind == Kind::Mark && next.text == "{";
        if opens && token.kind == Kind::Word && matches!(token.text, "else" | "and" | "or" | "OR" | "Or") {
            self.step();
            let finding = self
                .finding(&codes::SYNTAX, token, message)
                .label(format!("write `{word}`"))
                .help(format!("write `{word}` instead"))
                .edit(self.span(token), word);
            self.tell(finding);
            return true;
        }
        if self.is_mark("{") && !token.first_on_line {
            let behind = if word == "or" { "branches" } else { "parts" };
            self.missing(&format!(" {word} "), format!("`{word}` is missing between two {behind}"));
            return true;
        }
        false
    }
}
