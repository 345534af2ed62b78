//! Changes to payloads, after which most are not valid any more.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Puts a value somewhere into another.
pub(crate) fn change(value: &mut Value, given: Value, rng: &mut Rng) {
    match value {
        Value::Object(fields) if !fields.is_empty() && rng.u8(..5) > 0 => field(fields, given, rng),
        Value::Array(items) if !items.is_empty() && rng.u8(..5) > 0 => {
            let at = rng.usize(..items.len());
            match rng.u8(..4) {
                0 => drop(items.remove(at)),
                1 => items.insert(at, given),
                _ => change(&mut items[at], given, rng),
            }
        }
        _ => *value = given,
    }
}

fn field(fields: &mut Map<String, Value>, given: Value, rng: &mut Rng) {
    let name = fields.keys().nth(rng.usize(..fields.len())).unwrap().clone();
    match rng.u8(..6) {
        0 => drop(fields.remove(&name)),
        1 => {
            let value = fields.remove(&name).unwrap();
            fields.insert(given.as_str().unwrap_or("more").to_owned(), value);
        }
        _ => change(fields.get_mut(&name).unwrap(), given, rng),
    }
}

/// Values at the edge of what a type holds.
pub(crate) fn extreme(rng: &mut Rng) -> Value {
    const TEXTS: [&str; 24] = [
        "",
        "0",
        "-0",
        "1e-28",
        "79228162514264337593543950335",
        "79228162514264337593543950336",
        "1e400",
        "NaN",
        "0.00000000000000000000000000001",
        "9999-12-31",
        "-009999-01-01",
        "2027-02-29",
        "2027-03-01T24:00:00Z",
        "2027-03-01T12:00:00.123456789+14:00",
        "9999-12-31T23:59:60Z",
        "PT0S",
        "-PT1S",
        "P1Y",
        "PT999999999999999H",
        "PT0.0000000001S",
        "AA=",
        "\u{0}",
        "\u{10ffff}",
        "00000000000000000000000000000000",
    ];
    match rng.u8(..8) {
        0 => Value::Null,
        1 => json!(rng.i64(..)),
        2 => json!([u64::MAX, 0, 1, u64::from(u32::MAX), u64::from(u32::MAX) + 1][rng.usize(..5)]),
        3 => json!([-0.0, 1e308, 5e-324, 0.1, 9_007_199_254_740_993.0, 1.0][rng.usize(..6)]),
        4 => json!(rng.bool()),
        5 => json!([]),
        _ => json!(TEXTS[rng.usize(..TEXTS.len())]),
    }
}
