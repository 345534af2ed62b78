//! Walks over the pairs that pest hands out, and knows where they stand.
//!
//! The grammar guarantees which pairs there are. Where it says that one must be there, an absent one becomes an
//! empty word instead of a panic.

use chor_grammar::Rule;
use pest::iterators::{Pair, Pairs};

use crate::source::Span;
use crate::syntax::tree::Word;

/// The children of one pair, read from left to right.
pub(super) struct Cursor<'s> {
    /// The pair that comes next, made once however often somebody looks at it.
    next: Option<Pair<'s, Rule>>,
    rest: Pairs<'s, Rule>,
    base: u32,
}

impl<'s> Cursor<'s> {
    /// Over these pairs of the file that starts at `base`.
    pub(super) fn new(mut pairs: Pairs<'s, Rule>, base: u32) -> Self {
        Self { next: pairs.next(), rest: pairs, base }
    }

    /// Into the next pair, whatever it is.
    pub(super) fn next(&mut self) -> Option<Node<'s>> {
        let pair = std::mem::replace(&mut self.next, self.rest.next())?;
        Some(Node { pair, base: self.base })
    }

    /// The next pair, where it is of this rule.
    pub(super) fn take(&mut self, rule: Rule) -> Option<Node<'s>> {
        if self.next.as_ref()?.as_rule() == rule { self.next() } else { None }
    }

    /// What `read` makes of every pair from here that is of this rule, up to the first that is not.
    pub(super) fn all<T>(&mut self, rule: Rule, read: impl Fn(Node<'s>) -> Option<T>) -> Vec<T> {
        // Lists are most of what a file is, and in a list all pairs are of one rule.
        let mut all = Vec::with_capacity(self.rest.len() + usize::from(self.next.is_some()));
        while let Some(node) = self.take(rule) {
            all.extend(read(node));
        }
        all
    }

    /// The next pair as a word, where it is of this rule.
    pub(super) fn word(&mut self, rule: Rule) -> Word<'s> {
        self.take(rule).map(|node| node.word()).unwrap_or_default()
    }

    /// The words from here that are of this rule.
    pub(super) fn words(&mut self, rule: Rule) -> Vec<Word<'s>> {
        self.all(rule, |node| Some(node.word()))
    }
}

/// One pair.
pub(super) struct Node<'s> {
    pair: Pair<'s, Rule>,
    base: u32,
}

impl<'s> Node<'s> {
    /// What the grammar calls it.
    pub(super) fn rule(&self) -> Rule {
        self.pair.as_rule()
    }

    /// Its children.
    pub(super) fn into_cursor(self) -> Cursor<'s> {
        Cursor::new(self.pair.into_inner(), self.base)
    }

    /// Its text.
    pub(super) fn text(&self) -> &'s str {
        self.pair.as_str()
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        let span = self.pair.as_span();
        Span { start: self.offset(span.start()), end: self.offset(span.end()) }
    }

    /// Its text and place.
    pub(super) fn word(&self) -> Word<'s> {
        Word { text: self.text(), span: self.span() }
    }

    fn offset(&self, within: usize) -> u32 {
        // A file fits the offset space of its compilation: `Sources::add` has seen to it.
        self.base + u32::try_from(within).unwrap_or_default()
    }
}
