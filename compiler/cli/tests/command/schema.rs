//! The JSON Schema of `chor check --format json`, held against what is printed.
//!
//! The reader of schemas below knows the words that ours uses, and refuses any other, so that none is passed over.

use serde_json::{Map, Value};

use super::chor;

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

/// What does not follow the schema, by place.
fn wrong(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, rule) in schema.as_object().unwrap() {
        let holds = match word.as_str() {
            "$schema" | "title" | "description" | "definitions" => true,
            "$ref" => {
                let target = root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
                found.extend(wrong(root, target, value, at));
                true
            }
            "allOf" => {
                rule.as_array().unwrap().iter().for_each(|part| found.extend(wrong(root, part, value, at)));
                true
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|one| is_of(one, value)),
                one => is_of(one, value),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_u64() >= rule.as_u64(),
            // The one pattern of ours.
            "pattern" => rule == "^C[0-9]{4}$" && value.as_str().is_some_and(is_code),
            "required" => {
                let key = |key: &Value| value.get(key.as_str().unwrap()).is_some();
                !value.is_object() || rule.as_array().unwrap().iter().all(key)
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(wrong(root, rule, item, &format!("{at}/{index}")));
                }
                true
            }
            "properties" => {
                found.extend(properties(root, rule.as_object().unwrap(), value, at));
                true
            }
            other => panic!("`{other}` is no word that this reader knows"),
        };
        if !holds {
            found.push(format!("{at}: {value} breaks {word}: {rule}"));
        }
    }
    found
}

fn properties(root: &Value, rules: &Map<String, Value>, value: &Value, at: &str) -> Vec<String> {
    let known = rules.iter().filter_map(|(key, rule)| Some((key, rule, value.get(key)?)));
    known.flat_map(|(key, rule, value)| wrong(root, rule, value, &format!("{at}/{key}"))).collect()
}

fn is_of(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        other => panic!("`{other}` is no type that this reader knows"),
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 5 && text.starts_with('C') && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}
