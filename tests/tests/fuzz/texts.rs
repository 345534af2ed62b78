//! Texts of the language, through parser and formatter, and through the whole compiler.

use std::fs;
use std::path::Path;

use chor_compiler::Compilation;
use chor_compiler::check::Checked;
use chor_compiler::compile_with;
use chor_compiler::diag::{Diagnostic, Level, codes};
use chor_compiler::emit::rust::{self, Style};
use chor_compiler::explore::{Limits, explore};
use chor_compiler::lint::{Date, Options};
use chor_compiler::source::{Sources, Span};
use chor_compiler::syntax::parse::parse;
use chor_compiler::syntax::print::formatted;
use fastrand::Rng;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::choreographies::{self, Language};
use crate::hunt::{Shown, Target};
use crate::{mutate, programs};

/// From text to tree, and back.
pub(crate) const PARSER: Target =
    Target { name: "parser", known: corpus, fresh: any_program, mutate: changed, run: parses };

/// From text to findings, machines and Rust.
pub(crate) const CHECKER: Target =
    Target { name: "checker", known: corpus, fresh: any_choreography, mutate: changed, run: compiles };

/// All programs of the corpus and the examples that stand in one file.
fn corpus() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut texts = Vec::new();
    let mut folders = ["tests/corpus", "tests/hard", "examples"].map(|folder| root.join(folder)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "chor") {
                texts.push(fs::read(path).unwrap());
            }
        }
    }
    texts.sort();
    texts
}

fn changed(text: &[u8], donor: &[u8], rng: &mut Rng) -> Vec<u8> {
    let (text, donor) = (String::from_utf8_lossy(text), String::from_utf8_lossy(donor));
    mutate::text(&text, &donor, rng).into_bytes()
}

fn any_program(rng: &mut Rng) -> Vec<u8> {
    one(&programs::program(), rng).into_bytes()
}

fn any_choreography(rng: &mut Rng) -> Vec<u8> {
    let language = Language {
        services: 2 + rng.usize(..3),
        regions: rng.bool(),
        loops: rng.bool(),
        deadlines: rng.bool(),
        undo: rng.bool(),
    };
    choreographies::program(&one(&language.parts(), rng)).into_bytes()
}

/// One value of those that a strategy makes.
fn one<T: Strategy>(strategy: &T, rng: &mut Rng) -> T::Value {
    let seed: Vec<u8> = (0..32).map(|_| rng.u8(..)).collect();
    let source = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let config = Config { failure_persistence: None, ..Config::default() };
    strategy.new_tree(&mut TestRunner::new_with_rng(config, source)).unwrap().current()
}

/// All places lie within the text, and what parses is formatted: once and for all.
fn parses(input: &[u8]) -> Shown {
    let text = String::from_utf8_lossy(input);
    let sources = single(&text);
    let file = &sources.files()[0];
    let parsed = parse(file);
    let findings = parsed.findings;
    hold(&text, &sources, &findings);
    let shown = Shown::of(&(numbers(&findings), parsed.tree.items.len()));
    let Ok(once) = formatted(file) else {
        assert!(!findings.is_empty(), "it parses, and is not formatted");
        return shown;
    };
    let again = single(&once);
    let twice = formatted(&again.files()[0]).expect("what is formatted parses");
    assert_eq!(once, twice, "a second time changes it");
    shown
}

/// All places lie within the text, a second time gives the same, and what is accepted can be run.
fn compiles(input: &[u8]) -> Shown {
    let text = String::from_utf8_lossy(input);
    let sources = single(&text);
    let Compilation { diagnostics, checked, .. } = compile_with(&sources, &options());
    hold(&text, &sources, &diagnostics);
    let Some(checked) = checked else { return Shown::of(&numbers(&diagnostics)) };
    let files = rust::emit(&checked, &rust::Options { only: None, style: Style::Modules });
    let again = compile_with(&sources, &options()).checked.expect("accepted a moment ago");
    let same = rust::emit(&again, &rust::Options { only: None, style: Style::Modules });
    assert!(files == same, "a second time gives other code");
    runs(&checked);
    Shown::of(&(numbers(&diagnostics), checked.projections().len(), files.len()))
}

/// The machines of what is accepted have no fault.
fn runs(checked: &Checked) {
    let limits = Limits { worlds: 300, ..Limits::default() };
    for projection in checked.projections() {
        let choreography = &checked.model().choreographies[projection.choreography];
        let machines: Vec<_> = projection.roles.iter().map(|role| role.machine.clone()).collect();
        let found = explore(choreography, &machines, limits).counterexamples;
        assert!(found.is_empty(), "accepted wrongly: {found:?}");
    }
}

/// Every lint is on, on a day that is the same for ever.
fn options() -> Options {
    let mut options = Options { today: Date::new(2027, 1, 1), ..Options::default() };
    let lints = codes::ALL.iter().filter(|code| code.lint.is_some());
    lints.for_each(|code| options.lints.levels.set(code, Level::Warn));
    options
}

fn single(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add("any.chor", text).unwrap();
    sources
}

fn hold(text: &str, sources: &Sources, findings: &[Diagnostic]) {
    let file = sources.files()[0].span();
    let within = |place: Span| {
        let (start, end) = ((place.start - file.start) as usize, (place.end - file.start) as usize);
        start <= end && end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end)
    };
    for finding in findings {
        let related = finding.related.iter().map(|label| label.span);
        let mut places =
            related.chain(finding.edits.iter().map(|edit| edit.span)).chain([finding.primary.span]);
        assert!(places.all(within), "{finding:?} points out of the text");
        // The words for a mistake that no reader has recognised.
        assert_ne!(finding.message, "this does not follow the grammar", "at {:?}", finding.primary.span);
    }
}

fn numbers(findings: &[Diagnostic]) -> Vec<&'static str> {
    let mut numbers: Vec<_> = findings.iter().map(|finding| finding.code.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
