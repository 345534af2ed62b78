//! Unions: objects with one entry, named after the variant.

use chor_tests::hard::sender::{Card, Inside, Means, Place, Plain, Split, Unions};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{client, invalid, kept, read};

fn whole() -> Value {
    json!({
        "order": "00000000-0000-0000-0000-00000000002a",
        "means": { "card": { "number": "4711", "limit": "10" } },
        "backup": { "cash": {} },
        "several": {
            "a": { "voucher": "xy" },
            "b": { "count": 1 },
            "c": { "either": [{ "cash": {} }, { "type": { "text": "", "ending": true } }] },
            "d": { "split": { "left": { "cash": {} }, "right": { "USD": { "x": true } }, "rest": { "unknown": {} } } },
        },
        "places": [{ "unknown": {} }, { "street": { "text": "x", "ending": false } }, { "at": { "within": { "Unlisted": {} } } }],
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut payload = whole();
    *payload.pointer_mut(pointer).unwrap() = value;
    payload
}

fn check(pointer: &str, value: Value, expected: &str) {
    let error = read::<Unions>(&with(pointer, value)).unwrap_err();
    assert!(error.contains(expected), "{pointer}: {error}");
}

#[test]
fn what_is_written_is_read_again() {
    let value: Unions = kept(&whole());
    assert_eq!(value.means, Means::Card(Card { number: "4711".into(), limit: Some(10.into()) }));
    assert_eq!(value.backup, Some(Means::Cash));
    let plain = Plain { text: "x".into(), ending: false };
    let at = Place::At(Box::new(Inside { within: Place::Unlisted }));
    assert_eq!(value.places, [Place::Unknown, Place::Street(plain), at]);
}

#[test]
fn what_breaks_its_bounds_is_refused() {
    check("/means/card/number", json!("1"), "means.card.number must have at least 4 characters, has 1");
    check("/backup", json!({ "count": 0 }), "backup.count must be at least 1, is 0");
    check("/several/a/voucher", json!("XY"), r#"several.a.voucher must match "[a-z]+", is "XY""#);
    let cash = json!({ "cash": {} });
    check(
        "/several/c/either",
        json!([cash, cash, cash]),
        "several.c.either must have at most 2 elements, has 3",
    );
    check(
        "/several/d/split/left",
        json!({ "count": 0 }),
        "several.d.split.left.count must be at least 1, is 0",
    );
}

#[test]
fn what_is_no_variant_is_refused() {
    check(
        "/means",
        json!({ "cheque": {} }),
        "unknown variant `cheque`, expected one of `card`, `voucher`, `cash`",
    );
    check(
        "/means",
        json!("cash"),
        r#"invalid type: string "cash", expected an object with one entry, named `card` or"#,
    );
    check("/means", json!({}), "invalid length 0, expected an object with one entry");
    check("/means", json!({ "cash": {}, "count": 1 }), "invalid length 2, expected an object with one entry");
    check("/means", json!({ "cash": null }), "invalid type: null, expected an object");
    check("/means", json!({ "card": {} }), "missing field `number`");
    check("/means", Value::Null, "invalid type: null, expected an object with one entry");
}

/// A later version may put something into a variant that carries nothing.
#[test]
fn a_variant_may_grow() {
    let payload = with("/means", json!({ "cash": { "currency": "EUR" } }));
    assert_eq!(read::<Unions>(&payload).unwrap().means, Means::Cash);
}

#[test]
fn an_open_union_keeps_what_it_does_not_know() {
    let payload = with("/places/0", json!({ "orbit": { "height": [1, 2.5, null] } }));
    let value: Unions = kept(&payload);
    let Place::Unknown_(orbit) = &value.places[0] else { panic!("{:?}", value.places) };
    assert_eq!((orbit.name(), orbit.json().as_str()), ("orbit", r#"{"height":[1,2.5,null]}"#));
    // What it carries may be personal.
    assert_eq!(format!("{orbit:?}"), r#"UnknownVariant("orbit")"#);
    // What it knows, and is not as it should be, is no new variant.
    check("/places/0", json!({ "street": { "text": 1, "ending": true } }), "invalid type: integer `1`");
}

#[tokio::test]
async fn a_client_sends_nothing_invalid() {
    let mut event: Unions = read(&whole()).unwrap();
    client().unions(&event).await.unwrap();
    event.means = Means::Count(0);
    let error = invalid(&client().unions(&event).await.unwrap_err());
    assert_eq!(error, "Unions is invalid: means.count must be at least 1, is 0");
}

fn means() -> impl Strategy<Value = Means> {
    let leaf = prop_oneof![
        Just(Means::Cash),
        (1u32..).prop_map(Means::Count),
        "[a-z]{2,5}".prop_map(Means::Voucher),
        (any::<String>(), any::<bool>()).prop_map(|(text, ending)| Means::Type(Plain { text, ending })),
    ];
    leaf.prop_recursive(4, 30, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Means::Either),
            (inner.clone(), inner).prop_map(|(left, right)| Means::Split(Box::new(Split {
                left,
                right,
                rest: None
            }))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_variant_reads_back_equal(means in means()) {
        let base: Unions = read(&whole()).unwrap();
        let value = Unions { means, ..base };
        kept::<Unions>(&serde_json::to_value(&value).unwrap());
    }
}
