//! Events that got another name.

use super::{changes, contracts};
use crate::contract::{Mode, Subject, reused};

const BEFORE: &str = "\
namespace shop
service Orders
service Payment
service Loyalty
service Audit
event OrderPlaced { order: uuid, total: u32 }
event OrderPaid { order: uuid }
event OrderDropped { order: uuid }
event PointsEarned { order: uuid }
choreography Checkout by order {
  Orders -> Payment: OrderPlaced
  within 15m at Orders {
    Payment -> Orders: OrderPaid
      undo none
  } else {
    Orders -> Payment: OrderDropped
  }
}
choreography Points by order {
  on OrderPlaced -> Loyalty
  Loyalty -> Orders: PointsEarned
}
Audit observes OrderPlaced
";

/// The same with another name for an event, as far as it says what the name was.
fn renamed(was: &str) -> String {
    let text = BEFORE.replace("OrderPlaced", "OrderSubmitted");
    text.replace("event OrderSubmitted", &format!("{was} event OrderSubmitted"))
}

fn lines(old: &str, new: &str, mode: Mode) -> Vec<String> {
    let line = |it: crate::contract::Change| {
        format!(
            "{} {:?} {:?} {:?} {}",
            it.code.name,
            it.backward,
            it.forward,
            it.order,
            it.readers.join(", ")
        )
    };
    changes(old, new, mode).into_iter().map(line).collect()
}

const KNOWN: &str = "@was(\"OrderPlaced\")";
const READERS: &str = "shop.Audit, shop.Loyalty, shop.Payment";

#[test]
fn who_runs_does_not_know_the_new_name() {
    let now = renamed(KNOWN);
    let told = format!("event-renamed Fine Breaks ConsumersFirst {READERS}");
    assert_eq!(lines(BEFORE, &now, Mode::Full), [told.as_str()]);
    assert_eq!(lines(BEFORE, &now, Mode::Forward), [told.as_str()]);
    assert_eq!(lines(BEFORE, &now, Mode::Backward), [""; 0]);
    assert_eq!(
        changes(BEFORE, &now, Mode::Full)[0].message,
        "`OrderPlaced` is called `OrderSubmitted` now: Audit, Loyalty and Payment do not know the new name while they run as they are"
    );
}

/// Back again: who runs knows both names, and the new readers do not find what is in the log.
#[test]
fn the_old_name_comes_back() {
    let back = format!("event-renamed Breaks Fine ProducersFirst {READERS}");
    assert_eq!(lines(&renamed(KNOWN), BEFORE, Mode::Full), [back]);
    assert_eq!(lines(&renamed(KNOWN), BEFORE, Mode::Forward), [""; 0]);
    // Where it keeps the name that it had in between, both know both.
    let both = BEFORE.replace("event OrderPlaced", "@was(\"OrderSubmitted\") event OrderPlaced");
    let found = lines(&renamed(KNOWN), &both, Mode::Full);
    assert!(!found.iter().any(|line| line.starts_with("event-renamed")), "{found:#?}");
}

#[test]
fn without_a_former_name_it_is_another_event() {
    let found = lines(BEFORE, &renamed(""), Mode::Full);
    assert!(found.iter().any(|line| line.starts_with("event-removed Fine Breaks")), "{found:#?}");
    assert!(!found.iter().any(|line| line.starts_with("event-renamed")), "{found:#?}");
}

#[test]
fn what_else_changes_is_told_under_the_new_name() {
    let now = renamed(KNOWN).replace("total: u32", "total: string").replace("within 15m", "within 5m");
    let found = changes(BEFORE, &now, Mode::Full);
    let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
    let has = |part: &str| messages.iter().any(|it| it.contains(part));
    assert!(
        has("cannot read `total` of `OrderSubmitted`: written as `u32`, read as `string`"),
        "{messages:#?}"
    );
    assert!(has("a deadline of Orders in `Checkout` was 15m and is 5m"), "{messages:#?}");
    assert_eq!(messages.len(), 3, "{messages:#?}");
}

/// An open instance goes on: the machines are the same, by the oldest name, however often it is renamed.
#[test]
fn machines_know_the_oldest_name() {
    let machines = |text: &str| -> Vec<String> {
        let flows = contracts(text).choreographies.into_values();
        flows.flat_map(|flow| flow.parts.into_values()).map(|part| part.machine).collect()
    };
    let twice = renamed(&format!("{KNOWN} @was(\"OrderSent\")"));
    assert_eq!(machines(BEFORE), machines(&renamed(KNOWN)));
    assert_eq!(machines(BEFORE), machines(&twice));
    assert_ne!(machines(BEFORE), machines(&renamed("")));
    assert_eq!(contracts(&twice).events["shop.OrderSubmitted"].was, ["shop.OrderPlaced", "shop.OrderSent"]);
}

/// A name that an event had is not free: what is in the log under it is still that event.
#[test]
fn a_former_name_that_is_used_again_is_told_of_the_log() {
    let told = |event: &str| {
        format!("service A {{ emits Told }}\nservice B {{ reads Told }}\n{event}\n").replace("Told", "Placed")
    };
    let earlier = told("event Told { id: uuid, n: u32 }");
    let last = told("event Told { id: uuid, n: u32 }")
        .replace("Placed", "Sent")
        .replace("event", "@was(\"Placed\") event");
    let again = told("event Told { id: uuid, n: string }");
    let [earlier, last, again] = [earlier, last, again].map(|text| contracts(&text));
    let found = reused(&earlier, &last, &again);
    let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`Placed` was removed, and is back for something else: B cannot read `n`: written as `u32`, read as `string`"
        ]
    );
}

/// What the finding says to write is what mends it, in whichever namespace the event is now.
#[test]
fn the_former_name_that_is_advised_is_the_right_one() {
    let text = |namespace: &str, was: &str, name: &str| {
        format!(
            "{namespace}service A {{ emits {name} }}\nservice B {{ reads {name} }}\n{was}event {name} {{ id: uuid }}\n"
        )
    };
    for (before, now, name, advised) in [
        ("namespace ins.payout\n", "namespace ins.pay\n", "Posted", Some("@was(\"ins.payout.Posted\")")),
        ("namespace ins.payout\n", "namespace ins.payout\n", "Booked", Some("@was(\"Posted\")")),
        ("namespace ins.payout\n", "", "Posted", Some("@was(\"ins.payout.Posted\")")),
        ("", "", "Booked", Some("@was(\"Posted\")")),
        ("", "namespace ins.pay\n", "Posted", None),
    ] {
        let (old, new) = (text(before, "", "Posted"), text(now, "", name));
        let found = changes(&old, &new, Mode::Full);
        let removed = found.iter().find(|it| it.code.name == "event-removed").unwrap();
        // It is told where the name is to be written.
        let place = format!("{}{name}", now.replace("namespace ", "").replace('\n', "."));
        assert_eq!(removed.subject, Subject::Event(place), "{before}{now}");
        let note = removed.notes.join("\n");
        let written = note.split('`').find(|part| part.starts_with("@was"));
        assert_eq!(written, advised, "{note}");
        if let Some(written) = written {
            let told = lines(&old, &text(now, &format!("{written} "), name), Mode::Full);
            assert!(!told.iter().any(|line| line.starts_with("event-removed")), "{told:#?}");
        }
    }
}
