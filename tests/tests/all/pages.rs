//! The examples of the pages behind `chor explain`: what a page calls refused is refused for its reason, and
//! what it calls mended is clean.
//!
//! An example is a file, or several, each behind a line with its name: `// money.chor`.

use std::fmt::Write as _;

use chor_compiler::diag::codes::{self, Code};
use chor_compiler::source::Sources;

use crate::compile_with_lints;

#[test]
fn the_examples_of_the_pages_are_as_they_are_said_to_be() {
    let mut wrong = String::new();
    for code in codes::ALL.iter().copied() {
        // What is too large is too large for a page as well, and what is invisible shows nothing.
        let cannot_show = code.name.ends_with("too-large") || code.name == "forbidden-character";
        let shows = code.page.lines().count() > 1 && !cannot_show;
        for (kind, word) in [(true, "refused"), (false, "mended")] {
            if shows && !examples(code).iter().any(|(refused, _)| *refused == kind) {
                let _ = writeln!(wrong, "{code}: the page shows nothing that is {word}");
            }
        }
        for (refused, text) in examples(code) {
            let found = findings(code, text);
            let only_this = !found.is_empty() && found.iter().all(|number| *number == code.number);
            if refused && !only_this {
                let _ = writeln!(wrong, "{code}: the refused example has {found:?}\n{text}");
            }
            if !refused && !found.is_empty() {
                let _ = writeln!(wrong, "{code}: the mended example has {found:?}\n{text}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The blocks of a page, and whether each is refused: ```` ```chor,refused C0107 ```` or ```` ```chor ````.
fn examples(code: &Code) -> Vec<(bool, &str)> {
    let blocks = code.page.split("```chor").skip(1);
    let example = |block: &'static str| {
        let (kind, rest) = block.split_once('\n').unwrap();
        let refused = format!(",refused {}", code.number);
        assert!(kind.is_empty() || kind == refused, "{code}: {kind}");
        (!kind.is_empty(), rest.split_once("```").unwrap().0)
    };
    blocks.map(example).collect()
}

/// The numbers of what is found in a text, with this rule on.
fn findings(code: &'static Code, text: &str) -> Vec<&'static str> {
    let mut sources = Sources::new();
    for (name, text) in files(text) {
        sources.add(&name, text).unwrap();
    }
    let on = code.lint.is_some().then_some(code);
    compile_with_lints(&sources, on).diagnostics.iter().map(|finding| finding.code.number).collect()
}

/// The files of an example.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("example.chor".to_owned(), String::new())];
    for line in text.lines() {
        match line.strip_prefix("// ").filter(|name| name.strip_suffix(".chor").is_some()) {
            Some(name) => files.push((name.to_owned(), String::new())),
            None => files.last_mut().unwrap().1.extend([line, "\n"]),
        }
    }
    files.retain(|(_, text)| !text.trim().is_empty());
    files
}
