//! Choreographies.

use super::tokens::{Kind, Token};
use super::{Read, Reader, Told};
use crate::diag::words::shown;
use crate::diag::{closest, codes};

/// The words that open a statement, beside names.
const WORDS: [&str; 8] = ["choice", "par", "loop", "repeat", "within", "rollback", "run", "on"];

/// What other languages say for them.
const ELSEWHERE: [(&str, &str); 8] = [
    ("parallel", "par"),
    ("while", "loop"),
    ("rec", "loop"),
    ("continue", "repeat"),
    ("timeout", "within"),
    ("compensate", "rollback"),
    ("call", "run"),
    ("do", "run"),
];

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
    pub(super) fn block(&mut self) -> Read {
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
            _ if self.condition_ahead() => self.condition(),
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
            "loop" => self.repetition(),
            "repeat" => self.repeat(),
            "within" => self.deadline(),
            "run" => {
                self.step();
                self.run()
            }
            "on" => self.start(),
            _ => {
                self.rollback();
                Ok(())
            }
        }
    }

    /// The word that the one at hand was meant to be, where what follows fits it.
    fn statement_meant(&self) -> Option<&'static str> {
        let (token, next, behind) = (self.token(), self.ahead(1), self.ahead(2));
        let elsewhere = ELSEWHERE.iter().find(|(word, _)| *word == token.text).map(|(_, meant)| *meant);
        let meant = elsewhere.or_else(|| closest(token.text, WORDS))?;
        let fits = match meant {
            "rollback" => next.first_on_line || next.text == "}",
            _ if next.first_on_line => false,
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

    fn no_statement(&mut self) -> Read {
        match self.token().text {
            "{" => {
                let finding = self.expected("a step or `choice at`");
                let help = "a pair of braces belongs to `choice`, `par`, `loop` or `within`";
                Err(self.tell(finding.help(help)))
            }
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
            let token = self.token();
            if token.kind == Kind::Word && WORDS.contains(&token.text) {
                return self.labelled(token);
            }
        }
        if self.ahead(1).text == "(" {
            let token = self.token();
            let finding = self
                .finding(&codes::SYNTAX, token, format!("`run` is missing before `{}`", shown(token.text)))
                .label("the choreography to run")
                .help("write `run` before it")
                .edit(self.place(token.start, token.start), "run ");
            self.tell(finding);
            return self.run();
        }
        if let Some(told) = self.stray_undo() {
            return Err(told);
        }
        let emitter = self.sends()?;
        if self.take_undo() && !self.take_word("none") {
            self.undo(emitter)?;
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

    /// A statement behind a label.
    fn labelled(&mut self, word: Token<'s>) -> Read {
        if word.text != "par" {
            let finding = self
                .finding(&codes::SYNTAX, word, format!("`{}` has no label", word.text))
                .label("only a step and a `par` have one")
                .help("remove the label, or write it before a step");
            self.tell(finding);
        }
        self.opened(word.text)
    }

    /// What stands behind `undo`, where it is not `none`.
    fn undo(&mut self, emitter: Token<'s>) -> Read {
        let (event, next) = (self.token(), self.ahead(1));
        if event.kind == Kind::Word && (next.first_on_line || next.text == "}") && !event.first_on_line {
            let finding = self.expected("the step that takes it back");
            let (who, event) = (shown(emitter.text), shown(event.text));
            return Err(self.tell(finding.help(format!("write `undo {who} -> …: {event}`"))));
        }
        self.sends().map(drop)
    }

    /// `A -> B, C: Event`; who emits it.
    pub(super) fn sends(&mut self) -> Read<Token<'s>> {
        let emitter = self.name("who emits the event")?;
        self.arrow(&format!("{} -> …: …", shown(emitter.text)))?;
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
        Ok(emitter)
    }

    /// The arrow of what is written like this.
    pub(super) fn arrow(&mut self, example: &str) -> Read {
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
            _ => finding.help(format!("write `{example}`")),
        }))
    }

    /// Whether a subscriber stands here although the comma before it is missing.
    pub(super) fn subscriber_ahead(&self) -> bool {
        let (token, next) = (self.token(), self.ahead(1));
        token.kind == Kind::Word && !token.first_on_line && matches!(next.text, ":" | ",")
    }
}
