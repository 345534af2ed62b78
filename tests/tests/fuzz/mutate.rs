//! Changes to texts: of tokens, lines and bytes.

use fastrand::Rng;

use crate::pieces::PIECES;

/// A text made of another, with pieces of a third.
pub(crate) fn text(text: &str, donor: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..=rng.usize(..6) {
        text = match rng.u8(..10) {
            0 => bytes(&text, rng),
            1 => lines(&text, donor, rng),
            _ => tokens(&text, donor, rng),
        };
    }
    text
}

/// Changes one token, or a row of them.
fn tokens(text: &str, donor: &str, rng: &mut Rng) -> String {
    let mut tokens = split(text);
    if tokens.is_empty() {
        return donor.to_owned();
    }
    let (at, other) = (rng.usize(..tokens.len()), rng.usize(..tokens.len()));
    let end = (at + 1 + rng.usize(..12)).min(tokens.len());
    match rng.u8(..8) {
        0 => drop(tokens.drain(at..end)),
        1 => {
            let row = tokens[at..end].to_vec();
            tokens.splice(other..other, row);
        }
        2 => tokens.swap(at, other),
        3 => tokens.insert(at, PIECES[rng.usize(..PIECES.len())]),
        4 => {
            let donated = split(donor);
            if !donated.is_empty() {
                tokens[at] = donated[rng.usize(..donated.len())];
            }
        }
        // A name for a name: the text stays well-formed, and comes to mean something else.
        _ => {
            let words: Vec<_> = (0..tokens.len()).filter(|at| is_word(tokens[*at])).collect();
            if !words.is_empty() {
                let pick = |rng: &mut Rng| words[rng.usize(..words.len())];
                let (to, from) = (pick(rng), pick(rng));
                tokens[to] = tokens[from];
            }
        }
    }
    tokens.concat()
}

/// Leaves out lines, says them again, or takes them from elsewhere.
fn lines(text: &str, donor: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let donated: Vec<&str> = donor.split_inclusive('\n').collect();
    let range = |all: usize, rng: &mut Rng| {
        let start = rng.usize(..=all);
        start..(start + rng.usize(..8)).min(all)
    };
    let (place, taken) = (range(lines.len(), rng), range(donated.len(), rng));
    let own = lines[range(lines.len(), rng)].to_vec();
    match rng.u8(..3) {
        0 => drop(lines.drain(place)),
        1 => drop(lines.splice(place, own)),
        _ => drop(lines.splice(place, donated[taken].iter().copied())),
    }
    lines.concat()
}

/// Puts a character in place of another, or cuts the text off.
fn bytes(text: &str, rng: &mut Rng) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = rng.usize(..=chars.len());
    if rng.u8(..8) == 0 {
        chars.truncate(at);
    } else if at < chars.len() {
        chars[at] = if rng.bool() { char::from(rng.u8(..128)) } else { rng.char(..) };
    }
    chars.into_iter().collect()
}

/// Words, white space, and single marks.
fn split(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |char: char| {
            if first.is_whitespace() { char.is_whitespace() } else { in_word(first) && in_word(char) }
        };
        let length = rest.find(|char| !same(char)).unwrap_or(rest.len()).max(first.len_utf8());
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn in_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn is_word(token: &str) -> bool {
    token.starts_with(in_word)
}
