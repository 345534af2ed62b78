//! The JSON Schema of `chor.toml`, for editors.

use serde_json::{Map, Value, json};

use crate::diag::{Level, codes};
use crate::lint::limit;

/// The schema, as text.
pub fn schema() -> String {
    let levels: Vec<_> = Level::ALL.iter().map(|level| level.keyword()).collect();
    let paths = json!({
        "type": "array",
        "items": { "type": "string", "minLength": 1 },
        "description": "Paths from the folder of this file; `*` and `?` within a part, `**` for any number of parts",
    });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "chor.toml",
        "description": "What a workspace wants of chor",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "include": { "$ref": "#/definitions/paths" },
            "exclude": { "$ref": "#/definitions/paths" },
            "lints": { "$ref": "#/definitions/lints" },
            "overrides": {
                "type": "array",
                "description": "What holds for some files alone; of several that speak of a file, the last word counts",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["paths", "lints"],
                    "properties": {
                        "paths": { "$ref": "#/definitions/paths" },
                        "lints": { "$ref": "#/definitions/lints" },
                    },
                },
            },
        },
        "definitions": {
            "paths": paths,
            "level": { "enum": levels },
            "lints": { "type": "object", "additionalProperties": false, "properties": lints() },
        },
    });
    // A document that was built of literals can be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// A property for each lint.
fn lints() -> Map<String, Value> {
    let lints = codes::ALL.iter().filter_map(|code| Some((code, code.lint?)));
    lints
        .map(|(code, level)| {
            let description = format!("{} ({})", code.title, code.number);
            let mut settings = json!({ "level": { "$ref": "#/definitions/level" } });
            if let (Some(limit), Some(settings)) = (limit(code), settings.as_object_mut()) {
                let words = format!("The most {}", limit.of);
                let max =
                    json!({ "type": "integer", "minimum": 0, "default": limit.max, "description": words });
                settings.insert("max".to_owned(), max);
            }
            let property = json!({
                "description": description,
                "default": level.keyword(),
                "anyOf": [
                    { "$ref": "#/definitions/level" },
                    { "type": "object", "additionalProperties": false, "properties": settings },
                ],
            });
            (code.name.to_owned(), property)
        })
        .collect()
}
