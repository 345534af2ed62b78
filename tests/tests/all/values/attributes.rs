//! What attributes change: the names that are read, and what is shown.

use chor_tests::hard::sender::{Glass, Lamp, Notes, Shade};
use serde_json::json;

use super::read;

const ORDER: &str = "00000000-0000-0000-0000-00000000002a";

#[test]
fn former_names_are_read_and_never_written() {
    let old = json!({ "order": ORDER, "e_mail": "a@b", "colour": "dark", "lamp": { "candle": {} } });
    let value: Notes = read(&old).unwrap();
    assert_eq!((value.email.as_str(), value.paint, &value.lamp), ("a@b", Shade::Dim, &Some(Lamp::Flame)));
    let new = json!({ "order": ORDER, "email": "a@b", "paint": "dim", "lamp": { "flame": {} } });
    assert_eq!(serde_json::to_value(&value).unwrap(), new);
    let both = json!({ "order": ORDER, "email": "a", "mail": "b" });
    assert!(read::<Notes>(&both).unwrap_err().contains("duplicate field `email`"));
}

#[test]
fn personal_data_is_not_shown() {
    let lamp = Lamp::Glass(Glass { owner: Some("Ada".into()), watts: 7 });
    let value: Notes = read(&json!({ "order": ORDER, "email": "a@b" })).unwrap();
    let shown = format!("{:?}", Notes { lamp: Some(lamp), ..value });
    let glass = "Glass { owner: [pii], watts: 7 }";
    assert_eq!(
        shown,
        format!("Notes {{ order: {ORDER}, email: [pii], paint: Dim, lamp: Some(Glass({glass})) }}")
    );
    let lamp = json!({ "glass": { "owner": "ada@example.org", "watts": 7 } });
    let error = read::<Notes>(&json!({ "order": ORDER, "email": "a@b", "lamp": lamp })).unwrap_err();
    assert_eq!(error, "lamp.glass.owner must match \"[A-Z][a-z]+\"");
}
