//! Maps: objects with keys of any kind that JSON has.

use std::collections::BTreeMap;

use chor_tests::hard::sender::{Colour, Maps, Node, Size};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{client, invalid, kept, read};

fn whole() -> Value {
    json!({
        "order": "00000000-0000-0000-0000-00000000002a",
        "rates": { "EUR": "1.09", "USD": "1" },
        "named": { "a b": "x", "\"": "y" },
        "by_id": { "00000000-0000-0000-0000-00000000002a": [1, 2], "00000000-0000-0000-0000-00000000002b": [] },
        "by_day": { "2027-03-01": { "small": true, "enormous": false }, "2027-03-02": {} },
        "counts": { "red": 1, "dark_red": 2 },
        "node": { "children": { "left": { "children": {}, "size": 1 } }, "size": 2 },
        "blob": "AAEC/w==",
        "lists": [{ "x": "EUR" }, {}],
    })
}

/// The payload with one value put in place of another, or beside others in an object.
fn with(pointer: &str, value: Value) -> Value {
    let mut payload = whole();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    payload.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    payload
}

fn check(pointer: &str, value: Value, expected: &str) {
    let error = read::<Maps>(&with(pointer, value)).unwrap_err();
    assert!(error.contains(expected), "{pointer}: {error}");
}

#[test]
fn what_is_written_is_read_again() {
    let value: Maps = kept(&whole());
    assert_eq!(value.counts.unwrap().get(&Colour::DarkRed), Some(&2));
    let days: Vec<_> = value.by_day.values().next().unwrap().iter().collect();
    assert_eq!(days, [(&Size::Small, &true), (&Size::Unknown("enormous".to_owned()), &false)]);
}

#[test]
fn keys_are_written_in_order() {
    let value: Maps = read(&with("/named/0", json!("z"))).unwrap();
    let written = serde_json::to_string(&value.named).unwrap();
    assert_eq!(written, r#"{"\"":"y","0":"z","a b":"x"}"#);
}

#[test]
fn what_breaks_its_bounds_is_refused() {
    check("/rates/EUR", json!("-1"), "rates.EUR must be at least 0, is -1");
    check("/rates/eur", json!("1"), r#"rates.eur is a key that must match "[A-Z]{3}", is "eur""#);
    check("/named/", json!("x"), r#"named[""] is a key that must have at least 1 characters, has 0"#);
    check("/named/_x", json!("x"), r#"named._x is a key that must match "[^_].*", is "_x""#);
    check("/named/a b", json!("X"), r#"named["a b"] must match "[a-z]+", is "X""#);
    check(
        "/named",
        json!({ "a": "a", "b": "b", "c": "c", "d": "d" }),
        "named must have at most 3 entries, has 4",
    );
    check("/counts", json!({}), "counts must have at least 1 entries, has 0");
    check("/counts/red", json!(0), "counts.red must be at least 1, is 0");
    let id = "00000000-0000-0000-0000-00000000002a";
    check(
        &format!("/by_id/{id}"),
        json!([1, 2, 3]),
        &format!("by_id.{id} must have at most 2 elements, has 3"),
    );
    check("/blob", json!("AAAAAAA="), "blob must have at most 4 bytes, has 5");
    check("/node/children/left/size", json!(0), "node.children.left.size must be at least 1, is 0");
    check("/lists", json!([{}, { "x": "EUR", "y": "EUR" }]), "lists[1] must have at most 1 entries, has 2");
    check("/lists", json!([{ "x": "eur" }]), r#"lists[0].x must match "[A-Z]{3}", is "eur""#);
}

#[test]
fn what_is_of_another_type_is_refused() {
    check("/counts/green", json!(1), "unknown variant `green`");
    check("/by_id/x", json!([]), "UUID");
    check("/by_day/2027-02-30", json!({}), "must be a date");
    check("/rates", json!([]), "expected a map");
    check("/rates/EUR", Value::Null, "Decimal");
}

#[tokio::test]
async fn a_client_sends_nothing_invalid() {
    let mut event: Maps = read(&whole()).unwrap();
    client().maps(&event).await.unwrap();
    event.rates = BTreeMap::from([("eur".to_owned(), 1.into())]);
    let error = invalid(&client().maps(&event).await.unwrap_err());
    assert_eq!(error, r#"Maps is invalid: rates.eur is a key that must match "[A-Z]{3}", is "eur""#);
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = (1u32..9).prop_map(|size| Node { children: BTreeMap::new(), size });
    leaf.prop_recursive(3, 20, 4, |inner| {
        (prop::collection::btree_map(any::<String>(), inner, 0..4), 1u32..9)
            .prop_map(|(children, size)| Node { children, size })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_map_reads_back_equal(node in node(), names in prop::collection::btree_map("[^_\\n][a-z]*", "[a-z]{1,4}", 0..4)) {
        let base: Maps = read(&whole()).unwrap();
        let value = Maps { named: names, node: Some(node), ..base };
        kept::<Maps>(&serde_json::to_value(&value).unwrap());
    }
}
