//! The JSON Schema of `chor check --format json`, held against what is printed.

use serde_json::Value;

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
    assert_eq!(keys(&printed["findings"][0]), definition("finding"));
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
