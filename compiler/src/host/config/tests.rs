//! What a `chor.toml` says, and what is wrong with it.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::{Config, read, schema};
use crate::diag::{Level, codes};
use crate::source::Sources;

fn problems(text: &str) -> String {
    read::read("chor.toml", text).unwrap_err().to_string()
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let text = "\
exclud = ['old']
include = ['/old', 3]

[lints]
dead-evnt = 'deny'
dead_event = 'deny'
never-told = 'allow'
unused-type = 'error'
unread-field = { levl = 'warn' }

[[overrides]]
paths = 'drafts'
lint = { dead-event = 'warn' }

[[overrides]]
paths = ['drafts']
lints = { too-wide = { max = 3 }, fan-out-too-high = { max = -1 } }
";
    assert_snapshot!(problems(text), @r#"
    chor.toml:1:1: there is no setting `exclud`
      help: did you mean `exclude`?
    chor.toml:2:12: `/old` is no pattern of paths
      help: a pattern is a path from the folder of this file, with `/` between its parts
    chor.toml:2:20: this is no path
      help: write it in quotes
    chor.toml:5:1: there is no rule `dead-evnt`
      help: did you mean `dead-event`?
    chor.toml:6:1: there is no rule `dead_event`
      help: write `dead-event`
    chor.toml:7:1: `never-told` is no rule that has a level: the language refuses it
      help: remove it
    chor.toml:8:15: this is no level
      help: write "deny", "warn" or "allow"
    chor.toml:9:18: there is no setting `levl`
      help: did you mean `level`?
    chor.toml:11:1: this override has no `lints`
      help: an override needs `paths`, and `lints` for them
    chor.toml:12:9: this is no list of paths
      help: write a list of paths: `["contracts", "drafts/*.chor"]`
    chor.toml:13:1: there is no setting `lint`
      help: did you mean `lints`?
    chor.toml:17:30: a threshold holds for the whole workspace
      help: set it in `[lints]`
    chor.toml:17:62: this is no threshold
      help: write a whole number from 0
    "#);
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    assert_snapshot!(problems("[lints]\ndead-event = deny\n"), @r"
    chor.toml:2:14: string values must be quoted, expected literal string
      help: mend the file: it must be TOML
    ");
}

#[test]
fn a_lint_has_the_level_of_the_last_override_that_covers_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "\
[lints]
dead-event = 'deny'
unused-type = { level = 'allow' }
too-wide = { max = 7 }

[[overrides]]
paths = ['drafts', '**/*_test.chor']
lints = { dead-event = 'allow' }

[[overrides]]
paths = ['drafts/late.chor']
lints = { dead-event = 'warn' }
";
    fs::write(folder.path().join("chor.toml"), text).unwrap();
    let mut sources = Sources::new();
    let names = ["shop.chor", "drafts/early.chor", "drafts/late.chor", "deep/shop_test.chor"];
    let full = |name: &str| folder.path().join(name).display().to_string();
    for name in names {
        sources.add(&full(name), "").unwrap();
    }
    let lints = Config::find(&[folder.path().join("drafts")]).unwrap().lints(&sources);
    let levels = names.map(|name| lints.level(&codes::DEAD_EVENT, &full(name)));
    assert_eq!(levels, [Level::Deny, Level::Allow, Level::Warn, Level::Allow]);
    assert_eq!(names.map(|name| lints.level(&codes::UNUSED_TYPE, &full(name))), [Level::Allow; 4]);
    assert_eq!(lints.level(&codes::UNREAD_FIELD, &full("shop.chor")), Level::Warn);
    assert_eq!((lints.max(&codes::TOO_WIDE), lints.max(&codes::FAN_OUT_TOO_HIGH)), (7, 10));
}

#[test]
fn the_committed_schema_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/chor-toml.json");
    if std::env::var_os("CHOR_BLESS").is_some() {
        fs::write(&path, schema()).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == schema(),
        "`CHOR_BLESS=1 cargo test -p chor-compiler schema` writes {}",
        path.display()
    );
}

#[test]
fn the_schema_knows_the_settings_that_are_read() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let sorted = |keys: &[&str]| {
        let mut keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&schema), sorted(&read::KEYS));
    assert_eq!(keys(&schema["properties"]["overrides"]["items"]), sorted(&read::OVERRIDE_KEYS));
    // Every lint that the schema knows is read at every level that it knows, in both spellings.
    for lint in keys(&schema["definitions"]["lints"]) {
        for level in schema["definitions"]["level"]["enum"].as_array().unwrap() {
            read::read("chor.toml", &format!("[lints]\n{lint} = {level}")).unwrap();
            read::read("chor.toml", &format!("[lints]\n{lint} = {{ level = {level} }}")).unwrap();
            let has_max =
                schema.pointer(&format!("/definitions/lints/properties/{lint}/anyOf/1/properties/max"));
            let max = read::read("chor.toml", &format!("[lints]\n{lint} = {{ max = 7 }}"));
            assert_eq!(max.is_ok(), has_max.is_some(), "{lint}");
        }
    }
}
