//! Takes one token after the other and lays it into lines.

use super::comments::{Comment, Token, cut};
use super::line::{Gap, Line, Piece};
use crate::source::{SourceFile, Span};
use crate::syntax::parse::tokens::Kind;
use crate::syntax::tree::Word;

/// What has been taken, and where it has been laid.
pub(super) struct Printer<'s> {
    /// Where the file starts in the one space of offsets.
    base: u32,
    tokens: Vec<Token<'s>>,
    comments: Vec<Comment<'s>>,
    /// The token that comes out next.
    token: usize,
    /// The comment that comes out next.
    comment: usize,
    lines: Vec<Line<'s>>,
    /// The line that is being laid; without pieces, none is.
    line: Line<'s>,
    level: usize,
    /// An empty line may stand above the next line.
    loose: bool,
}

/// A place to which the printer can go back, in order to lay what it has taken since in another way.
pub(super) struct Mark {
    token: usize,
    comment: usize,
    lines: usize,
    pieces: usize,
    loose: bool,
}

impl<'s> Printer<'s> {
    /// Before the first token of a file.
    pub(super) fn new(file: &'s SourceFile) -> Self {
        let (tokens, comments) = cut(file.text());
        Self {
            base: file.base(),
            tokens,
            comments,
            token: 0,
            comment: 0,
            lines: Vec::new(),
            line: Line::default(),
            level: 0,
            loose: false,
        }
    }

    /// What has been laid, when everything has been taken.
    pub(super) fn finish(mut self) -> String {
        debug_assert_eq!(self.kind(), Kind::End, "tokens are left over at {}", self.next().start);
        self.comments_above();
        let mut out = String::new();
        for line in &self.lines {
            line.write(&mut out);
        }
        out
    }

    /// What the next token looks like.
    pub(super) fn kind(&self) -> Kind {
        self.next().kind
    }

    /// Whether the next token is this mark or word.
    pub(super) fn is(&self, text: &str) -> bool {
        self.next().text == text
    }

    fn next(&self) -> Token<'s> {
        self.ahead(0)
    }

    fn ahead(&self, places: usize) -> Token<'s> {
        let comments = self.comments.len();
        let end = Token {
            kind: Kind::End,
            text: "",
            start: usize::MAX,
            first_on_line: true,
            set_off: false,
            comments,
        };
        self.tokens.get(self.token + places).copied().unwrap_or(end)
    }

    /// Takes the next token, whatever it is.
    pub(super) fn any(&mut self, gap: Gap) {
        let token = self.next();
        if self.line.pieces.is_empty() {
            self.comments_above();
            self.line.level = self.level;
            self.line.set_off = token.set_off && self.loose;
        }
        while let Some(comment) = self.comment_before(token) {
            self.line.pieces.push(Piece::Comment { text: comment.text, behind: comment.behind });
        }
        self.line.pieces.push(Piece::Token { gap, text: token.text });
        self.token += 1;
    }

    /// Takes the next token, which is this mark or keyword.
    pub(super) fn fixed(&mut self, gap: Gap, text: &str) {
        debug_assert!(self.is(text), "{text} is not {} at {}", self.next().text, self.next().start);
        self.any(gap);
    }

    /// Takes a word of the tree.
    pub(super) fn word(&mut self, gap: Gap, word: Word<'_>) {
        self.span(gap, word.span);
    }

    /// Takes the tokens under a span; they stand together.
    pub(super) fn span(&mut self, gap: Gap, span: Span) {
        let within = |offset: u32| (offset - self.base) as usize;
        let (start, end) = (within(span.start), within(span.end));
        debug_assert_eq!(self.next().start, start);
        self.any(gap);
        while self.next().start < end {
            self.any(Gap::Tight);
        }
    }

    /// Takes elements with commas between them; `first` stands before the first, `between` before the others.
    pub(super) fn list<T>(
        &mut self,
        (first, between): (Gap, Gap),
        elements: &[T],
        mut element: impl FnMut(&mut Self, Gap, &T),
    ) {
        for (at, one) in elements.iter().enumerate() {
            if at > 0 {
                self.fixed(Gap::Tight, ",");
            }
            element(self, if at > 0 { between } else { first }, one);
        }
    }

    /// Leaves out the comma behind the last element, or before the end of the line.
    pub(super) fn drop_comma(&mut self) {
        // The comments before a comma come out behind it, so they are not left out with it.
        self.token += usize::from(self.is(","));
    }

    /// Ends the line, with the comment that stands behind it.
    pub(super) fn end_line(&mut self) {
        if self.line.pieces.is_empty() {
            return;
        }
        let behind = self.comments.get(self.comment).filter(|comment| comment.behind);
        if let Some(comment) = behind.filter(|_| self.has_comments()) {
            self.line.pieces.push(Piece::Comment { text: comment.text, behind: true });
            self.comment += 1;
        }
        self.lines.push(std::mem::take(&mut self.line));
        self.loose = true;
    }

    /// No empty line stands above the next line.
    pub(super) fn no_empty_line(&mut self) {
        self.loose = false;
    }

    /// Whether a comment stands before the next token.
    pub(super) fn has_comments(&self) -> bool {
        self.comment < self.next().comments
    }

    /// Lays the comments before the next token on lines of their own.
    pub(super) fn comments_above(&mut self) {
        let token = self.next();
        while let Some(comment) = self.comment_before(token) {
            let piece = Piece::Comment { text: comment.text, behind: false };
            self.lines.push(Line {
                level: self.level,
                set_off: comment.set_off && self.loose,
                pieces: vec![piece],
            });
            self.loose = true;
        }
    }

    fn comment_before(&mut self, token: Token<'_>) -> Option<Comment<'s>> {
        if self.comment >= token.comments {
            return None;
        }
        let comment = self.comments.get(self.comment).copied();
        self.comment += 1;
        comment
    }

    /// Whether the brace that comes next is closed at once.
    pub(super) fn is_empty_brace(&self) -> bool {
        let closing = self.ahead(1);
        closing.text == "}" && closing.comments == self.next().comments
    }

    /// Whether what the brace that comes next holds is written on one line.
    pub(super) fn is_on_one_line(&self) -> bool {
        let comments = self.next().comments;
        let mut depth = 0;
        for token in self.tokens.get(self.token..).unwrap_or_default() {
            if depth > 0 && (token.first_on_line || token.comments > comments) {
                return false;
            }
            match token.text {
                "{" => depth += 1,
                "}" if depth == 1 => return true,
                "}" => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// Takes an opening brace; what follows stands on lines of its own, one level in.
    pub(super) fn open(&mut self) {
        self.fixed(Gap::Space, "{");
        self.end_line();
        self.level += 1;
        self.loose = false;
    }

    /// Takes the brace that closes what [`open`](Self::open) has opened.
    pub(super) fn close(&mut self) {
        self.comments_above();
        self.loose = false;
        self.level -= 1;
        self.fixed(Gap::Tight, "}");
    }

    /// Takes `{}`.
    pub(super) fn empty_brace(&mut self) {
        self.fixed(Gap::Space, "{");
        self.fixed(Gap::Tight, "}");
    }

    /// What is laid by this stands one level further in.
    pub(super) fn indented(&mut self, lay: impl FnOnce(&mut Self)) {
        self.level += 1;
        lay(self);
        self.level -= 1;
    }

    /// Where the printer is.
    pub(super) fn mark(&self) -> Mark {
        let (lines, pieces) = (self.lines.len(), self.line.pieces.len());
        Mark { token: self.token, comment: self.comment, lines, pieces, loose: self.loose }
    }

    /// Goes back.
    pub(super) fn back(&mut self, mark: &Mark) {
        self.lines.truncate(mark.lines);
        self.line.pieces.truncate(mark.pieces);
        (self.token, self.comment, self.loose) = (mark.token, mark.comment, mark.loose);
    }

    /// Whether the line that is being laid can be written as one.
    pub(super) fn fits(&self) -> bool {
        self.line.fits()
    }
}
