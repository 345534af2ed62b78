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
