//! One look at the bytes before anything recurses over them: what is too large, too deep or invisible is refused.

use crate::diag::{Diagnostic, codes};
use crate::source::{SourceFile, Span};

/// A file may have this many bytes.
pub const LARGEST_FILE: usize = 16 * 1024 * 1024;

/// Brackets may stand this deep in each other; everything that recurses relies on it.
pub const DEEPEST_NESTING: usize = 64;

/// What makes the file unfit to be parsed at all.
pub(super) fn scan(file: &SourceFile) -> Option<Diagnostic> {
    let text = file.text();
    if text.len() > LARGEST_FILE {
        return Some(too_large(file));
    }
    let mut opened: Vec<usize> = Vec::new();
    let mut place = Place::Code;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        // Most bytes: they mean nothing here.
        if byte.is_ascii_alphanumeric() || byte == b' ' {
            before = byte;
            continue;
        }
        if let Some(character) = hidden(text, at, byte) {
            return Some(forbidden(file, at, character));
        }
        match (place, byte) {
            (_, b'\n') => place = Place::Code,
            (Place::String, b'\\') if before == b'\\' => {
                // An escaped backslash escapes nothing.
                before = 0;
                continue;
            }
            (Place::String, b'"') if before != b'\\' => place = Place::Code,
            (Place::Code, b'"') => place = Place::String,
            (Place::Code, b'/') if before == b'/' => place = Place::Comment,
            (Place::Code, b'{' | b'[' | b'(') => {
                opened.push(at);
                if opened.len() > DEEPEST_NESTING {
                    return Some(too_deep(file, at, opened.first().copied().unwrap_or(at)));
                }
            }
            (Place::Code, b'}' | b']' | b')') => {
                opened.pop();
            }
            _ => {}
        }
        before = byte;
    }
    None
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    String,
    Comment,
}

/// The character that starts here, where it is one that nobody sees: a control character, or one that turns the
/// direction of writing and so shows a text that is not the one that is compiled.
fn hidden(text: &str, at: usize, byte: u8) -> Option<char> {
    match byte {
        b'\t' | b'\n' | b'\r' => None,
        0..0x20 | 0x7f => Some(char::from(byte)),
        0xc2 | 0xe2 => {
            let character = text.get(at..)?.chars().next()?;
            let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            (turns || character.is_control()).then_some(character)
        }
        _ => None,
    }
}

fn place(file: &SourceFile, at: usize, length: usize) -> Span {
    let start = file.base() + u32::try_from(at).unwrap_or_default();
    Span { start, end: start + u32::try_from(length).unwrap_or_default() }
}

fn too_large(file: &SourceFile) -> Diagnostic {
    let megabytes = |bytes: usize| bytes.div_ceil(1024 * 1024);
    let (has, may) = (megabytes(file.text().len()), megabytes(LARGEST_FILE));
    Diagnostic::new(
        &codes::FILE_TOO_LARGE,
        place(file, 0, 0),
        format!("the file has {has} MiB, and a file may have {may} MiB"),
    )
    .help("split it: all files that are given to the compiler are read as one workspace")
}

fn forbidden(file: &SourceFile, at: usize, character: char) -> Diagnostic {
    let code = u32::from(character);
    let span = place(file, at, character.len_utf8());
    Diagnostic::new(
        &codes::FORBIDDEN_CHARACTER,
        span,
        format!("the invisible character U+{code:04X} is not allowed"),
    )
    .label("here, though nothing is to be seen")
    .help("remove it")
    .edit(span, "")
}

fn too_deep(file: &SourceFile, at: usize, outermost: usize) -> Diagnostic {
    let message = format!("brackets stand more than {DEEPEST_NESTING} deep in each other");
    Diagnostic::new(&codes::NESTING_TOO_DEEP, place(file, at, 1), message)
        .label("this one is too deep")
        .related(place(file, outermost, 1), "the outermost that is open here")
        .help("close what is open, or give the inner part a name: a `type`, a `record`, a choreography of its own")
}
