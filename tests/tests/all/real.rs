//! Public systems, held against what is really published and heard in them: `tests/real/TRUTH.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chor_compiler::diag::codes;
use chor_compiler::lint::Lints;
use chor_compiler::source::Sources;
use chor_compiler::stats::Stats;

use crate::compile_with_lints;

const SYSTEMS: [&str; 4] = ["ftgo", "eshop", "customers_and_orders", "booking"];

/// One row: an event, who publishes it and who hears it, and what follows from that.
struct Row {
    event: String,
    publishers: BTreeSet<String>,
    hearers: BTreeSet<String>,
    truth: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("real")
}

/// The rows of a system.
fn truth(system: &str) -> Vec<Row> {
    let table = std::fs::read_to_string(folder().join("TRUTH.md")).unwrap();
    let (_, section) = table.split_once(&format!("\n## {system}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| event |"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [event, publishers, hearers, truth] = cells.as_slice() else { panic!("{row}") };
        Row {
            event: (*event).to_owned(),
            publishers: named(publishers),
            hearers: named(hearers),
            truth: (*truth).to_owned(),
        }
    })
    .collect()
}

/// `Orders: path; Delivery: path`, or `nobody: why`.
fn named(cell: &str) -> BTreeSet<String> {
    if cell.starts_with("nobody") {
        return BTreeSet::new();
    }
    cell.split("; ").map(|one| one.split_once(": ").expect("a place in the source").0.to_owned()).collect()
}

fn sources(system: &str, more: &str) -> Sources {
    let name = format!("{system}.chor");
    let text = std::fs::read_to_string(folder().join(&name)).unwrap();
    let mut sources = Sources::new();
    sources.add(&name, text + more).unwrap();
    sources
}

/// The table is of one mind with itself, and there is enough of it.
#[test]
fn the_verdict_of_each_row_follows_from_its_places() {
    let rows: Vec<Row> = SYSTEMS.into_iter().flat_map(truth).collect();
    assert!(rows.len() >= 60, "{} events", rows.len());
    for row in rows {
        let follows = match (row.publishers.is_empty(), row.hearers.is_empty()) {
            (false, false) => "heard",
            (false, true) => "dead",
            (true, false) => "orphan",
            (true, true) => "unused",
        };
        assert_eq!(row.truth, follows, "{}", row.event);
    }
}

/// The files say what the table says of who publishes and who hears.
#[test]
fn the_files_state_what_the_table_states() {
    for system in SYSTEMS {
        let compilation = compile_with_lints(&sources(system, ""), None);
        let checked = compilation.checked.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
        let stated: BTreeMap<String, _> = Stats::of(&checked, &Lints::default())
            .events
            .into_iter()
            .map(|event| {
                let set = |names: Vec<String>| names.into_iter().collect::<BTreeSet<_>>();
                (event.name, (set(event.emitters), set(event.hearers)))
            })
            .collect();
        let table: BTreeMap<String, _> =
            truth(system).into_iter().map(|row| (row.event, (row.publishers, row.hearers))).collect();
        assert_eq!(stated, table, "{system}");
    }
}

/// Each dead event and each orphan is found, and nothing else is.
#[test]
fn the_check_finds_what_is_really_dead() {
    for system in SYSTEMS {
        let mut expected: BTreeMap<String, &str> = BTreeMap::new();
        for row in truth(system) {
            let rule = match row.truth.as_str() {
                "dead" => codes::DEAD_EVENT.name,
                "orphan" => codes::ORPHAN_CONSUMER.name,
                "unused" => codes::UNUSED_EVENT.name,
                _ => continue,
            };
            expected.insert(row.event, rule);
        }
        let mut found: BTreeMap<String, &str> = BTreeMap::new();
        for finding in compile_with_lints(&sources(system, ""), None).diagnostics {
            let event = finding.message.split('`').nth(1).unwrap_or_default().to_owned();
            let again = found.insert(event.clone(), finding.code.name);
            // An orphan with two consumers is told once, at the first.
            assert_eq!(again, None, "{system}: {event}: {}", finding.message);
        }
        assert_eq!(found, expected, "{system}");
    }
}

/// A consumer of everything hears all that is published, whatever it is for: then nothing is dead, and what nobody
/// publishes is still awaited in vain.
#[test]
fn an_archive_hears_what_nobody_else_does() {
    for system in SYSTEMS {
        let published: Vec<String> =
            truth(system).into_iter().filter(|row| !row.publishers.is_empty()).map(|row| row.event).collect();
        let archive = format!("\nservice Archive\nArchive observes {}\n", published.join(", "));
        let found = compile_with_lints(&sources(system, &archive), None).diagnostics;
        let rules: BTreeSet<&str> = found.iter().map(|finding| finding.code.name).collect();
        let left = truth(system).into_iter().filter(|row| row.publishers.is_empty());
        let expected: BTreeSet<&str> =
            left.map(|row| {
                if row.hearers.is_empty() { codes::UNUSED_EVENT.name } else { codes::ORPHAN_CONSUMER.name }
            })
            .collect();
        assert_eq!(rules, expected, "{system}: {found:?}");
    }
}
