//! Defaults: what a reader sees where a field is absent.

use chor_tests::hard::sender::{Colour, Defaults, Page, Size};
use serde_json::{Value, json};

use super::{client, invalid, kept, read};

fn bare() -> Value {
    json!({ "order": "00000000-0000-0000-0000-00000000002a", "page": {} })
}

#[test]
fn what_is_absent_is_filled_in() {
    let value: Defaults = read(&bare()).unwrap();
    assert_eq!((value.copies, value.r#type, value.low, value.high), (1_000_000, true, -5, u64::MAX));
    assert_eq!((value.ratio.to_string(), value.price.to_string()), ("0.5".to_owned(), "12.50".to_owned()));
    assert_eq!(value.huge.to_string(), "99999999999999999999.99");
    assert_eq!((value.text.as_str(), value.colour, &value.size), ("", Colour::DarkRed, &Size::Large));
    assert!(value.lists.is_empty() && value.maps.is_empty());
    assert_eq!(value.page, Page { copies: 1, r#type: "a\"b".into() });
    // It is sent like any other value.
    kept::<Defaults>(&serde_json::to_value(&value).unwrap());
}

#[test]
fn what_is_there_is_taken() {
    let mut payload = bare();
    payload["page"] = json!({ "copies": 2, "type": "x" });
    payload["lists"] = json!([{}]);
    let value: Defaults = read(&payload).unwrap();
    assert_eq!((value.page.copies, value.lists.len()), (2, 1));
    payload["copies"] = json!(0);
    assert_eq!(read::<Defaults>(&payload).unwrap_err(), "copies must be at least 1, is 0");
    payload["copies"] = json!(1);
    payload["huge"] = json!("100000000000000000000");
    let huge = "huge must be at most 99999999999999999999.99, is 100000000000000000000";
    assert_eq!(read::<Defaults>(&payload).unwrap_err(), huge);
    payload["copies"] = Value::Null;
    assert!(read::<Defaults>(&payload).unwrap_err().contains("invalid type: null"));
}

#[tokio::test]
async fn a_client_sends_nothing_invalid() {
    let mut event: Defaults = read(&bare()).unwrap();
    client().defaults(&event).await.unwrap();
    event.price = 0.into();
    let error = invalid(&client().defaults(&event).await.unwrap_err());
    assert_eq!(error, "Defaults is invalid: price must be at least 0.01, is 0");
}
