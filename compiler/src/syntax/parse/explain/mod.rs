//! Why a file does not follow the grammar: every mistake, in the user's words.
//!
//! pest stops at its first mistake and knows rules, not punctuation. So a file that it refuses is read once more, here,
//! over its tokens and without building a tree: each part of the grammar has a function that says what is missing, and
//! after a mistake reading goes on at the next field, clause, statement or declaration.

mod blocks;
mod brackets;
mod comments;
mod flow;
mod foreign_flow;
mod foreign_types;
mod items;
mod lists;
mod runs;
mod strings;
mod types;

use super::tokens::{self, Kind, Token, tokens};
use crate::diag::words::shown;
use crate::diag::{Code, Diagnostic, closest, codes};
use crate::source::{SourceFile, Span};

/// So many mistakes of one file are told; who makes more mends these first.
const MOST: usize = 50;

/// More mistakes on one line are mostly what the first ones made of the rest.
const MOST_ON_LINE: usize = 2;

/// The words that open a declaration.
const ITEM_WORDS: [&str; 12] = [
    "service",
    "external",
    "type",
    "record",
    "enum",
    "open",
    "union",
    "event",
    "command",
    "choreography",
    "namespace",
    "use",
];

/// The words that open a clause of a service.
const CLAUSES: [&str; 3] = ["owner", "emits", "reads"];

/// The words of the language: none of them is a name.
const RESERVED: [&str; 44] = [
    "namespace",
    "use",
    "service",
    "external",
    "owner",
    "emits",
    "reads",
    "type",
    "record",
    "enum",
    "open",
    "event",
    "command",
    "choreography",
    "by",
    "choice",
    "at",
    "or",
    "bool",
    "i32",
    "i64",
    "u32",
    "u64",
    "f64",
    "decimal",
    "string",
    "bytes",
    "uuid",
    "date",
    "timestamp",
    "duration",
    "par",
    "and",
    "loop",
    "repeat",
    "within",
    "else",
    "undo",
    "rollback",
    "none",
    "run",
    "on",
    "observes",
    "union",
];

/// What breaks the grammar in this file.
pub(super) fn explain(file: &SourceFile) -> Vec<Diagnostic> {
    let mut reader = Reader {
        text: file.text(),
        base: file.base(),
        tokens: tokens(file.text()),
        at: 0,
        findings: Vec::new(),
        open: Vec::new(),
        doubtful: Vec::new(),
        behind_mistake: false,
        begin: 0,
    };
    reader.comments();
    reader.strings();
    reader.file();
    let mut findings = reader.findings;
    findings.sort_by_key(|finding| finding.primary.span);
    findings.truncate(MOST);
    findings
}

/// A mistake has been told; whoever gets this goes on behind it.
struct Told;

/// Whether a part was read without mistake.
type Read<T = ()> = Result<T, Told>;

/// Reads the tokens from left to right.
struct Reader<'s> {
    text: &'s str,
    base: u32,
    tokens: Vec<Token<'s>>,
    at: usize,
    findings: Vec<Diagnostic>,
    /// The brackets that are open here: indices of their tokens.
    open: Vec<usize>,
    /// Braces that were closed on a line that is indented otherwise than the line that opens them.
    doubtful: Vec<usize>,
    /// The declaration before was not read without mistake.
    behind_mistake: bool,
    /// Where the declaration, entry or statement begins that is being read, behind its docs and attributes.
    begin: usize,
}

impl<'s> Reader<'s> {
    /// The token at hand.
    fn token(&self) -> Token<'s> {
        self.ahead(0)
    }

    /// The token so many places on.
    fn ahead(&self, places: usize) -> Token<'s> {
        let end = self.text.len();
        let end = Token { kind: Kind::End, text: "", start: end, end, first_on_line: true };
        self.tokens.get(self.at + places).copied().unwrap_or(end)
    }

    /// The token before the one at hand.
    fn last(&self) -> Option<Token<'s>> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied()
    }

    fn step(&mut self) -> Token<'s> {
        let token = self.token();
        self.at += 1;
        token
    }

    fn at_end(&self) -> bool {
        self.token().kind == Kind::End
    }

    fn is_mark(&self, mark: &str) -> bool {
        let token = self.token();
        token.kind == Kind::Mark && token.text == mark
    }

    fn is_word(&self, word: &str) -> bool {
        let token = self.token();
        token.kind == Kind::Word && token.text == word
    }

    fn take_mark(&mut self, mark: &str) -> bool {
        let is = self.is_mark(mark);
        self.at += usize::from(is);
        is
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    /// Any identifier: a field, a value, a part of a namespace.
    fn word(&mut self, wanted: &str) -> Read<Token<'s>> {
        match self.token().kind {
            Kind::Word => Ok(self.step()),
            Kind::ForeignWord => Ok(self.foreign_word()),
            _ => Err(self.wanted(wanted)),
        }
    }

    /// The name of something declared: an identifier that is no word of the language.
    fn name(&mut self, wanted: &str) -> Read<Token<'s>> {
        let token = self.token();
        let reserved = token.kind == Kind::Word && RESERVED.contains(&token.text);
        // A keyword on the next line opens the next part; the name is missing.
        if reserved && token.first_on_line && !matches!(self.ahead(1).text, ":" | "->" | ",") {
            return Err(self.wanted(wanted));
        }
        if reserved {
            let message = format!("`{}` is a word of the language, not a name", token.text);
            self.tell(
                self.finding(&codes::RESERVED_WORD, token, message)
                    .label(format!("{wanted} is expected here"))
                    .help("choose another name; names of services, events and types usually begin with a capital"),
            );
            return Ok(self.step());
        }
        self.word(wanted)
    }

    fn foreign_word(&mut self) -> Token<'s> {
        let token = self.step();
        let message = format!("`{}` has letters that names do not have", shown(token.text));
        self.tell(
            self.finding(&codes::SYNTAX, token, message)
                .label("not a name")
                .help("write it with the letters a to z, digits and `_`"),
        );
        token
    }

    /// Reads a mark that must be here.
    fn mark(&mut self, mark: &str, wanted: &str) -> Read {
        if self.take_mark(mark) { Ok(()) } else { Err(self.wanted(wanted)) }
    }

    /// Reads a keyword that must be here. One that is only misspelt is told and taken for it.
    fn keyword(&mut self, word: &str, wanted: &str) -> Read {
        if self.take_word(word) {
            return Ok(());
        }
        let token = self.token();
        if token.kind == Kind::Word && !token.first_on_line && closest(token.text, [word]).is_some() {
            self.misspelt(word);
            return Ok(());
        }
        Err(self.wanted(wanted))
    }

    /// Takes the word at hand for the keyword that was meant.
    fn misspelt(&mut self, meant: &str) {
        let token = self.step();
        self.tell(
            self.finding(
                &codes::SYNTAX,
                token,
                format!("`{}` is not a word of the language", shown(token.text)),
            )
            .help(format!("did you mean `{meant}`?"))
            .edit(self.span(token), meant),
        );
    }

    /// Tells that something else is expected here.
    fn wanted(&mut self, wanted: &str) -> Told {
        let finding = self.expected(wanted);
        self.tell(finding)
    }

    /// A finding about the token at hand, which is not what is expected here.
    fn expected(&self, wanted: &str) -> Diagnostic {
        let token = self.token();
        if let Some(last) = self.last().filter(|_| token.first_on_line && self.at > self.begin) {
            // What is missing is missing on the line above.
            let message = format!("expected {wanted} behind {}", found(last));
            return self
                .finding(&codes::SYNTAX, last, message)
                .label("the line ends behind this")
                .help(format!("write {wanted} behind it"));
        }
        let finding = self
            .finding(&codes::SYNTAX, token, format!("expected {wanted}, found {}", found(token)))
            .help(format!("write {wanted} here"));
        match token.kind {
            Kind::End => finding.label("the file ends here"),
            Kind::Doc => {
                finding.help("a `///` line stands above what it documents; write `//` for a plain comment")
            }
            Kind::FileDoc => {
                finding.help("`//!` lines stand at the top of the file; write `//` for a plain comment")
            }
            _ => finding,
        }
    }

    fn finding(&self, code: &'static Code, token: Token<'_>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.span(token), message)
    }

    fn tell(&mut self, finding: Diagnostic) -> Told {
        let place = finding.primary.span.start;
        let on_line =
            self.findings.iter().rev().take_while(|other| self.on_one_line(other.primary.span.start, place));
        if self.findings.len() < 2 * MOST && on_line.count() < MOST_ON_LINE {
            self.findings.push(finding);
        }
        Told
    }

    fn on_one_line(&self, one: u32, other: u32) -> bool {
        let within = |offset: u32| (offset - self.base) as usize;
        let between = within(one.min(other))..within(one.max(other));
        self.text.get(between).is_some_and(|text| !text.contains('\n'))
    }

    /// Tells that a mark is missing between the token before and the one at hand.
    fn missing(&mut self, mark: &str, message: impl Into<String>) -> Told {
        let token = self.token();
        let before = self.last().map_or(token.start, |last| last.end());
        let finding = self
            .finding(&codes::SYNTAX, token, message)
            .label(format!("`{}` is missing before this", mark.trim()))
            .help(format!("write `{}` before it", mark.trim()))
            .edit(self.place(before, before), mark);
        self.tell(finding)
    }

    /// Tells that another mark is meant by the one at hand, and takes it for that.
    fn instead(&mut self, mark: &str, message: impl Into<String>) {
        let before = self.last().map_or(0, |last| last.end());
        let token = self.step();
        let spaced = if matches!(mark, ":" | ",") { mark.to_owned() } else { format!(" {mark}") };
        let finding = self
            .finding(&codes::SYNTAX, token, message)
            .help(format!("write `{mark}` instead"))
            .edit(self.place(before, token.end()), spaced);
        self.tell(finding);
    }

    /// Tells that the token at hand is one too many, and leaves it out.
    fn needless(&mut self, message: impl Into<String>) {
        let token = self.step();
        let finding = self
            .finding(&codes::SYNTAX, token, message)
            .label("not needed")
            .help(format!("remove `{}`", token.text))
            .edit(self.span(token), "");
        self.tell(finding);
    }

    fn span(&self, token: Token<'_>) -> Span {
        self.place(token.start, token.end())
    }

    fn place(&self, start: usize, end: usize) -> Span {
        // The file was let in by `Sources::add`, so its offsets fit.
        let offset = |within: usize| self.base + u32::try_from(within).unwrap_or_default();
        Span { start: offset(start), end: offset(end) }
    }
}

/// The token as a message names it.
fn found(token: Token<'_>) -> String {
    match token.kind {
        Kind::End => "the end of the file".to_owned(),
        Kind::Doc => "a doc comment".to_owned(),
        Kind::FileDoc => "a comment on the whole file".to_owned(),
        Kind::String | Kind::BrokenString => "a text in quotes".to_owned(),
        _ => format!("`{}`", shown(token.text)),
    }
}
