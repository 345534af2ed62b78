//! A payload of `hard.names.Result` with everything in it.

use serde_json::{Value, json};

/// It is valid.
pub(crate) fn whole() -> Value {
    json!({
        "order": "00000000-0000-0000-0000-00000000002a",
        "type": "t/%",
        "match": "USD",
        "some": "async",
        "enum": "out_of_stock",
        "super_": ["Unlisted", "unknown", "brand_new"],
        "camelCase": true,
        "UPPER": -7,
        "_leading": 5,
        "event": u64::MAX,
        "known": 0.1,
        "answer": "12.340",
        "out": "AAEC/w==",
        "rt": "2027-03-01",
        "then": "2027-03-01T12:00:00Z",
        "validate": "PT15M",
        "gen": [[], [{
            "pattern": "\"a`\\\"",
            "inner": [{ "fn": -1_000_000, "names": ["\"b\""], "ratio": 1_000_000.5, "again": [] }],
            "next": { "pattern": "\"n\"", "inner": [] },
            "other": { "sync": { "pattern": "\"o\"", "inner": [] } },
        }]],
        "input": { "pattern": "\"c\"", "inner": [] },
        "cx": { "plain_text": "", "plain_one": true, "plain_two": false, "plain_three": true, "plain_four": false },
        "colour": "colour_red",
        "amount": "-0.25",
        "nested": [["\"d\""], []],
        "inline": "abc",
        "maybe": [0.5],
        "unread": {
            "plain_text": "x", "plain_one": true, "plain_two": false, "plain_three": true, "plain_four": false
        },
    })
}
