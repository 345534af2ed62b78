//! A text as tokens: everything is one, so a broken text has them too. What lies between them is white space and comments.

use chor_grammar::{ChorParser, Rule};
use pest::Parser;

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::syntax) enum Kind {
    /// `///`
    Doc,
    /// `//!`
    FileDoc,
    /// `"…"`
    String,
    /// `"…` up to the end of its line, or with an escape that means nothing.
    BrokenString,
    /// `2027-03-01`
    Date,
    /// `15m`
    Period,
    /// `12.5`
    Number,
    /// A name or a keyword.
    Word,
    /// A word with letters that names do not have.
    ForeignWord,
    /// A bracket or another mark.
    Mark,
    /// Anything else: `15x`, `%`.
    Stray,
    /// Behind the last.
    End,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(in crate::syntax) struct Token<'s> {
    pub(in crate::syntax) kind: Kind,
    pub(in crate::syntax) text: &'s str,
    /// Offset within the file.
    pub(in crate::syntax) start: usize,
    /// Offset behind it. The text may be that of the word which was meant, and not as long.
    pub(in crate::syntax) end: usize,
    /// No other token stands before it on its line.
    pub(in crate::syntax) first_on_line: bool,
}

impl Token<'_> {
    pub(in crate::syntax) fn end(&self) -> usize {
        self.end
    }
}

/// The tokens of a text, the end of the file behind them.
pub(in crate::syntax) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut end_of_last = 0;
    let root = ChorParser::parse(Rule::tokens, text).ok().and_then(|mut pairs| pairs.next());
    for pair in root.into_iter().flat_map(pest::iterators::Pair::into_inner) {
        let kind = match pair.as_rule() {
            Rule::doc => Kind::Doc,
            Rule::file_doc => Kind::FileDoc,
            Rule::string => Kind::String,
            Rule::broken_string => Kind::BrokenString,
            Rule::date => Kind::Date,
            Rule::period => Kind::Period,
            Rule::number => Kind::Number,
            Rule::word => Kind::Word,
            Rule::foreign_word => Kind::ForeignWord,
            Rule::mark => Kind::Mark,
            Rule::EOI => Kind::End,
            _ => Kind::Stray,
        };
        let start = pair.as_span().start();
        let between = text.get(end_of_last..start).unwrap_or_default();
        let first_on_line = tokens.is_empty() || kind == Kind::End || between.contains('\n');
        let end = pair.as_span().end();
        end_of_last = end;
        tokens.push(Token { kind, text: pair.as_str(), start, end, first_on_line });
    }
    tokens
}
