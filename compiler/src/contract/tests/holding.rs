//! Types that hold others, in circles, in lists and in maps: no difference hides another.

use super::super::change::{Change, Mode};
use super::changes;

const SERVICES: &str = "service P { emits First, Told }\nservice Q { reads Told }\n";

/// `code path verdicts`, and why the witness is refused, one line a change.
fn lines(old: &str, new: &str) -> Vec<String> {
    let line = |change: &Change| {
        let path = change.message.split('`').nth(1).unwrap_or_default();
        let refused = change.witness.as_ref().and_then(|witness| witness.refused.as_ref());
        let refused = refused.map_or("nothing shows it".to_owned(), ToString::to_string);
        format!("{} {path} {:?} {:?}: {refused}", change.code.name, change.backward, change.forward)
    };
    let [old, new] = [old, new].map(|text| format!("{SERVICES}{text}"));
    changes(&old, &new, Mode::Full).iter().map(line).collect()
}

/// What comes first, and who reads it, does not matter to what comes next.
#[test]
fn types_that_hold_each_other() {
    let types = "record A { b: B?, y: u32 }\nrecord B { a: A?, z: u32 }\n";
    let told = "event Told { id: uuid, b: B }\n";
    let first = "event First { id: uuid, a: A }\n";
    let alone = format!("{types}{told}event First {{ id: uuid }}\n");
    let expected = ["type-changed b.a.y Breaks Breaks: `b.a.y` must be a text, is a whole number"];
    for text in [alone, format!("{types}{first}{told}")] {
        assert_eq!(lines(&text, &text.replace("y: u32", "y: string")), expected, "{text}");
    }
}

#[test]
fn lists_and_maps_of_what_has_changed() {
    let rows: [(&str, &str, &[&str]); 5] = [
        (
            "ks: [K](max: 5) | enum K { a, b }",
            "ks: [K](max: 10) | open enum K { a, b }",
            &[
                "bound-changed ks Fine Breaks: `ks` must have at most 5 elements, has 10",
                "may-break ks[] Fine May: `ks[0]` is `not_listed`, which is none of the enum's values",
            ],
        ),
        (
            // Whatever the length, what is in it is refused.
            "ks: [u32](max: 5)",
            "ks: [string](max: 10)",
            &["type-changed ks[] Breaks Breaks: `ks[0]` must be a text, is a whole number"],
        ),
        (
            "m: {T: K}(max: 5) | enum K { a, b }\ntype T = string(max: 9, pattern: \"[a-z]+\")",
            "m: {T: K}(max: 5) | open enum K { a, b }\ntype T = string(max: 9, pattern: \"[A-Z]+\")",
            &[
                "type-changed m Breaks Breaks: `m.text` does not match `[A-Z]+`",
                "may-break m{} Fine May: nothing shows it",
            ],
        ),
        (
            "m: {string: u32}(min: 2, max: 5)",
            "m: {string(max: 5): u64}(min: 2, max: 4)",
            &[
                "type-changed m Breaks Fine: `m.2027-03-01` must have at most 5 characters, has 10",
                "type-changed m{} Fine Breaks: `m.a` must be from 0 to 4294967295, is 18446744073709551615",
                "bound-changed m Breaks Fine: `m` must have at most 4 entries, has 5",
            ],
        ),
        (
            "m: {K: u32} | enum K { a, b }",
            "m: {K: bool} | enum K { a, c }",
            &[
                "type-changed m Breaks Breaks: `m.b` is `b`, which is none of the enum's values",
                "type-changed m{} Breaks Breaks: `m.a` must be `true` or `false`, is a whole number",
            ],
        ),
    ];
    let text = |row: &str| {
        let (field, types) = row.split_once(" | ").unwrap_or((row, ""));
        format!("{types}\nevent Told {{ id: uuid, {field} }}\nevent First {{ id: uuid }}\n")
    };
    for (old, new, expected) in rows {
        assert_eq!(lines(&text(old), &text(new)), expected, "{old}");
    }
}

/// A bound that nobody could write out.
#[test]
fn lists_that_are_too_long() {
    let text = |item: &str| {
        format!("event Told {{ id: uuid, all: [{item}](min: 4000000000) }}\nevent First {{ id: uuid }}\n")
    };
    assert_eq!(lines(&text("u32"), &text("string")), ["may-break all[] May May: nothing shows it"]);
}

/// A field that is missing breaks its readers, also where the rest of the event cannot be made up.
#[test]
fn fields_beside_what_cannot_be_made() {
    let text = |fields: &str| {
        format!(
            "event Told {{ id: uuid, long: string(min: 100000), {fields} }}\nevent First {{ id: uuid }}\n"
        )
    };
    for (old, new, path) in [("n: u32?", "n: u32", "n"), ("a: u32, b: u32", "@was(\"a\") b: u32", "b")] {
        let found = lines(&text(old), &text(new));
        let line = format!("field-unreadable {path} Breaks ");
        assert!(found.iter().any(|found| found.starts_with(&line)), "{found:?}");
    }
    let typed = lines(&text("n: u32"), &text("n: string"));
    assert_eq!(typed, ["may-break n May May: nothing shows it"]);
}
