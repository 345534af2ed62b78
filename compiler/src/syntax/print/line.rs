//! One line as it is meant, and as it is written: what is too long goes on in the next.

/// So many characters a line may have.
pub const WIDTH: usize = 100;

/// A level of indentation.
const LEVEL: usize = 2;

/// What goes on stands so far in: further than what is one level below, so that nobody takes it for that.
const GOES_ON: usize = 4;

/// What stands before a token within its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing.
    Tight,
    /// A space.
    Space,
    /// A space, or where it does not fit, the end of the line.
    Break,
    /// The same within an element of a list: only what has no room in a line of its own is broken here.
    Inner,
}

/// A part of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'s> {
    Token { gap: Gap, text: &'s str },
    Comment { text: &'s str, behind: bool },
}

/// What is meant to be one line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line<'s> {
    pub(super) level: usize,
    /// An empty line stands above it.
    pub(super) set_off: bool,
    pub(super) pieces: Vec<Piece<'s>>,
}

impl Line<'_> {
    /// Whether it can be written as one line: no comment ends it before its end.
    pub(super) fn fits(&self) -> bool {
        let comment = |piece: &Piece<'_>| matches!(piece, Piece::Comment { .. });
        LEVEL * self.level + width(&self.pieces) <= WIDTH && !self.pieces.iter().any(comment)
    }

    /// Writes it, in several lines where it must be. Comments have the width that they have.
    pub(super) fn write(&self, out: &mut String) {
        if self.set_off {
            out.push('\n');
        }
        let indent = LEVEL * self.level;
        let mut column = start(out, indent);
        let mut behind_comment = false;
        for (at, piece) in self.pieces.iter().enumerate() {
            let rest = self.pieces.get(at..).unwrap_or_default();
            match piece {
                Piece::Comment { text, behind } => {
                    if *behind && !behind_comment {
                        out.push(' ');
                    } else if at > 0 {
                        go_on(out, indent);
                    }
                    out.push_str(text);
                    behind_comment = true;
                }
                Piece::Token { gap, text } => {
                    if behind_comment || column + width(unbroken(rest, *gap)) > WIDTH && may_break(*gap) {
                        column = go_on(out, indent);
                    } else if at > 0 && *gap != Gap::Tight {
                        out.push(' ');
                        column += 1;
                    }
                    out.push_str(text);
                    column += text.chars().count();
                    behind_comment = false;
                }
            }
        }
        out.push('\n');
    }
}

/// Ends the line and begins the one in which it goes on.
fn go_on(out: &mut String, indent: usize) -> usize {
    out.push('\n');
    start(out, indent + GOES_ON)
}

fn start(out: &mut String, column: usize) -> usize {
    out.extend(std::iter::repeat_n(' ', column));
    column
}

fn may_break(gap: Gap) -> bool {
    matches!(gap, Gap::Break | Gap::Inner)
}

/// The pieces up to the next place at which the line may end as well, for one that may end at this gap.
fn unbroken<'p, 's>(pieces: &'p [Piece<'s>], gap: Gap) -> &'p [Piece<'s>] {
    let ends = |piece: &Piece<'_>| match piece {
        Piece::Comment { .. } => true,
        Piece::Token { gap: next, .. } => *next == Gap::Break || *next == Gap::Inner && gap == Gap::Inner,
    };
    let rest = pieces.get(1..).unwrap_or_default();
    let end = rest.iter().position(ends).map_or(pieces.len(), |at| at + 1);
    pieces.get(..end).unwrap_or_default()
}

/// How many characters these are in one line, the spaces before them counted in.
fn width(pieces: &[Piece<'_>]) -> usize {
    let width = |piece: &Piece<'_>| match piece {
        Piece::Token { gap, text } => text.chars().count() + usize::from(*gap != Gap::Tight),
        Piece::Comment { .. } => 0,
    };
    pieces.iter().map(width).sum()
}
