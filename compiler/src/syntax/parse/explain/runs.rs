//! Loops, and what goes from one choreography to another: `loop`, `repeat`, `run`, `on`, `rollback`.

use super::tokens::Kind;
use super::{Read, Reader};
use crate::diag::codes;
use crate::diag::words::shown;

impl Reader<'_> {
    pub(super) fn repetition(&mut self) -> Read {
        self.step();
        if self.is_mark("{") {
            let finding = self.expected("the loop's name");
            self.tell(
                finding.help("name it, for those who go back to it: `loop again { … repeat again … }`"),
            );
        } else {
            self.word("the loop's name")?;
        }
        self.block()
    }

    pub(super) fn repeat(&mut self) -> Read {
        self.step();
        let token = self.token();
        if token.first_on_line || token.text == "}" {
            let finding = self.expected("the name of a loop");
            return Err(self.tell(finding.help("write which loop goes round again: `repeat again`")));
        }
        self.word("the name of the loop to repeat").map(drop)
    }

    /// What stands behind `run`.
    pub(super) fn run(&mut self) -> Read {
        let choreography = self.name("the choreography to run")?;
        if !self.is_mark("(") {
            let finding = self.expected("`(` and who plays its roles");
            let name = shown(choreography.text);
            return Err(
                self.tell(finding.help(format!("write `run {name}(…)` with a service for each role")))
            );
        }
        self.names_in_brackets("a service that plays a role")
    }

    /// One name or several.
    pub(super) fn names_in_brackets(&mut self, wanted: &str) -> Read {
        if self.is_mark("(") && self.ahead(1).text == ")" {
            self.step();
            return Err(self.wanted(wanted));
        }
        self.bracketed(["(", ")"], wanted, |reader, wanted| reader.name(wanted).map(drop))
    }

    pub(super) fn start(&mut self) -> Read {
        self.step();
        let event = self.name("the event of another choreography")?;
        self.arrow(&format!("on {} -> …", shown(event.text)))?;
        self.row(
            "a service that hears it",
            |reader, wanted| reader.name(wanted).map(drop),
            Self::subscriber_ahead,
        )
    }

    pub(super) fn rollback(&mut self) {
        let word = self.step();
        let token = self.token();
        if token.kind == Kind::Word && !token.first_on_line {
            self.step();
            let finding = self
                .finding(&codes::SYNTAX, token, "`rollback` takes back everything, and names nothing")
                .label("not needed")
                .help(format!("remove `{}`", shown(token.text)))
                .edit(self.place(word.end(), token.end()), "");
            self.tell(finding);
        }
    }
}
