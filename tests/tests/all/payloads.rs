//! Payloads of generated code: what is written is read again, and what breaks the contract is refused, with its
//! place, by the sender and by the reader.

use chor_runtime::codegen::Payload;
use chor_runtime::{SendError, Store};
use chor_tests::hard::mod_::{Client, Colour, Ok as Closed, Result as Whole, Some as Open};
use chor_tests::hard::option::Result as Read;
use serde_json::{Value, json};

use crate::whole::whole;

/// The payload with one value put in place of another.
fn with(pointer: &str, value: Value) -> Value {
    let mut payload = whole();
    let place = payload.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}"));
    *place = value;
    payload
}

fn read<T: Payload>(payload: Value) -> Result<T, String> {
    let value: T = serde_json::from_value(payload).map_err(|error| error.to_string())?;
    value.validate().map_err(|invalid| invalid.to_string())?;
    Ok(value)
}

#[test]
fn what_is_written_is_read_again() {
    let value: Whole = read(whole()).unwrap();
    assert_eq!(serde_json::to_value(&value).unwrap(), whole());
    assert_eq!(read::<Whole>(serde_json::to_value(&value).unwrap()).unwrap(), value);
    assert_eq!(Whole::TYPE, "hard.names.Result");
}

#[test]
fn what_is_absent_is_not_written() {
    let optional = ["enum", "input", "amount", "nested", "maybe"];
    let mut payload = whole();
    for name in optional {
        payload.as_object_mut().unwrap().remove(name);
    }
    let absent: Whole = read(payload.clone()).unwrap();
    assert_eq!(serde_json::to_value(&absent).unwrap(), payload);
    // `null` is read as absent.
    for name in optional {
        payload[name] = Value::Null;
    }
    assert_eq!(read::<Whole>(payload).unwrap(), absent);
}

#[test]
fn values_have_their_names_on_the_wire() {
    let value: Whole = read(whole()).unwrap();
    assert_eq!((value.r#match, value.r#enum), (Closed::Usd, Some(Closed::OutOfStock)));
    assert_eq!(value.colour, Colour::ColourRed);
    assert_eq!((value.upper, value.leading, value.camel_case), (-7, 5, true));
}

#[test]
fn an_open_enum_keeps_what_it_does_not_know() {
    let value: Whole = read(whole()).unwrap();
    assert_eq!(value.some, Open::Async);
    assert_eq!(value.super_, [Open::Unlisted, Open::Unknown, Open::Unknown_("brand_new".to_owned())]);
}

#[test]
fn a_reader_takes_the_fields_that_it_reads() {
    let mut payload = whole();
    payload.as_object_mut().unwrap().remove("unread");
    payload["nobody"] = json!({ "knows": "this" });
    let value: Read = read(payload).unwrap();
    assert_eq!(value.inline, "abc");
    let unread = serde_json::to_value(&value).unwrap();
    assert_eq!(unread.get("unread"), None);
}

/// What is wrong with the payload when this value is in it.
fn check(pointer: &str, value: Value, expected: &str) {
    let payload = with(pointer, value);
    assert_eq!(read::<Whole>(payload).unwrap_err(), expected);
}

#[test]
fn what_breaks_its_bounds_is_refused() {
    check("/type", json!("x".repeat(21)), "type must have at most 20 characters, has 21");
    check("/_leading", json!(4), "_leading must be at least 5, is 4");
    check("/out", json!("AAAAAAA="), "out must have at most 4 bytes, has 5");
    let sync = json!({ "pattern": "\"a\"", "inner": [] });
    check("/gen/0", json!([sync, sync, sync]), "gen[0] must have at most 2 elements, has 3");
    check("/inline", json!("abc\n"), r#"inline must match "[a-z]+", is "abc\n""#);
    check("/inline", json!("ABC"), r#"inline must match "[a-z]+", is "ABC""#);
    check("/amount", json!("-0.26"), "amount must be at least -0.25, is -0.26");
    check("/amount", json!("1000000.01"), "amount must be at most 1000000, is 1000000.01");
    check("/maybe", json!([]), "maybe must have at least 1 elements, has 0");
    check("/maybe/0", json!(-0.6), "maybe[0] must be at least -0.5, is -0.6");
}

#[test]
fn what_is_wrong_deep_inside_has_its_path() {
    check("/gen/1/0/pattern", json!("\""), "gen[1][0].pattern must have at least 2 characters, has 1");
    check(
        "/gen/1/0/inner/0/fn",
        json!(-1_000_001),
        "gen[1][0].inner[0].fn must be at least -1000000, is -1000001",
    );
    check(
        "/gen/1/0/inner/0/names",
        json!(vec!["\"b\""; 4]),
        "gen[1][0].inner[0].names must have at most 3 elements, has 4",
    );
    check(
        "/gen/1/0/other/sync/pattern",
        json!("xx"),
        r#"gen[1][0].other.sync.pattern must match "\"[a-z`\\\\]+\"", is "xx""#,
    );
    check(
        "/gen/1/0/next/pattern",
        json!("0123456789"),
        "gen[1][0].next.pattern must have at most 9 characters, has 10",
    );
    check("/nested/0/0", json!("d"), "nested[0][0] must have at least 2 characters, has 1");
}

#[test]
fn what_is_of_another_type_is_refused() {
    let check = |pointer: &str, value: Value, expected: &str| {
        let error = read::<Whole>(with(pointer, value)).unwrap_err();
        assert!(error.contains(expected), "{pointer}: {error}");
    };
    check("/match", json!("EUR"), "expected one of `USD`, `out_of_stock`, `Other_one`, `type`");
    check("/match", json!(5), "expected string");
    check("/some", json!(5), "must be a string");
    check("/UPPER", json!(2_147_483_648_i64), "expected i32");
    check("/rt", json!("2027-02-30"), "must be a date");
    check("/validate", json!("15 minutes"), "must be a duration");
    check("/out", json!("%"), "must be base64");
    check("/order", json!("x"), "UUID");
    check("/order", Value::Null, "UUID");
    check("/super_", json!("unknown"), "expected a sequence");
    check("/answer", json!("1e"), "Decimal");
}

#[tokio::test]
async fn a_client_sends_nothing_invalid() {
    let client = Client::new(&Store::memory());
    let mut event: Whole = read(whole()).unwrap();
    client.result(&event).await.unwrap();
    event.known = f64::NAN;
    let error = client.result(&event).await.unwrap_err();
    assert!(matches!(error, SendError::Invalid { .. }));
    assert_eq!(error.to_string(), "Result is invalid: known must be a number, is NaN");
}
