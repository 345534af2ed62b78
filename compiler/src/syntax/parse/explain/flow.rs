//! Choreographies.

use super::tokens::{Kind, Token};
use super::{Read, Reader, Told};
use crate::diag::{closest, codes};

/// The words that open a statement, or go with one, in later versions.
const LATER: [&str; 10] =
    ["par", "and", "loop", "repeat", "within", "undo", "rollback", "run", "on", "observes"];

impl<'s> Reader<'s> {
    pub(super) fn choreography(&mut self) -> Read {
        self.step();
        self.name("the choreography's name")?;
        if self.is_mark("(") {
            return Err(self.unsupported(
                self.token(),
                "a choreography with parameters",
                "write the choreography out for each use",
            ));
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
        let (next, behind) = (self.ahead(1), self.ahead(2));
        match token.text {
            "choice" => self.choice(),
            "or" => {
                let finding = self.expected("a step or `choice at`");
                Err(self.tell(finding.help("`or` stands directly behind the `}` of a branch")))
            }
            word if LATER.contains(&word) && next.text != ":" => Err(self.later(token)),
            word if next.kind == Kind::Word && !next.first_on_line && behind.text != "," => {
                let meant = closest(word, ["choice"]).or_else(|| closest(word, LATER));
                match meant {
                    Some("choice") if next.text == "at" || behind.text == "{" => {
                        self.misspelt("choice");
                        self.at -= 1;
                        self.choice()
                    }
                    Some(later) if LATER.contains(&later) && behind.text != ":" => {
                        self.misspelt(later);
                        Err(Told)
                    }
                    _ => self.flow_step(),
                }
            }
            _ => self.flow_step(),
        }
    }

    /// A construct of the language that this version does not read: leaves it out with its braces.
    fn later(&mut self, token: Token<'_>) -> Told {
        let told = self.unsupported(
            token,
            &format!("`{}`", token.text),
            "leave it out, and write the flow with steps and choices alone",
        );
        loop {
            self.step();
            self.skip_until(|reader| {
                reader.token().first_on_line || reader.last().is_some_and(|t| t.text == "}")
            });
            let goes_on = ["and", "else", "or"].iter().any(|word| self.is_word(word));
            if !goes_on || self.left_open() {
                return told;
            }
        }
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
        }
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
        self.name("the event")?;
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
        while self.branch_ahead() {
            self.block()?;
        }
        Ok(())
    }

    /// Reads the `or` between two branches.
    fn branch_ahead(&mut self) -> bool {
        if self.take_word("or") {
            return true;
        }
        let (token, next) = (self.token(), self.ahead(1));
        let opens = next.kind == Kind::Mark && next.text == "{";
        if opens && token.kind == Kind::Word && matches!(token.text, "else" | "and" | "OR" | "Or") {
            self.step();
            let finding = self
                .finding(&codes::SYNTAX, token, "the branches of a choice have `or` between them")
                .label("write `or`")
                .help("write `or` instead")
                .edit(self.span(token), "or");
            self.tell(finding);
            return true;
        }
        if self.is_mark("{") && !token.first_on_line {
            self.missing(" or ", "`or` is missing between two branches");
            return true;
        }
        false
    }
}
