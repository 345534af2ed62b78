//! Payloads that somebody else has written, through the generated readers.

use std::fmt::Debug;
use std::str::FromStr;

use chor_runtime::codegen::{Date, Duration, Payload, Timestamp};
use chor_tests::checkout::{customer, orders, payment};
use chor_tests::hard::{desk, mod_, option, sender, taker};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::hunt::{Shown, Target};
use crate::mutate;
use crate::spoil::{change, extreme};
use crate::whole::whole;

/// From bytes to payloads, and back.
pub(crate) const READERS: Target =
    Target { name: "payload_readers", known: samples, fresh: any_value, mutate: changed, run: reads };

const UUID: &str = "00000000-0000-0000-0000-00000000002a";

/// Payloads that some reader takes.
fn samples() -> Vec<Vec<u8>> {
    let samples = [
        json!({
            "order": UUID, "rates": { "EUR": "1.09" }, "named": { "a b": "x", "\"": "y" },
            "by_id": { UUID: [1, 2] }, "by_day": { "2027-03-01": { "small": true, "enormous": false } },
            "counts": { "red": 1, "dark_red": 2 }, "blob": "AAEC/w==", "lists": [{ "x": "EUR" }, {}],
            "node": { "children": { "left": { "children": {}, "size": 1 } }, "size": 2 },
        }),
        json!({
            "order": UUID, "means": { "card": { "number": "4711", "limit": "10" } }, "backup": { "cash": {} },
            "several": {
                "a": { "voucher": "xy" }, "b": { "count": 1 },
                "c": { "either": [{ "cash": {} }, { "type": { "text": "", "ending": true } }] },
                "d": { "split": { "left": { "cash": {} }, "right": { "USD": { "x": true } } } },
            },
            "places": [{ "unknown": {} }, { "at": { "within": { "Unlisted": {} } } }],
        }),
        json!({ "order": UUID, "page": { "copies": 2, "type": "x" }, "lists": [{}], "copies": 3 }),
        json!({ "order": UUID, "e_mail": "a@b", "colour": "dark", "lamp": { "candle": {} } }),
        json!({ "order": UUID, "lines": [{ "sku": "TEA-0042", "quantity": 2 }], "total": "12.50" }),
        json!({ "order": UUID, "reason": "suspected_fraud", "authorization": "A1" }),
        json!({ "table": UUID, "dish": "dumplings", "drink": "tea" }),
        whole(),
    ];
    samples.iter().map(|sample| sample.to_string().into_bytes()).collect()
}

/// Every reader takes the bytes or refuses them, and what it takes it writes and reads again as the same.
fn reads(input: &[u8]) -> Shown {
    let events = [
        read::<sender::Maps>(input),
        read::<sender::Unions>(input),
        read::<sender::Defaults>(input),
        read::<sender::Notes>(input),
        read::<taker::Unions>(input),
        read::<taker::Notes>(input),
        read::<mod_::Result>(input),
        read::<option::Result>(input),
        read::<customer::PlaceOrder>(input),
        read::<orders::OrderPlaced>(input),
        read::<payment::PaymentDeclined>(input),
        read::<desk::Order>(input),
    ];
    let text = String::from_utf8_lossy(input);
    let text = text.trim_matches('"');
    let scalars = [scalar::<Date>(text), scalar::<Timestamp>(text), scalar::<Duration>(text)];
    Shown::of(&(events, scalars))
}

/// What came of it: the words of a refusal, without what stands in the payload.
fn read<T: Payload + PartialEq + Debug>(input: &[u8]) -> Option<String> {
    let value: T = match serde_json::from_slice(input) {
        Ok(value) => value,
        Err(error) => return Some(plain(&error.to_string())),
    };
    if let Err(invalid) = value.validate() {
        return Some(plain(&invalid.to_string()));
    }
    let written = serde_json::to_vec(&value).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written).expect("what is written can be read");
    again.validate().expect("what was valid is so still");
    assert_eq!(again, value, "it is read as something else");
    None
}

fn scalar<T: FromStr + ToString + PartialEq + Debug>(text: &str) -> Option<bool> {
    let value: T = text.parse().ok()?;
    let again = value.to_string().parse::<T>().ok();
    assert_eq!(again, Some(value), "`{text}` is read as something else");
    Some(true)
}

/// Words without digits and quotations.
fn plain(message: &str) -> String {
    let mut parts = message.split(['`', '"']).step_by(2);
    let words: String = parts.by_ref().take(4).collect();
    words.chars().filter(|char| !char.is_ascii_digit()).take(80).collect()
}

fn changed(input: &[u8], donor: &[u8], rng: &mut Rng) -> Vec<u8> {
    let parsed = (serde_json::from_slice::<Value>(input), serde_json::from_slice::<Value>(donor));
    let (Ok(mut value), Ok(other)) = parsed else { return raw(input, donor, rng) };
    if rng.u8(..4) == 0 {
        return raw(input, donor, rng);
    }
    for _ in 0..=rng.usize(..3) {
        let given = if rng.bool() { any(&other, rng).clone() } else { extreme(rng) };
        change(&mut value, given, rng);
    }
    value.to_string().into_bytes()
}

/// As text, or as bytes that are none.
fn raw(input: &[u8], donor: &[u8], rng: &mut Rng) -> Vec<u8> {
    if rng.u8(..4) == 0 && !input.is_empty() {
        let mut bytes = input.to_vec();
        let at = rng.usize(..bytes.len());
        bytes[at] = rng.u8(..);
        return bytes;
    }
    mutate::text(&String::from_utf8_lossy(input), &String::from_utf8_lossy(donor), rng).into_bytes()
}

/// Some part of a value.
fn any<'v>(value: &'v Value, rng: &mut Rng) -> &'v Value {
    let inner: Vec<&Value> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    if inner.is_empty() || rng.u8(..4) == 0 { value } else { any(inner[rng.usize(..inner.len())], rng) }
}

/// Values within values, without any sense.
fn any_value(rng: &mut Rng) -> Vec<u8> {
    let mut value = extreme(rng);
    for _ in 0..rng.usize(..200) {
        value = match rng.u8(..3) {
            0 => json!([value]),
            1 => json!([extreme(rng), value]),
            _ => json!({ "order": value }),
        };
    }
    value.to_string().into_bytes()
}
