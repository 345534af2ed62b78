//! A rule is adopted where a lot breaks it already: the baseline makes the run green, a new fault makes it red, and what
//! is mended is to be taken out.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, chor_in, folder};

const FILES: usize = 20;
const EVENTS_OF_A_FILE: usize = 10;

/// 200 events in 20 files, of which a good part leads nowhere, nothing is documented, and every rule about that is denied.
fn messy() -> TempDir {
    let rules = [
        "dead-event",
        "event-past-tense",
        "missing-doc",
        "missing-owner",
        "unread-field",
        "unused-event",
        "unused-type",
    ];
    let config = rules.iter().fold("[lints]\n".to_owned(), |text, rule| format!("{text}{rule} = \"deny\"\n"));
    let folder = folder(&[("chor.toml", &config)]);
    for file in 0..FILES {
        fs::write(folder.path().join(format!("area{file:02}.chor")), area(file)).unwrap();
    }
    folder
}

/// Services without owner, events in the present, of which one is heard, and a record that nobody uses.
fn area(file: usize) -> String {
    let mut text = format!("namespace messy.area{file}\nservice Desk{file} {{ emits Send0");
    (1..EVENTS_OF_A_FILE / 2).for_each(|event| write!(text, ", Send{event}").unwrap());
    let _ =
        writeln!(text, " }}\nservice Reader{file} {{ reads Send0 {{ id }} }}\nrecord Left {{ of: string }}");
    for event in 0..EVENTS_OF_A_FILE / 2 {
        let _ = writeln!(text, "event Send{event} {{ id: uuid, note: string }}");
        let _ = writeln!(text, "event Plan{event} {{ id: uuid }}");
    }
    text
}

fn check(folder: &TempDir, more: &[&str]) -> Ran {
    let mut arguments = vec!["check", "--baseline", "known.json"];
    arguments.extend(more);
    chor_in(folder.path(), &arguments)
}

fn change(folder: &TempDir, file: &str, change: impl Fn(&str) -> String) {
    let path = folder.path().join(file);
    let changed = change(&fs::read_to_string(&path).unwrap());
    fs::write(&path, changed).unwrap();
}

fn known(folder: &TempDir) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.path().join("known.json")).unwrap()).unwrap()
}

/// In each file: 4 dead events, 5 unused ones, an unused type, an unread field, 10 events in the present, 13 declarations
/// without docs and 2 services without owner.
const FAULTS_OF_A_FILE: usize = 4 + 5 + 1 + 1 + 10 + 13 + 2;
const FAULTS: usize = FILES * FAULTS_OF_A_FILE;

#[test]
fn a_messy_workspace_is_adopted_step_by_step() {
    let folder = messy();
    assert_eq!(chor_in(folder.path(), &["check"]).status, 1);

    let adopted = check(&folder, &["--update-baseline"]);
    assert_eq!(
        (adopted.status, adopted.stderr.trim()),
        (0, &*format!("note: `known.json` holds {FAULTS} findings"))
    );
    let green = check(&folder, &[]);
    assert_snapshot!(green, @r"
    exit code: 0
    output:
    checked 20 files: no findings beside 720 in the baseline
    ");

    // Lines move, and nothing is new.
    for file in 0..FILES {
        change(&folder, &format!("area{file:02}.chor"), |text| format!("\n// A line more.\n\n{text}"));
    }
    assert_eq!(check(&folder, &[]).stdout, green.stdout);

    // One new fault, and that alone is reported.
    change(&folder, "area07.chor", |text| format!("{text}/// New.\nevent Added {{ id: uuid }}\n"));
    assert_snapshot!(check(&folder, &[]), @r"
    exit code: 1
    output:
    C0310 unused-event

      × `Added` is never used
        ╭─[area07.chor:19:7]
     18 │ /// New.
     19 │ event Added { id: uuid }
        ·       ──┬──
        ·         ╰── nobody emits it, nobody hears it
        ╰────
      help: use `Added` in a choreography, or remove it

    checked 20 files: 1 error beside 720 in the baseline
    `chor explain C0310` says more about a finding
    ");
    change(&folder, "area07.chor", |text| text.replace("/// New.\nevent Added { id: uuid }\n", ""));

    // An old one is mended.
    change(&folder, "area03.chor", |text| text.replace("record Left { of: string }\n", ""));
    let mended = check(&folder, &["--format", "json"]);
    assert_eq!(mended.status, 0);
    assert_eq!(serde_json::from_str::<Value>(&mended.stdout).unwrap()["summary"]["baseline"], FAULTS - 2);
    assert_snapshot!(mended.stderr, @"note: 2 findings were mended since `known.json` was written; shrink it: `chor check --baseline known.json --update-baseline`");
    let shrunk = check(&folder, &["--update-baseline"]);
    assert_eq!(shrunk.stderr.trim(), format!("note: `known.json` holds {} findings", FAULTS - 2));
    // Then it may not come back.
    change(&folder, "area03.chor", |text| format!("{text}record Left {{ of: string }}\n"));
    assert_eq!(check(&folder, &[]).status, 1);
}

#[test]
fn one_more_of_the_same_is_new() {
    let unused = "@allow(unused_type, reason: \"-\")\n";
    let text = format!("{unused}service A {{ emits E }}\nservice B {{ reads E }}\nevent E {{ id: uuid }}\n");
    let config = "[lints]\nunused-suppression = \"deny\"\n";
    let folder = folder(&[("shop.chor", text.as_str()), ("chor.toml", config)]);
    check(&folder, &["--update-baseline"]);
    assert_eq!(known(&folder)["findings"][0]["count"], 1);
    change(&folder, "shop.chor", |text| text.replace("event E", &format!("{unused}event E")));
    let ran = check(&folder, &["--format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.status, found["findings"].as_array().unwrap().len()), (1, 1), "{ran}");
    assert_eq!(found["summary"]["baseline"], 1);
}

#[test]
fn what_the_language_refuses_cannot_be_adopted() {
    let folder = messy();
    check(&folder, &["--update-baseline"]);
    let before = known(&folder);
    change(&folder, "area00.chor", |text| text.replace("note: string", "note: Nothing"));
    let ran = check(&folder, &["--update-baseline"]);
    assert_eq!(
        (ran.status, ran.stderr.trim()),
        (1, "note: `known.json` was not written: mend first what no rule can allow")
    );
    assert_eq!(known(&folder), before);
}

#[test]
fn what_was_not_read_is_neither_mended_nor_forgotten() {
    let folder = messy();
    check(&folder, &["--update-baseline"]);
    let before = known(&folder);
    let ran = check(&folder, &["area00.chor", "--update-baseline"]);
    assert_eq!(known(&folder), before, "{ran}");
    fs::remove_file(folder.path().join("area01.chor")).unwrap();
    let ran = check(&folder, &["area00.chor"]);
    assert!(ran.stderr.starts_with(&format!("note: {FAULTS_OF_A_FILE} findings were mended")), "{ran}");
}

#[test]
fn what_people_add_to_an_entry_is_kept() {
    let folder = messy();
    check(&folder, &["--update-baseline"]);
    let path = folder.path().join("known.json");
    let mut file = known(&folder);
    let more = [("owner", "shop team"), ("reason", "rewritten in spring"), ("expires", "2090-01-01")];
    for (key, value) in more {
        file["findings"][0][key] = Value::from(value);
    }
    fs::write(&path, file.to_string()).unwrap();
    check(&folder, &["--update-baseline"]);
    assert_eq!(known(&folder), file);
    let bytes = fs::read(&path).unwrap();
    check(&folder, &["--update-baseline"]);
    assert_eq!(fs::read(&path).unwrap(), bytes, "the same input gives the same bytes");

    // After its last day, it counts no longer.
    file["findings"][0]["expires"] = Value::from("2020-01-01");
    fs::write(&path, file.to_string()).unwrap();
    let ran = check(&folder, &[]);
    assert!(
        ran.status == 1 && ran.stderr.contains("1 finding is in `known.json` whose day is over"),
        "{ran}"
    );
}

#[test]
fn a_file_that_cannot_be_used_is_a_reason_not_to_run() {
    let write = |folder: &TempDir, text: &str| fs::write(folder.path().join("known.json"), text).unwrap();
    let folder = messy();
    assert_snapshot!(check(&folder, &[]), @r"
    exit code: 2
    errors:
    error: there is no baseline `known.json`
      help: write it: `chor check --baseline known.json --update-baseline`
    ");
    write(&folder, "{ \"version\": 2, \"new\": [] }");
    assert_snapshot!(check(&folder, &[]), @r"
    exit code: 2
    errors:
    error: `known.json`: a later version of chor wrote this
      help: use that version
    ");
    write(&folder, "{ \"version\": 1 }");
    assert_snapshot!(check(&folder, &[]), @r"
    exit code: 2
    errors:
    error: `known.json`: missing field `findings` at line 1 column 16
      help: mend it, or remove the file and write it anew with `--update-baseline`
    ");
    assert_eq!(chor_in(Path::new(folder.path()), &["check", "--update-baseline"]).status, 2);
}
