//! Statements and periods as other languages write them: `if`, `compensate`, `14 days`.

use super::tokens::{Kind, Token};
use super::{Read, Reader, Told};
use crate::diag::codes;
use crate::diag::words::shown;

/// Words that ask a condition.
const CONDITIONS: [&str; 5] = ["if", "when", "unless", "switch", "match"];

/// What others call `undo`.
const UNDO: [&str; 3] = ["compensate", "compensation", "revert"];

/// What others call the units of a period; a plural loses its `s` first.
const UNITS: [(&str, u64, &str); 15] = [
    ("ms", 1, "ms"),
    ("millisecond", 1, "ms"),
    ("", 1, "s"),
    ("sec", 1, "s"),
    ("second", 1, "s"),
    ("m", 1, "m"),
    ("min", 1, "m"),
    ("minute", 1, "m"),
    ("h", 1, "h"),
    ("hr", 1, "h"),
    ("hour", 1, "h"),
    ("d", 1, "d"),
    ("day", 1, "d"),
    ("w", 7, "d"),
    ("week", 7, "d"),
];

impl Reader<'_> {
    /// Whether a statement that asks a condition stands here.
    pub(super) fn condition_ahead(&self) -> bool {
        let next = self.ahead(1);
        CONDITIONS.contains(&self.token().text)
            && !next.first_on_line
            && (matches!(next.kind, Kind::Word | Kind::Number | Kind::String) || next.text == "(")
    }

    /// `if budget { … } else { … }`: what stands in the braces is read all the same.
    pub(super) fn condition(&mut self) -> Read {
        let word = self.step();
        let message =
            format!("there is no `{}`: the others cannot see a condition, only an event", shown(word.text));
        let finding = self.finding(&codes::SYNTAX, word, message).label("a decision is a `choice`").help(
            "write `choice at Orders { … } or { … }` with whoever decides, who opens each branch with an event of its own",
        );
        let told = self.tell(finding);
        loop {
            // Not `skip_until`, which would leave out what stands in the braces.
            while !self.is_mark("{") {
                if self.token().first_on_line || self.is_mark("}") {
                    return Err(told);
                }
                self.step();
            }
            self.block()?;
            if !self.take_word("else") && !self.take_word("or") {
                return Ok(());
            }
        }
    }

    /// Whether `undo` is meant by the word at hand.
    fn undo_meant(&self) -> bool {
        let (next, arrow) = (self.ahead(1), self.ahead(2));
        UNDO.contains(&self.token().text)
            && next.kind == Kind::Word
            && matches!(arrow.text, "->" | "=>" | "-->" | "→")
    }

    /// Reads `undo` behind a step, or what others write for it.
    pub(super) fn take_undo(&mut self) -> bool {
        if self.undo_meant() {
            self.misspelt("undo");
            return true;
        }
        self.take_word("undo")
    }

    /// Tells where an `undo` belongs that does not stand behind a step.
    pub(super) fn stray_undo(&mut self) -> Option<Told> {
        if !self.undo_meant() {
            return None;
        }
        let finding = self.expected("a step or `choice at`").help(
            "write `undo` instead, directly behind the step that it takes back; `rollback` takes back everything",
        );
        Some(self.tell(finding))
    }

    /// `14 days` where a period is wanted: told, and taken for `14d`.
    pub(super) fn period_in_words(&mut self) -> bool {
        let (number, unit) = (self.token(), self.ahead(1));
        let meant = match number.kind {
            Kind::Number if unit.kind == Kind::Word && !unit.first_on_line => {
                period(number.text, unit.text).map(|meant| (meant, 2, unit))
            }
            Kind::Stray => {
                let split = number.text.find(|c: char| !c.is_ascii_digit());
                let parts = split.and_then(|at| number.text.split_at_checked(at));
                parts.and_then(|(count, unit)| period(count, unit)).map(|meant| (meant, 1, number))
            }
            _ => None,
        };
        let Some((meant, tokens, last)) = meant else { return false };
        self.tell_period(number, last, &meant);
        self.at += tokens;
        true
    }

    fn tell_period(&mut self, first: Token<'_>, last: Token<'_>, meant: &str) {
        let finding = self
            .finding(&codes::SYNTAX, first, "a period is a number and its unit, in one word")
            .help(format!("write `{meant}`"))
            .edit(self.span(first).to(self.span(last)), meant);
        self.tell(finding);
    }
}

/// `14` and `days` as `14d`.
fn period(number: &str, unit: &str) -> Option<String> {
    let unit = unit.to_ascii_lowercase();
    let singular = if unit == "ms" { &unit } else { unit.strip_suffix('s').unwrap_or(&unit) };
    let (_, times, short) = UNITS.iter().find(|(word, ..)| *word == singular)?;
    let number: u64 = number.parse().ok()?;
    Some(format!("{}{short}", number.checked_mul(*times)?))
}
