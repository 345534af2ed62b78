//! A reader of JSON Schemas. It knows the words that those of this project use, and refuses any other, so that none is
//! passed over.

use serde_json::{Map, Value};

/// What does not follow the schema, by place.
pub(crate) fn wrong(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
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
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
            "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= rule.as_u64().unwrap()),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                items.iter().enumerate().all(|(at, item)| !items.iter().take(at).any(|other| other == item))
            }),
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
            "additionalProperties" => {
                found.extend(additional(root, schema, rule, value, at));
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

/// What is said of the keys that `properties` does not name: `false`, or a schema.
fn additional(root: &Value, schema: &Value, rule: &Value, value: &Value, at: &str) -> Vec<String> {
    let named = |key: &str| schema["properties"].get(key).is_some();
    let others = value.as_object().into_iter().flatten().filter(|(key, _)| !named(key));
    others
        .flat_map(|(key, value)| match rule {
            Value::Bool(false) => vec![format!("{at}/{key} is not in the schema")],
            rule => wrong(root, rule, value, &format!("{at}/{key}")),
        })
        .collect()
}

fn is_of(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("`{other}` is no type that this reader knows"),
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 5 && text.starts_with('C') && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}
