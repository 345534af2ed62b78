//! How long the compiler takes, and how much memory, beside what nobody can do without.
//!
//! ```text
//! cargo bench -p chor-tests --bench compile              all of it
//! cargo bench -p chor-tests --bench compile -- --quick   a smoke test
//! ```
//!
//! The floor is pest: the text of all files through the grammar into pest's own tree, on one core. What the table
//! gives for each phase is the time of that phase alone; peak memory is that of the process up to its end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench"
)]

mod measure;
mod workspace;

use std::path::Path;

use chor_compiler::contract::{self, Change, Contracts, Mode};
use chor_compiler::diag::{Code, Diagnostics, Level, codes};
use chor_compiler::lint::Options;
use chor_compiler::model::Model;
use chor_compiler::source::Sources;
use chor_compiler::syntax::parse;
use chor_compiler::syntax::tree::File;
use chor_compiler::{Compilation, check, compile_versions, compile_with, host, model};
use chor_grammar::{ChorParser, Rule};
use measure::{Call, Table};
use mimalloc::MiMalloc;
use pest::Parser;

/// As in the command.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const CASES: [(&str, &str); 9] = [
    ("read", "read the files, find their lines"),
    ("pest", "pest alone, one core (floor)"),
    ("parse", "parse: text to trees, all cores"),
    ("resolve", "resolve: trees to model"),
    ("check", "check and project, every rule on"),
    ("all", "all of it, from the disk, every rule on"),
    ("default", "the same with the rules of `chor check`"),
    ("compare", "contracts of two versions, 1 % changed"),
    ("breaking", "both versions and that, from the disk"),
];

fn main() {
    match measure::call() {
        Call::One(arguments) => one(&arguments[0], Path::new(&arguments[1])),
        Call::All { quick: true } => all(
            &[
                ("100 events", workspace::shop(100)),
                ("1 choreography of 50 steps", workspace::long(50)),
                ("50 choreographies over 50 services", workspace::wide(50)),
                ("a ring of 5", workspace::ring(5)),
                ("3 parts side by side", workspace::parts(3)),
            ],
            1,
        ),
        Call::All { quick: false } => all(
            &[
                ("100 events", workspace::shop(100)),
                ("1,000 events", workspace::shop(1_000)),
                ("10,000 events", workspace::shop(10_000)),
                ("1 choreography of 2,000 steps", workspace::long(2_000)),
                ("1,000 choreographies over 1,000 services", workspace::wide(1_000)),
                ("a ring of 50", workspace::ring(50)),
                ("12 parts side by side", workspace::parts(12)),
                ("the largest choreography of the corpus", workspace::smtp()),
            ],
            11,
        ),
    }
}

fn all(workspaces: &[(&str, Vec<workspace::File>)], rounds: usize) {
    for (title, files) in workspaces {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let bytes = files.iter().map(|(_, text)| text.len() as u64).sum();
        let title = format!("{title}: {} files, {:.2} MiB", files.len(), measure::mebi(bytes));
        let table = Table { title, bytes, cases: &CASES, floor: "pest" };
        table.print(rounds, &[folder.path().to_str().unwrap()]);
    }
}

/// One case, once.
fn one(case: &str, folder: &Path) {
    match case {
        "read" => measure::run(folder, read),
        "pest" => measure::run(read(folder), |sources| {
            for file in sources.files() {
                ChorParser::parse(Rule::file, file.text()).unwrap();
            }
        }),
        "parse" => measure::run(&read(folder), parse::parse_all),
        "resolve" => measure::run(trees(&read(folder)), |trees| resolved(&trees)),
        "check" => {
            let (model, findings) = resolved(&trees(&read(folder)));
            assert!(findings.into_sorted().is_empty());
            measure::run(model, |model| check::check(model, &every_rule()));
        }
        "all" => measure::run(folder, |folder| compiled(folder, &every_rule())),
        "default" => measure::run(folder, |folder| compiled(folder, &default_rules())),
        "compare" => {
            let [old, new] = contracts(&read(folder), &changed(folder));
            measure::run((old, new), |(old, new)| compared(&old, &new));
        }
        "breaking" => measure::run(folder, |folder| {
            let [old, new] = contracts(&read(folder), &changed(folder));
            compared(&old, &new)
        }),
        other => panic!("there is no case {other}"),
    }
}

fn compiled(folder: &Path, options: &Options) -> Compilation {
    let compilation = compile_with(&read(folder), options);
    assert!(compilation.diagnostics.is_empty(), "{:?}", compilation.diagnostics.first());
    assert!(compilation.checked.is_some());
    compilation
}

/// Rules that find what the workspaces are made of on purpose: so much between so few that a phase has something to do.
/// They are off in every case.
const ON_PURPOSE: [&Code; 10] = [
    &codes::CASE_STYLE,
    &codes::CHATTY_PAIR,
    &codes::CLOSED_ENUM_ON_EVENT,
    &codes::GOD_SERVICE,
    &codes::FAN_OUT_TOO_HIGH,
    &codes::LONG_CHAIN,
    &codes::MISSING_DEADLINE,
    &codes::MISSING_DOC,
    &codes::MISSING_OWNER,
    &codes::PASSIVE_AGGRESSIVE_EVENT,
];

fn default_rules() -> Options {
    let mut options = Options::default();
    for code in ON_PURPOSE {
        options.lints.levels.set(code, Level::Allow);
    }
    options
}

fn every_rule() -> Options {
    let mut options = default_rules();
    let rules = codes::ALL.iter().filter(|code| code.lint.is_some());
    for code in rules.filter(|code| ON_PURPOSE.iter().all(|other| other.number != code.number)) {
        options.lints.levels.set(code, Level::Warn);
    }
    options
}

fn contracts(old: &Sources, new: &Sources) -> [Contracts; 2] {
    let versions = compile_versions(&[old, new]).into_iter();
    let contracts: Vec<Contracts> = versions.map(|version| version.contracts.unwrap()).collect();
    contracts.try_into().unwrap()
}

fn compared(old: &Contracts, new: &Contracts) -> Vec<Change> {
    let changes = contract::compare(old, new, Mode::Full);
    // The workspaces without such fields are compared for nothing but the time.
    assert!(!changes.is_empty() || old.events.values().all(|event| event.fields.len() < 8));
    changes
}

/// The same files, in which one event of a hundred has another type in one of its fields.
fn changed(folder: &Path) -> Sources {
    let mut sources = Sources::new();
    let mut events = 0;
    for file in read(folder).files() {
        let lines = file.text().lines().map(|line| {
            let total = line.trim_start().starts_with("total_");
            events += usize::from(total);
            if total && events % 100 == 1 { line.replace("decimal", "u64") } else { line.to_owned() }
        });
        sources.add(file.name(), lines.collect::<Vec<_>>().join("\n")).unwrap();
    }
    sources
}

fn read(folder: &Path) -> Sources {
    host::load(&[folder]).unwrap().sources
}

fn resolved(trees: &[File<'_>]) -> (Model, Diagnostics) {
    model::resolve::resolve(&trees.iter().collect::<Vec<_>>())
}

fn trees(sources: &Sources) -> Vec<File<'_>> {
    parse::parse_all(sources).into_iter().map(|parsed| parsed.tree).collect()
}
