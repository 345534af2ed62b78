//! A text as what must come out again: its tokens, and the comments between them.

use crate::syntax::parse::tokens::{Kind, tokens};

/// A comment, without the white space around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'s> {
    pub(super) text: &'s str,
    /// A token stands before it on its line.
    pub(super) behind: bool,
    /// An empty line stands above it.
    pub(super) set_off: bool,
}

/// A token, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    /// Offset within the file.
    pub(super) start: usize,
    /// No other token stands before it on its line.
    pub(super) first_on_line: bool,
    /// An empty line stands above it.
    pub(super) set_off: bool,
    /// So many of the file's comments come out before it.
    pub(super) comments: usize,
}

/// The tokens of a text, its end behind them, and its comments.
pub(super) fn cut(text: &str) -> (Vec<Token<'_>>, Vec<Comment<'_>>) {
    let (mut cut, mut comments) = (Vec::<Token<'_>>::new(), Vec::new());
    let mut end = 0;
    for token in tokens(text) {
        let set_off = between(text.get(end..token.start).unwrap_or_default(), cut.is_empty(), &mut comments);
        end = token.end();
        // A comment before a comma or an opening brace would tear it off: such a comment comes out behind it.
        let keeps_back = matches!(token.text, "," | "{");
        let before = if keeps_back { cut.last().map_or(0, |last| last.comments) } else { comments.len() };
        cut.push(Token {
            kind: token.kind,
            text: token.text.trim_end(),
            start: token.start,
            first_on_line: token.first_on_line,
            set_off,
            comments: before,
        });
    }
    (cut, comments)
}

/// Takes the comments out of what lies between two tokens; whether an empty line stands above the second.
fn between<'s>(gap: &'s str, at_start: bool, comments: &mut Vec<Comment<'s>>) -> bool {
    let mut set_off = false;
    let mut lines = gap.trim_start_matches('\u{feff}').split('\n').map(str::trim).enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if !line.is_empty() {
            comments.push(Comment { text: line, behind: number == 0 && !at_start, set_off });
            set_off = false;
        } else if number > 0 && lines.peek().is_some() {
            set_off = true;
        }
    }
    set_off
}
