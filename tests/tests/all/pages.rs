//! The examples of what users read: the pages behind `chor explain`, and the language reference.

use std::fmt::Write as _;

use chor_compiler::compile;
use chor_compiler::contract::{Contracts, Mode, compare, reused, take};
use chor_compiler::diag::codes;
use chor_compiler::source::Sources;

use crate::examples::examples;

const REFERENCE: &str = include_str!("../../../grammar/README.md");
const GRAMMAR: &str = include_str!("../../../grammar/chor.pest");

#[test]
fn the_examples_of_the_pages_are_as_they_are_said_to_be() {
    let mut wrong = String::new();
    for code in codes::ALL.iter().copied().filter(|code| !code.is_of_changes()) {
        let lint = code.lint.is_some().then_some(code);
        let examples = examples(code.page);
        // What is too large is too large for a page as well, and what is invisible shows nothing.
        let cannot_show = code.name.ends_with("too-large") || code.name == "forbidden-character";
        let shows = code.page.lines().count() > 1 && !cannot_show;
        for (kind, word) in [(true, "refused"), (false, "mended")] {
            if shows && !examples.iter().any(|example| example.refused.is_some() == kind) {
                let _ = writeln!(wrong, "{code}: the page shows nothing that is {word}");
            }
        }
        for example in examples {
            if example.refused.is_some_and(|number| number != code.number) {
                let _ = writeln!(wrong, "{code}: an example is of another code");
            }
            if let Some(what) = example.wrong(lint) {
                let _ = writeln!(wrong, "{code}: {what}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Pages about changes have a version before, one that breaks, and one that does not; those about a history one in between.
#[test]
fn the_examples_of_changes_are_as_they_are_said_to_be() {
    let mut wrong = String::new();
    for code in codes::ALL.iter().copied().filter(|code| code.is_of_changes()) {
        let [before, breaks, keeps] =
            ["before", &format!("breaks {}", code.number), "keeps"].map(|kind| version(code.page, kind));
        let last = code.page.contains("```chor,last\n").then(|| version(code.page, "last"));
        let found = |new: &Contracts| -> Vec<&str> {
            let mut changes = compare(&before, new, Mode::Full);
            if let Some(last) = &last {
                changes.extend(compare(last, new, Mode::Full));
                changes.extend(reused(&before, last, new));
            }
            changes.iter().map(|change| change.code.number).collect()
        };
        let (broken, kept) = (found(&breaks), found(&keeps));
        if !broken.contains(&code.number) || !kept.is_empty() {
            let _ = writeln!(wrong, "{code}: {broken:?}, and {kept:?} where nothing should be");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The contracts of the block of this kind, which has no finding of its own.
fn version(page: &str, kind: &str) -> Contracts {
    let start = format!("```chor,{kind}\n");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("there is no {start} in {page}"));
    let mut sources = Sources::new();
    sources.add("example.chor", rest.split_once("```").unwrap().0).unwrap();
    let compilation = compile(&sources);
    assert!(compilation.diagnostics.is_empty(), "{:#?}\n{rest}", compilation.diagnostics);
    take(&compilation.checked.unwrap())
}

#[test]
fn the_examples_of_the_reference_are_as_they_are_said_to_be() {
    let wrong: Vec<String> = examples(REFERENCE).iter().filter_map(|example| example.wrong(None)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A code in the reference is none that there is not.
#[test]
fn the_codes_of_the_reference_are_codes() {
    let unknown: Vec<&str> = numbers(REFERENCE).filter(|number| codes::find(number).is_none()).collect();
    assert_eq!(unknown, [""; 0]);
}

/// Whatever a choreography is refused for stands in the reference, beside what it is about.
#[test]
fn the_reference_names_every_code_of_choreographies() {
    let named: Vec<&str> = numbers(REFERENCE).collect();
    let missing = codes::ALL.iter().filter(|code| code.number.starts_with("C01"));
    let missing: Vec<&str> =
        missing.map(|code| code.number).filter(|number| !named.contains(number)).collect();
    assert_eq!(missing, [""; 0]);
}

/// Every `C0107` in a text.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| {
        word.len() == 5
            && word.strip_prefix('C').is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()))
    })
}

/// Every word that the grammar reserves stands in the table of the reference, and no other.
#[test]
fn the_reserved_words_of_the_reference_are_those_of_the_grammar() {
    let (_, rule) = GRAMMAR.split_once("\nreserved = _{").unwrap();
    let (rule, _) = rule.split_once('}').unwrap();
    let (_, table) = REFERENCE.split_once("## Reserved words").unwrap();
    let mut reserved: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
    let mut listed: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    reserved.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, reserved);
}
