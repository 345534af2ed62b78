//! Doc comments: the author's words, made safe for rustdoc, and what the emitter adds to them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Attribute;

/// How wide our own sentences are, without the slashes before them.
const WIDTH: usize = 90;

/// The paragraphs of one doc comment.
#[derive(Default)]
pub(super) struct Docs {
    lines: Vec<String>,
}

impl Docs {
    /// Starts with the author's words; there may be none.
    pub(super) fn of(author: &[String]) -> Self {
        let mut docs = Self::default();
        docs.author(author);
        docs
    }

    /// Starts with a sentence of ours.
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        Self::default().and(text)
    }

    /// Adds a paragraph of ours.
    pub(super) fn and(mut self, text: impl AsRef<str>) -> Self {
        self.gap();
        self.lines.extend(wrapped(text.as_ref(), ""));
        self
    }

    /// Adds what is to be used instead, where these attributes deprecate something. In words: an attribute of Rust's
    /// would make the generated code itself warn.
    pub(super) fn deprecated(self, attributes: &[Attribute]) -> Self {
        let Some(deprecation) = Attribute::deprecation(attributes) else { return self };
        let instead = deprecation.argument("use").map(|name| format!(": use {} instead", code(name)));
        let sunset = deprecation.argument("sunset").map(|day| format!(", until {day}"));
        self.and(format!("Deprecated{}{}.", sunset.unwrap_or_default(), instead.unwrap_or_default()))
    }

    /// Adds a list of ours under the last paragraph.
    pub(super) fn items(mut self, items: &[String]) -> Self {
        for item in items {
            let mut lines = wrapped(item, "  ");
            if let Some(first) = lines.first_mut() {
                first.replace_range(..2, "- ");
            }
            self.lines.extend(lines);
        }
        self
    }

    /// Adds the author's words.
    pub(super) fn author(&mut self, lines: &[String]) {
        let safe = safe(lines);
        if !safe.is_empty() {
            self.gap();
            self.lines.extend(safe);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// As attributes, which the printer turns into `///`.
    pub(super) fn tokens(&self) -> TokenStream {
        let lines =
            self.lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
        quote!(#(#[doc = #lines])*)
    }

    fn gap(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
    }
}

/// Text as inline code, whatever is in it.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}

/// Lines of no more than [`WIDTH`], each behind this indent, broken at blanks outside of code.
fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty() && indent.len() + line.len() + 1 + word.len() > WIDTH {
            lines.push(format!("{indent}{line}"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(format!("{indent}{line}"));
    lines
}

/// The words of a sentence; inline code is one, whatever is in it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut in_code) = (0, false);
    for (index, character) in text.char_indices() {
        match character {
            '`' => in_code = !in_code,
            ' ' if !in_code => {
                words.extend(text.get(start..index));
                start = index + 1;
            }
            _ => {}
        }
    }
    words.extend(text.get(start..));
    words
}

/// The author's Markdown, without what rustdoc would run, warn about or take for a link into the code:
/// code blocks are text, not tests; brackets and angles stand for themselves; addresses are links.
fn safe(lines: &[String]) -> Vec<String> {
    let mut safe = Vec::with_capacity(lines.len());
    let mut fence: Option<String> = None;
    for line in lines {
        let line = printable(line);
        let trimmed = line.trim_start();
        let mark: String = trimmed.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        let is_fence = mark.len() >= 3 && (mark.starts_with("```") || mark.starts_with("~~~"));
        match &fence {
            Some(open) if is_fence && mark.starts_with(open.as_str()) && trimmed == mark => {
                safe.push(mark);
                fence = None;
            }
            Some(_) => safe.push(line),
            None if is_fence => {
                safe.push(format!("{mark}text"));
                fence = Some(mark);
            }
            None => safe.push(safe_line(&line)),
        }
    }
    safe.extend(fence);
    while safe.last().is_some_and(String::is_empty) {
        safe.pop();
    }
    safe.into_iter().skip_while(String::is_empty).collect()
}

/// Without tabs, control characters and marks that change the direction of reading.
fn printable(line: &str) -> String {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    line.replace('\t', "  ").chars().filter(|c| !hidden(*c)).collect::<String>().trim_end().to_owned()
}

/// One line outside a code block. Four blanks at its start would open one.
fn safe_line(line: &str) -> String {
    let text = line.trim_start();
    let indent = (line.len() - text.len()).min(3);
    let mut safe = " ".repeat(indent);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '`' => code_span(rest, &mut safe),
            '[' => link(rest, &mut safe),
            '<' => angle(rest, &mut safe),
            'h' => address(rest, &mut safe),
            '\\' => escape(rest, &mut safe),
            ']' => {
                safe.push_str("\\]");
                1
            }
            other => {
                safe.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    safe
}

/// `` `code` `` stays; a backtick that closes nowhere on the line stands for itself.
fn code_span(rest: &str, safe: &mut String) -> usize {
    let marks = rest.len() - rest.trim_start_matches('`').len();
    let (open, after) = rest.split_at(marks);
    let mut from = 0;
    while let Some(found) = after.get(from..).and_then(|tail| tail.find(open)) {
        let end = from + found;
        let run = after.get(end..).map_or(0, |tail| tail.len() - tail.trim_start_matches('`').len());
        if run == marks {
            safe.extend(rest.get(..marks + end + marks));
            return marks + end + marks;
        }
        from = end + run;
    }
    safe.extend(std::iter::repeat_n("\\`", marks));
    marks
}

/// `[text](https://…)` stays a link; any other bracket stands for itself.
fn link(rest: &str, safe: &mut String) -> usize {
    let plain = |text: &str| !text.contains(['[', ']', '`', '<', '\\']);
    let parts = rest.get(1..).and_then(|tail| tail.split_once("](")).and_then(|(text, tail)| {
        let (target, _) = tail.split_once(')')?;
        (plain(text) && is_address(target) && address_length(target) == target.len())
            .then_some((text, target))
    });
    if let Some((text, target)) = parts {
        let length = text.len() + target.len() + "[](".len() + 1;
        safe.extend(rest.get(..length));
        length
    } else {
        safe.push_str("\\[");
        1
    }
}

/// `<https://…>` stays a link; any other angle stands for itself.
fn angle(rest: &str, safe: &mut String) -> usize {
    let target = rest.get(1..).filter(|tail| is_address(tail));
    let length = target.map(address_length);
    match (target, length) {
        (Some(target), Some(length)) if target.get(length..).is_some_and(|tail| tail.starts_with('>')) => {
            safe.extend(rest.get(..length + 2));
            length + 2
        }
        _ => {
            safe.push_str("\\<");
            1
        }
    }
}

/// An address in the text becomes a link.
fn address(rest: &str, safe: &mut String) -> usize {
    if !is_address(rest) {
        safe.push('h');
        return 1;
    }
    let length = address_length(rest);
    safe.push('<');
    safe.extend(rest.get(..length));
    safe.push('>');
    length
}

/// An escape of the author's stays one.
fn escape(rest: &str, safe: &mut String) -> usize {
    let length = match rest.chars().nth(1) {
        Some(next) if next.is_ascii_punctuation() => 2,
        _ => 1,
    };
    safe.push_str(if length == 2 { rest.get(..2).unwrap_or("\\\\") } else { "\\\\" });
    length
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Up to white space or what ends an address in prose.
fn address_length(text: &str) -> usize {
    let end = text
        .find(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '`' | '\\' | '"')
        })
        .unwrap_or(text.len());
    text.get(..end)
        .map_or(0, |address| address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(author: &str, expected: &str) {
        let lines: Vec<String> = author.lines().map(str::to_owned).collect();
        assert_eq!(safe(&lines).join("\n"), expected);
    }

    #[test]
    fn prose_and_code_stay() {
        check("Plain, with `code` and ``a ` b``.", "Plain, with `code` and ``a ` b``.");
        check("\nfirst\n\nsecond\n\n", "first\n\nsecond");
    }

    #[test]
    fn nothing_is_taken_for_a_link_into_the_code() {
        check("[brackets] and [a](b) and x[0]", "\\[brackets\\] and \\[a\\](b) and x\\[0\\]");
        check("`[in code]`", "`[in code]`");
        check("[text](https://x.example/a)", "[text](https://x.example/a)");
    }

    #[test]
    fn addresses_are_links() {
        check("See https://x.example/a?b=c.", "See <https://x.example/a?b=c>.");
        check("See <https://x.example>!", "See <https://x.example>!");
        check("http is a word", "http is a word");
    }

    #[test]
    fn angles_and_stray_marks_stand_for_themselves() {
        check("Vec<T> and </b>", "Vec\\<T> and \\</b>");
        check("a ` b", "a \\` b");
        check("C:\\new \\[x]", "C:\\\\new \\[x\\]");
        check("quotes \" and */ and #![x]", "quotes \" and */ and #!\\[x\\]");
    }

    #[test]
    fn code_blocks_are_never_tests() {
        check("```rust\npanic!()\n```", "```text\npanic!()\n```");
        check("~~~\nx", "~~~text\nx\n~~~");
        check("a\n\n        panic!()", "a\n\n   panic!()");
        check("a\n\n\tpanic!()", "a\n\n  panic!()");
    }

    #[test]
    fn nothing_hidden_gets_through() {
        check("a\u{202E}b\u{7}c", "abc");
    }

    #[test]
    fn long_sentences_are_broken_outside_of_code() {
        let long = "word ".repeat(17) + "end `a b c d e f` x";
        let lines = wrapped(&long, "");
        assert_eq!(lines, [format!("{}end", "word ".repeat(17)), "`a b c d e f` x".to_owned()]);
    }

    #[test]
    fn inline_code_holds_anything() {
        assert_eq!(code("[A-Z]{3}"), "`[A-Z]{3}`");
        assert_eq!(code("a`b``"), "``` a`b`` ```");
    }
}
