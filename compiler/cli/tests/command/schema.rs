//! The JSON Schema of what `chor check` and `chor breaking` print with `--format json`, held against that.

use serde_json::{Value, json};

use super::chor;
use super::json_schema::wrong;

const SCHEMA: &str = include_str!("../../../schema/check.json");

const CLEAN: &str = "external A\nservice B\nevent E { id: uuid }\nchoreography F by id { A -> B: E }\n";

/// Errors and warnings, with related places, labels, notes and edits.
const WRONG: &[&str] = &[
    "service A { emits Dropped }\nevent Dropped { id: uid }\n",
    "service A { emits Dropped }\nevent Dropped { id: uuid }\nevent Unused {}\n",
    "service A\nservice B\nservice C\nevent D { id: uuid }\nevent E { id: uuid }\nevent F { id: uuid }\n\
     choreography G by id {\n  choice at A { A -> B: D\n C -> B: F } or { A -> B: E }\n}\n",
    "service",
];

/// Two versions: what a reader refuses, what it takes for something else, and what no event shows.
const CHANGED: [&str; 2] = [
    "service A\nservice B\nservice C { reads E { id } }\nevent E { id: uuid, a: u32, b: u32 = 1, c: string? }\n\
     event H { id: uuid }\n\
     choreography F by id { A -> B, C: E }\nchoreography G by id { A -> B: H }\n",
    "service A\nservice B\nservice C { reads E { id } }\nevent E { id: uuid, a: string, b: u32 = 2, d: string? }\n\
     choreography F by id { A -> B, C: E }\n",
];

fn changed() -> Value {
    let [old, new] = CHANGED;
    let files = [("old/a.chor", old), ("new/a.chor", new)];
    serde_json::from_str(&chor(&["breaking", "new", "--against", "old", "--format", "json"], &files).stdout)
        .unwrap()
}

#[test]
fn changes_are_told_to_programs() {
    let (schema, printed): (Value, Value) = (serde_json::from_str(SCHEMA).unwrap(), changed());
    assert_eq!(wrong(&schema, &schema, &printed, ""), Vec::<String>::new());
    let of = |name: &str| {
        let all = printed["findings"].as_array().unwrap();
        all.iter().find(|finding| finding["name"] == name).unwrap_or_else(|| panic!("{printed:#}"))["change"]
            .clone()
    };
    let mut refused = of("type-changed");
    assert!(refused["witness"]["event"]["a"].is_number(), "{refused}");
    refused["witness"]["event"].take();
    assert_eq!(
        refused,
        json!({
            "since": "old",
            "backward": "broken",
            "forward": "broken",
            "writers": ["A"],
            "readers": ["B"],
            "spared": ["C"],
            "order": "new-event",
            "witness": { "event": null, "reader": "new", "refused": "`a` must be a text, is a whole number" },
        })
    );
    let misread = of("meaning-changed");
    assert_eq!((&misread["witness"]["refused"], &misread["backward"]), (&Value::Null, &json!("depends")));
    assert_eq!(of("flow-changed")["witness"], Value::Null);
    assert_eq!(of("flow-changed")["order"], "drain");
}

#[test]
fn what_is_printed_follows_the_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for text in WRONG.iter().chain([&CLEAN]) {
        let ran = chor(&["check", "--format", "json"], &[("shop.chor", text)]);
        let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(wrong(&schema, &schema, &printed, ""), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_schema_names_everything_that_is_printed() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let files = [("shop.chor", WRONG[0]), ("known.json", "{ \"version\": 1, \"findings\": [] }")];
    let ran = chor(&["check", "--format", "json", "--baseline", "known.json"], &files);
    let printed: Value = serde_json::from_str(&ran.stdout).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let definition = |name: &str| keys(&schema["definitions"][name]["properties"]);
    assert_eq!(keys(&printed), keys(&schema["properties"]));
    // `change` is what `chor breaking` alone knows.
    let (finding, change) = (definition("finding"), changed()["findings"][0].clone());
    let of_check = finding.iter().filter(|key| *key != "change").cloned().collect::<Vec<_>>();
    assert_eq!((keys(&printed["findings"][0]), keys(&change)), (of_check, finding));
    assert_eq!(keys(&change["change"]), definition("change"));
    assert_eq!(keys(&printed["summary"]), definition("summary"));
}

#[test]
fn the_schema_refuses_what_is_not_printed() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let ran = chor(&["check", "--format", "json"], &[("shop.chor", WRONG[0])]);
    for (at, value) in
        [("/findings/0/line", "0"), ("/findings/0/severity", "\"note\""), ("/summary/files", "null")]
    {
        let mut printed: Value = serde_json::from_str(&ran.stdout).unwrap();
        *printed.pointer_mut(at).unwrap() = serde_json::from_str(value).unwrap();
        assert!(!wrong(&schema, &schema, &printed, "").is_empty(), "{at}");
    }
}
