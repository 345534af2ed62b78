//! Which deadline of one version has become which of the other.

use super::{changes, contracts};
use crate::contract::{Mode, compare, parse, write};

const HEAD: &str = "\
service Orders
service Payment
service Stock
event Placed { order: uuid }
event Paid { order: uuid }
event Unpaid { order: uuid }
event Ready { order: uuid }
event Sent { order: uuid }
event Unsent { order: uuid }
";

const PAID: &str = "  Orders -> Payment: Placed
  within 15m at Orders {
    Payment -> Orders: Paid
  } else {
    Orders -> Payment: Unpaid
  }
";

const SENT: &str = "  Orders -> Stock: Ready
  within 5m at Orders {
    Stock -> Orders: Sent
  } else {
    Orders -> Stock: Unsent
  }
";

fn flow(body: &[&str]) -> String {
    format!("{HEAD}choreography Checkout by order {{\n{}}}\n", body.concat())
}

/// What is said of deadlines, each with what tells it from the others.
fn told(old: &str, new: &str) -> Vec<String> {
    let found = changes(old, new, Mode::Full).into_iter();
    let shorter = found.filter(|change| change.code.name == "deadline-shortened");
    shorter.map(|change| format!("{}; {}", change.message, change.notes.join("; "))).collect()
}

#[test]
fn a_deadline_is_known_by_what_it_is_about() {
    let both = flow(&[PAID, SENT]);
    let sent = "a deadline of Orders in `Checkout` was 5m and is 2m: whoever counts on the time is late; \
                it guards Sent; when it has passed comes Unsent";
    let quick = SENT.replace("5m", "2m");
    for (what, new, expected) in [
        ("in another order", flow(&[SENT, PAID]), [].as_slice()),
        ("in another order, and one is shorter", flow(&[&quick, PAID]), [sent].as_slice()),
        ("one is gone, and the other shorter", flow(&["  Orders -> Payment: Placed\n", &quick]), &[sent]),
    ] {
        assert_eq!(told(&both, &new), expected, "{what}");
    }
    // One more in front of the others takes nobody's place.
    assert_eq!(told(&flow(&[SENT]), &flow(&[&PAID.replace("15m", "1m"), SENT])), [""; 0]);
}

#[test]
fn a_deadline_that_is_about_something_else_in_part_is_the_same_one() {
    let more = SENT
        .replace("Unsent\n", "Ready\n")
        .replace("Orders -> Stock: Ready\n  within 5m", "Orders -> Stock: Unsent\n  within 2m");
    let found = told(&flow(&[PAID, SENT]), &flow(&[PAID, &more]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("it guards Sent; when it has passed comes Ready"), "{found:?}");
}

/// A lock file of format 1 says how long deadlines are, and not what they are about.
#[test]
fn what_an_older_lock_file_has_is_compared_by_place() {
    let (old, new) = (contracts(&flow(&[PAID, SENT])), contracts(&flow(&[PAID, &SENT.replace("5m", "2m")])));
    let mut file: serde_json::Value = serde_json::from_str(&write(&old).unwrap()).unwrap();
    file["format"] = 1.into();
    for deadline in file["choreographies"]["Checkout"]["deadlines"].as_array_mut().unwrap() {
        let deadline = deadline.as_object_mut().unwrap();
        assert!(deadline.remove("guards").is_some() && deadline.remove("opens").is_some());
    }
    let old = parse(&file.to_string()).unwrap();
    let messages: Vec<_> = compare(&old, &new, Mode::Full).into_iter().map(|change| change.message).collect();
    assert_eq!(
        messages,
        ["a deadline of Orders in `Checkout` was 5m and is 2m: whoever counts on the time is late"]
    );
}

/// Times are told as the language writes them, and of those who have a part in what the deadline is about.
#[test]
fn a_shorter_deadline_concerns_whoever_it_is_about() {
    let both = |paid: &str, sent: &str| flow(&[&PAID.replace("15m", paid), &SENT.replace("5m", sent)]);
    for (before, now, words) in [
        ("14d", "7d", "was 14d and is 7d"),
        ("36h", "24h", "was 36h and is 1d"),
        ("1h30m", "90s", "was 90m and is 90s"),
        ("1s", "500ms", "was 1s and is 500ms"),
    ] {
        let found = changes(&both("15m", before), &both("15m", now), Mode::Full);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].message.contains(words), "{}", found[0].message);
        assert_eq!(found[0].readers, ["Stock"]);
    }
    let found = changes(&both("15m", "5m"), &both("10m", "5m"), Mode::Full);
    assert_eq!(found[0].readers, ["Payment"]);
}
