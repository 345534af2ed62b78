//! Random programs of the whole language, as somebody without any style would write them: white space, line ends and
//! comments wherever the grammar allows them. They mean nothing; they only parse.

use std::fmt::Write as _;

use proptest::prelude::*;

/// A text that parses.
pub(super) fn program() -> impl Strategy<Value = String> {
    // The bytes are decisions. Fewer and smaller ones make a smaller program, so proptest finds the smallest.
    prop::collection::vec(any::<u8>(), 0..500).prop_map(|decisions| {
        let mut writer = Writer { decisions: decisions.into_iter(), text: String::new(), comments: 0 };
        writer.file();
        writer.text
    })
}

const NAMES: [&str; 8] =
    ["A", "Orders", "Payment", "OrderPlaced", "lower", "_x", "ANameOfTwentyFiveLetters_", "Customer"];
const WORDS: [&str; 7] = ["order", "type", "or", "a", "event", "a_word_of_twenty_letters", "none"];
const SCALARS: [&str; 4] = ["uuid", "string", "u32", "timestamp"];
const VALUES: [&str; 8] =
    ["1", "-0.5", "2027-03-01", "\"a \\\"b\\\" // {,\"", "\"\"", "a.b", "Orders", "late"];
const PERIODS: [&str; 3] = ["15m", "1h30m", "500ms"];

struct Writer {
    decisions: std::vec::IntoIter<u8>,
    text: String,
    comments: usize,
}

/// What a part of the grammar is written by.
type Part = fn(&mut Writer, usize);

impl Writer {
    /// A number below this one; nought, when all decisions are made.
    fn below(&mut self, end: usize) -> usize {
        usize::from(self.decisions.next().unwrap_or_default()) % end
    }

    fn perhaps(&mut self) -> bool {
        self.below(2) == 1
    }

    /// A token behind any white space and comments.
    fn token(&mut self, token: &str) {
        let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let touch = self.text.ends_with(is_word) && token.starts_with(is_word);
        self.gap(touch);
        self.text.push_str(token);
    }

    fn tokens(&mut self, tokens: &[&str]) {
        for token in tokens {
            self.token(token);
        }
    }

    /// A token on the line of the one before.
    fn beside(&mut self, token: &str) {
        let space = ["", " ", "\t "][self.below(3)];
        self.text.push_str(space);
        self.text.push_str(token);
    }

    fn one_of(&mut self, tokens: &[&str]) {
        let token = tokens[self.below(tokens.len())];
        self.token(token);
    }

    fn name(&mut self) {
        self.one_of(&NAMES);
    }

    fn word(&mut self) {
        self.one_of(&WORDS);
    }

    fn gap(&mut self, needed: bool) {
        match self.below(12) {
            0..=3 if !needed => {}
            8 => self.text.push('\n'),
            9 => self.text.push_str("\n\n \t\n"),
            10 => self.comment(),
            11 => {
                self.text.push('\n');
                self.comment();
                self.gap(false);
            }
            _ => self.text.push(' '),
        }
    }

    fn comment(&mut self) {
        self.comments += 1;
        let slashes = ["// ", "//", "////"][self.below(3)];
        let end = ["\n", "  \n", "\n\n\n"][self.below(3)];
        let _ = write!(self.text, "{slashes}comment {}{end}", self.comments);
    }

    /// Some of these, with commas between them.
    fn list(&mut self, least: usize, part: Part) {
        for at in 0..least + self.below(5) {
            if at > 0 {
                self.token(",");
            }
            part(self, at);
        }
    }

    fn names(&mut self) {
        self.list(1, |writer, _| writer.name());
    }

    fn bracketed(&mut self, part: Part) {
        self.token("(");
        self.list(1, part);
        self.trailing_comma();
        self.token(")");
    }

    fn trailing_comma(&mut self) {
        if self.perhaps() {
            self.token(",");
        }
    }

    fn file(&mut self) {
        for _ in 0..self.below(3) {
            self.doc("//!");
        }
        if self.perhaps() {
            self.token("namespace");
            self.path();
        }
        for _ in 0..self.below(3) {
            self.token("use");
            self.path();
            self.tokens(&["::", "{"]);
            self.names();
            self.trailing_comma();
            self.token("}");
        }
        for _ in 0..=self.below(6) {
            self.preamble();
            self.item();
        }
        self.gap(false);
    }

    fn path(&mut self) {
        self.word();
        for _ in 0..self.below(3) {
            self.text.push('.');
            let word = WORDS[self.below(WORDS.len())];
            self.text.push_str(word);
        }
    }

    fn doc(&mut self, slashes: &str) {
        self.gap(false);
        self.comments += 1;
        let text = ["", " a doc, {number}", "another {number}  ", "! {number}"][self.below(4)];
        let text = if slashes == "//!" && text.starts_with('!') { "" } else { text };
        let text = text.replace("{number}", &self.comments.to_string());
        let _ = writeln!(self.text, "{slashes}{text}");
    }

    fn preamble(&mut self) {
        for _ in 0..self.below(4) {
            match self.below(3) {
                0 => self.doc("///"),
                _ => self.attribute(),
            }
        }
    }

    fn attribute(&mut self) {
        self.token("@");
        let word = WORDS[self.below(WORDS.len())];
        self.text.push_str(word);
        if self.perhaps() {
            self.arguments();
        }
    }

    fn arguments(&mut self) {
        self.beside("(");
        self.list(0, |writer, _| {
            if writer.perhaps() {
                writer.word();
                writer.token(":");
            }
            writer.one_of(&VALUES);
        });
        // A comma alone is no argument.
        if !self.text.ends_with('(') {
            self.trailing_comma();
        }
        self.token(")");
    }

    fn item(&mut self) {
        match self.below(10) {
            0 | 1 => self.participant(),
            2 => {
                self.token("type");
                self.name();
                self.token("=");
                self.ty(0);
            }
            3 => {
                self.token("record");
                self.name();
                self.members(Self::field);
            }
            4 => {
                if self.perhaps() {
                    self.token("open");
                }
                self.token("enum");
                self.name();
                self.members(Self::word);
            }
            5 | 6 => {
                self.one_of(&["event", "command"]);
                self.name();
                if self.perhaps() {
                    self.token("v12");
                }
                self.members(Self::field);
            }
            7 => {
                self.name();
                self.token("observes");
                self.names();
            }
            8 => {
                if self.perhaps() {
                    self.token("open");
                }
                self.token("union");
                self.name();
                self.members(Self::variant);
            }
            _ => self.choreography(),
        }
    }

    fn participant(&mut self) {
        self.one_of(&["service", "external"]);
        self.name();
        if self.perhaps() {
            return;
        }
        self.token("{");
        for _ in 0..self.below(4) {
            match self.below(3) {
                0 => self.tokens(&["owner", "\"a@b\""]),
                1 => {
                    self.token("emits");
                    self.names();
                }
                _ => {
                    self.token("reads");
                    self.list(1, |writer, _| writer.read());
                }
            }
        }
        self.token("}");
    }

    fn read(&mut self) {
        self.name();
        if self.perhaps() {
            self.token("{");
            if self.perhaps() {
                self.list(1, |writer, _| writer.word());
                self.trailing_comma();
            }
            self.token("}");
        }
    }

    /// Fields, values or variants in braces, with commas or ends of lines between them.
    fn members(&mut self, member: fn(&mut Self)) {
        self.token("{");
        let count = self.below(5);
        for at in 0..count {
            if at > 0 {
                match self.below(4) {
                    0 => self.text.push('\n'),
                    1 => self.comment(),
                    _ => self.token(","),
                }
            }
            self.preamble();
            member(self);
        }
        if count > 0 {
            self.trailing_comma();
        }
        self.token("}");
    }

    fn field(&mut self) {
        self.word();
        self.token(":");
        self.ty(0);
        if self.perhaps() {
            self.beside("=");
            match self.below(3) {
                0 => self.tokens(&["[", "]"]),
                1 => self.tokens(&["{", "}"]),
                _ => self.one_of(&VALUES),
            }
        }
    }

    fn variant(&mut self) {
        self.word();
        if self.perhaps() {
            self.token(":");
            self.ty(0);
        }
    }

    fn ty(&mut self, depth: usize) {
        match self.below(4) {
            0 => self.one_of(&SCALARS),
            1 if depth < 3 => {
                self.token("[");
                self.ty(depth + 1);
                self.token("]");
            }
            2 if depth < 3 => {
                self.token("{");
                self.ty(depth + 1);
                self.token(":");
                self.ty(depth + 1);
                self.token("}");
            }
            _ => self.name(),
        }
        if self.perhaps() {
            self.arguments();
        }
        if self.perhaps() {
            self.beside("?");
        }
    }

    fn choreography(&mut self) {
        self.token("choreography");
        self.name();
        if self.perhaps() {
            self.bracketed(|writer, _| writer.name());
        }
        self.token("by");
        if self.perhaps() {
            self.bracketed(|writer, _| writer.word());
        } else {
            self.word();
        }
        self.block(0);
    }

    fn block(&mut self, depth: usize) {
        self.token("{");
        for _ in 0..self.below(5) {
            self.preamble();
            self.statement(depth);
        }
        self.token("}");
    }

    fn blocks(&mut self, keyword: &str, depth: usize) {
        self.block(depth + 1);
        for _ in 0..self.below(3) {
            self.token(keyword);
            self.block(depth + 1);
        }
    }

    fn statement(&mut self, depth: usize) {
        let kinds = if depth < 3 { 12 } else { 8 };
        match self.below(kinds) {
            0..=3 => self.step(),
            4 => self.token("rollback"),
            5 => {
                self.token("repeat");
                self.word();
            }
            6 => {
                self.token("run");
                self.name();
                self.bracketed(|writer, _| writer.name());
            }
            7 => {
                self.token("on");
                self.name();
                self.token("->");
                self.names();
            }
            8 => {
                self.tokens(&["choice", "at"]);
                self.name();
                self.blocks("or", depth);
            }
            9 => {
                self.label();
                self.token("par");
                self.blocks("and", depth);
            }
            10 => {
                self.token("loop");
                self.word();
                self.block(depth + 1);
            }
            _ => self.deadline(depth),
        }
    }

    fn label(&mut self) {
        if self.perhaps() {
            self.name();
            self.token(":");
        }
    }

    fn step(&mut self) {
        self.label();
        self.sends();
        match self.below(4) {
            0 | 1 => {}
            2 => self.tokens(&["undo", "none"]),
            _ => {
                self.token("undo");
                self.sends();
            }
        }
    }

    fn sends(&mut self) {
        self.name();
        self.token("->");
        self.names();
        self.token(":");
        self.name();
    }

    fn deadline(&mut self, depth: usize) {
        self.token("within");
        self.one_of(&PERIODS);
        self.token("at");
        self.name();
        if self.perhaps() {
            self.token("or");
            self.name();
            self.token("->");
            self.name();
            self.token(":");
            self.name();
        }
        self.block(depth + 1);
        self.token("else");
        self.block(depth + 1);
    }
}
