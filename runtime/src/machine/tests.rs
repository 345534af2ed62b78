//! Every state of a machine × every message × {fresh, duplicate, early}, as tables.

mod deadline;
mod fork;
pub(crate) mod law;
mod legend;
pub(crate) mod plan;
mod play;
mod undo;

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::envelope::Position::{Effect, Emitted};
use crate::envelope::{Delivery, Emission, Event, EventId, Key, Name, Sequence};

/// A shop: an order from outside, then an answer to each of two services, then a word from either of them.
///
/// ```text
/// 0 ?Order 1, 1 !Asked 2, 2 ?Paid 3 or ?Refused 4, 3 ?Packed 5, 4 !Sorry 5, 5 ends (may still hear Thanks)
/// ```
static SHOP: Machine = Machine {
    choreography: "tea.Tea",
    participant: "Shop",
    hash: 7,
    keeps: &["tea.Order", "tea.Paid"],
    states: &[
        hears(&[hear("tea.Order", external("Customer"), 0, 1)]),
        emits(&[emit("tea.Asked", &[service("Bank"), service("Kitchen")], 2)]),
        hears(&[hear("tea.Paid", service("Bank"), 1, 3), hear("tea.Refused", service("Bank"), 2, 4)]),
        hears(&[hear("tea.Packed", service("Kitchen"), 3, 5)]),
        emits(&[emit("tea.Sorry", &[external("Customer")], 6)]),
        ends(&[hear("tea.Thanks", external("Customer"), 4, 6)]),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

fn key() -> Key {
    Key::from_text("o1")
}

fn delivery(name: &str, source: &str, sequence: Option<u64>, handle: u64) -> Delivery {
    let event = Event {
        id: EventId::from(format!("{name}-{}", sequence.unwrap_or(handle))),
        source: Name::from(source.to_owned()),
        choreography: "tea.Tea".into(),
        key: key(),
        name: Name::from(format!("tea.{name}")),
        payload: Bytes::from(format!("\"{name}\"")),
        causation: None,
        rounds: Vec::new(),
        trace: None,
    };
    let sequence = sequence.map(|number| Sequence { lane: 0, number });
    Delivery { sequence, ..Delivery::new(Arc::new(event), handle, 0) }
}

fn emission(event: &'static str) -> Emission {
    Emission { event: event.into(), key: key().to_string(), payload: Bytes::from_static(b"{}"), trace: None }
}

/// One step in which the handler is asked once at most.
fn take(
    machine: &'static Machine,
    progress: &Progress,
    delivery: &Delivery,
    hear: &'static Hear,
    answer: &[Emission],
) -> Result<Taken, String> {
    let mut walk = Walk::hear(machine, progress, delivery, hear);
    while let Next::Ask(_) = walk.next()? {
        walk.answered(delivery, answer.to_vec())?;
    }
    Ok(walk.finish(0))
}

/// One step: hears the delivery, which must be enabled, and answers.
fn hear_and_say(progress: &Progress, delivery: &Delivery, answer: &[Emission]) -> Progress {
    let Verdict::Enabled(hear) = judge(&SHOP, progress, delivery) else {
        panic!("{} is not enabled: {:?}", delivery.event.name, judge(&SHOP, progress, delivery));
    };
    take(&SHOP, progress, delivery, hear, answer).unwrap().progress
}

/// The shop where it waits for: an order, the bank, the kitchen, nothing but thanks, nothing.
fn stands() -> Vec<(&'static str, Progress)> {
    let new = Progress::new(&SHOP);
    let asked = hear_and_say(&new, &delivery("Order", "Customer", None, 1), &[emission("tea.Asked")]);
    let paid = hear_and_say(&asked, &delivery("Paid", "Bank", Some(1), 2), &[]);
    let packed = hear_and_say(&paid, &delivery("Packed", "Kitchen", Some(1), 3), &[]);
    let refused = hear_and_say(&asked, &delivery("Refused", "Bank", Some(1), 2), &[emission("tea.Sorry")]);
    vec![("new", new), ("asked", asked), ("paid", paid), ("packed", packed), ("refused", refused)]
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Enabled(_) => "enabled",
        Verdict::Undoes(_) => "undoes",
        Verdict::Late => "late",
        Verdict::Duplicate => "duplicate",
        Verdict::Early => "early",
        Verdict::Parked => "parked",
        Verdict::Quarantined => "quarantined",
        Verdict::DuplicateStart => "second start",
        Verdict::Illegal(_) => "illegal",
        Verdict::Held(_) => "held",
    }
}

/// One line a message, one word a state.
fn table(messages: &[Delivery], change: impl Fn(&mut Progress)) -> String {
    let mut table = String::new();
    for message in messages {
        let number = message.sequence.map_or_else(|| "outside".to_owned(), |it| format!("#{it}"));
        write!(table, "{} {} {number}:", message.event.source, message.event.name.short()).unwrap();
        for (_, mut progress) in stands() {
            change(&mut progress);
            write!(table, " {}", word(&judge(&SHOP, &progress, message))).unwrap();
        }
        table.push('\n');
    }
    table
}

fn check(messages: &[Delivery], change: impl Fn(&mut Progress), expected: &str) {
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(table(messages, change).lines().collect::<Vec<_>>(), expected);
}

fn from_services(sequence: u64) -> Vec<Delivery> {
    [("Paid", "Bank"), ("Refused", "Bank"), ("Packed", "Kitchen"), ("Packed", "Bank"), ("Sung", "Bank")]
        .map(|(name, source)| delivery(name, source, Some(sequence), 100 + sequence))
        .to_vec()
}

fn from_outside() -> Vec<Delivery> {
    ["Order", "Thanks", "Sung"].map(|name| delivery(name, "Customer", None, 200)).to_vec()
}

#[test]
fn what_a_first_event_is_in_each_state() {
    check(
        &from_services(1),
        |_| {},
        "
        Bank Paid #1: early enabled duplicate duplicate duplicate
        Bank Refused #1: early enabled duplicate duplicate duplicate
        Kitchen Packed #1: early early enabled duplicate illegal
        Bank Packed #1: illegal illegal duplicate duplicate duplicate
        Bank Sung #1: illegal illegal duplicate duplicate duplicate
        ",
    );
}

#[test]
fn what_a_second_event_is_in_each_state() {
    check(
        &from_services(2),
        |_| {},
        "
        Bank Paid #2: early early illegal illegal illegal
        Bank Refused #2: early early illegal illegal illegal
        Kitchen Packed #2: early early early illegal early
        Bank Packed #2: early early illegal illegal illegal
        Bank Sung #2: early early illegal illegal illegal
        ",
    );
}

#[test]
fn what_comes_from_outside_is_in_each_state() {
    check(
        &from_outside(),
        |_| {},
        "
        Customer Order outside: enabled second start second start second start second start
        Customer Thanks outside: early early early enabled illegal
        Customer Sung outside: illegal illegal illegal illegal illegal
        ",
    );
}

#[test]
fn what_was_taken_from_outside_is_a_duplicate() {
    let again = delivery("Order", "Customer", None, 1);
    check(&[again], |_| {}, "Customer Order outside: enabled duplicate duplicate duplicate duplicate");
}

#[test]
fn what_is_parked_is_known_by_its_handle_and_by_its_id() {
    let parked = delivery("Packed", "Kitchen", Some(9), 50);
    let again = delivery("Packed", "Kitchen", Some(9), 51);
    let park = |progress: &mut Progress| progress.parked = vec![parked.clone()];
    check(
        &[parked.clone(), again],
        park,
        "
        Kitchen Packed #9: parked parked parked parked parked
        Kitchen Packed #9: duplicate duplicate duplicate duplicate duplicate
        ",
    );
}

#[test]
fn an_instance_set_aside_takes_nothing_but_knows_duplicates() {
    let aside = |progress: &mut Progress| progress.quarantine = Some("broken".to_owned());
    check(
        &from_services(1),
        aside,
        "
        Bank Paid #1: quarantined quarantined duplicate duplicate duplicate
        Bank Refused #1: quarantined quarantined duplicate duplicate duplicate
        Kitchen Packed #1: quarantined quarantined quarantined duplicate quarantined
        Bank Packed #1: quarantined quarantined duplicate duplicate duplicate
        Bank Sung #1: quarantined quarantined duplicate duplicate duplicate
        ",
    );
}

#[test]
fn an_instance_of_another_machine_is_never_stepped() {
    // One that has not begun may be taken on by any machine.
    let other = |progress: &mut Progress| progress.machine = 8;
    check(&[delivery("Paid", "Bank", Some(1), 100)], other, "Bank Paid #1: early held held held held");
}

#[test]
fn a_sequence_is_demanded_of_services_and_of_them_alone() {
    let numbered = delivery("Order", "Customer", Some(1), 1);
    let bare = delivery("Paid", "Bank", None, 2);
    check(
        &[numbered, bare],
        |_| {},
        "
        Customer Order #1: illegal illegal illegal illegal illegal
        Bank Paid outside: illegal illegal illegal illegal illegal
        ",
    );
}

#[test]
fn the_reason_says_what_is_waited_for() {
    let check = |index: usize, expected: &str| {
        let sung = delivery("Sung", "Customer", None, 1);
        let verdict = judge(&SHOP, &stands()[index].1, &sung);
        assert_eq!(verdict, Verdict::Illegal(format!("Shop cannot hear Sung from Customer: {expected}")));
    };
    check(0, "it waits for Order from Customer");
    check(1, "it waits for Paid from Bank or Refused from Bank");
    check(4, "it has finished");
}

fn taken(answer: &[Emission]) -> Result<Taken, String> {
    let new = Progress::new(&SHOP);
    let order = delivery("Order", "Customer", None, 1);
    let Verdict::Enabled(hear) = judge(&SHOP, &new, &order) else { panic!("an order starts an instance") };
    take(&SHOP, &new, &order, hear, answer)
}

#[test]
fn an_answer_that_is_not_allowed_is_refused() {
    let check = |answer: &[Emission], expected: &str| {
        assert_eq!(taken(answer).unwrap_err(), expected);
    };
    check(&[], "Shop has yet to emit Asked");
    check(&[emission("tea.Sorry")], "Shop cannot emit Sorry here, only Asked");
    check(&[emission("tea.Asked"), emission("tea.Asked")], "Shop cannot emit Asked here, only nothing");
    let other = Emission { key: "o2".to_owned(), ..emission("tea.Asked") };
    check(&[other], "the answer Asked is about o2 instead of o1");
}

#[test]
fn a_step_is_the_same_whenever_it_is_computed() {
    assert_eq!(taken(&[emission("tea.Asked")]), taken(&[emission("tea.Asked")]));
}

#[test]
fn what_is_published_is_numbered_for_each_subscriber_and_names_its_cause() {
    let outgoing = taken(&[emission("tea.Asked")]).unwrap().outgoing;
    let [asked] = outgoing.as_slice() else { panic!("one event") };
    let to: Vec<_> = asked
        .to
        .iter()
        .map(|to| (to.name.to_string(), to.sequence.map(|it| it.number), to.external))
        .collect();
    assert_eq!(to, [("Bank".to_owned(), Some(1), false), ("Kitchen".to_owned(), Some(1), false)]);
    assert_eq!(asked.event.causation, Some(EventId::from("Order-1")));
    assert_eq!(asked.event.source, "Shop");
}

#[test]
fn ids_differ_with_everything_that_they_are_made_of() {
    let id = |choreography, key, service, input: &EventId, position| {
        EventId::derived(choreography, &Key::from_text(key), service, Some(input), position)
    };
    let (a, b) = (EventId::from("a"), EventId::from("b"));
    let mut ids = vec![
        id("c", "k", "s", &a, Emitted(0)),
        id("d", "k", "s", &a, Emitted(0)),
        id("c", "l", "s", &a, Emitted(0)),
        id("c", "k", "t", &a, Emitted(0)),
        id("c", "k", "s", &b, Emitted(0)),
        id("c", "k", "s", &a, Emitted(1)),
        id("c", "k", "s", &a, Effect(0)),
        id("c", "k", "s", &a, Effect(1)),
        // What is cut elsewhere is something else.
        id("ck", "", "s", &a, Emitted(0)),
        id("c", "ks", "", &a, Emitted(0)),
    ];
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
    // Stored ids are compared with ids that are computed later: the function must never change.
    assert_eq!(id("c", "k", "s", &a, Emitted(0)).to_string(), "3772584d006d3e7cdd4b43d7087409cb");
}

#[test]
fn what_two_sources_call_by_one_id_is_answered_by_two_events() {
    let id = |source: &str, sequence: Option<u64>| {
        let order = Delivery { sequence: None, ..delivery("Order", source, Some(1), 1) };
        let order = Delivery { sequence: sequence.map(|number| Sequence { lane: 0, number }), ..order };
        let row = SHOP.states.first().and_then(|state| state.hears.first()).unwrap();
        let taken = take(&SHOP, &Progress::new(&SHOP), &order, row, &[emission("tea.Asked")]).unwrap();
        taken.outgoing.first().unwrap().event.id.clone()
    };
    assert_eq!(id("Customer", None), id("Customer", None));
    assert_ne!(id("Customer", None), id("Clerk", None));
    assert_eq!(id("Bank", Some(1)), id("Kitchen", Some(1)), "ids of services tell by themselves");
}

#[test]
fn what_later_methods_want_to_know_is_kept_and_forgotten_at_the_end() {
    let known = |index: usize| -> Vec<String> {
        let progress = &stands()[index].1;
        progress.known.iter().map(|(name, payload)| format!("{name} {}", payload.len())).collect()
    };
    assert_eq!(known(1), ["tea.Order 7"]);
    assert_eq!(known(2), ["tea.Order 7", "tea.Paid 6"]);
    // After `Packed` thanks may still come; after `Sorry` nothing.
    assert_eq!(known(3), ["tea.Order 7", "tea.Paid 6"]);
    assert_eq!(known(4), Vec::<String>::new());
    assert_eq!(
        stands().iter().map(|(_, it)| it.finished).collect::<Vec<_>>(),
        [false, false, false, false, true]
    );
}

#[test]
fn an_event_that_is_refused_does_not_stop_those_behind_it() {
    let asked = stands().remove(1).1;
    let sung = delivery("Sung", "Bank", Some(1), 60);
    let without = dismiss(&SHOP, &asked, &sung);
    assert_eq!(word(&judge(&SHOP, &without, &sung)), "duplicate");
    assert_eq!(word(&judge(&SHOP, &without, &delivery("Paid", "Bank", Some(2), 61))), "enabled");
}

#[test]
fn what_is_refused_from_outside_leaves_nothing_behind() {
    let asked = stands().remove(1).1;
    let sung = delivery("Sung", "Customer", None, 60);
    assert_eq!(dismiss(&SHOP, &park(&SHOP, &asked, &sung), &sung), asked);
}

#[test]
fn a_crowd_from_outside_does_not_fill_an_instance() {
    let crowd =
        |count| (0..count).map(|number| delivery("Thanks", "Customer", None, 1000 + number)).collect();
    let more = [
        delivery("Thanks", "Customer", None, 999),
        delivery("Order", "Customer", None, 1),
        delivery("Paid", "Bank", Some(2), 998),
    ];
    let most = u64::try_from(judge::MOST_FROM_OUTSIDE).unwrap();
    check(
        &more,
        |progress| progress.parked = crowd(most - 1),
        "
        Customer Thanks outside: early early early enabled illegal
        Customer Order outside: enabled duplicate duplicate duplicate duplicate
        Bank Paid #2: early early illegal illegal illegal
        ",
    );
    check(
        &more,
        |progress| progress.parked = crowd(most),
        "
        Customer Thanks outside: illegal illegal illegal enabled illegal
        Customer Order outside: enabled duplicate duplicate duplicate duplicate
        Bank Paid #2: early early illegal illegal illegal
        ",
    );
}

#[test]
fn an_instance_goes_on_where_it_was_set_aside() {
    let asked = stands().remove(1).1;
    let paid = delivery("Paid", "Bank", Some(1), 60);
    let packed = delivery("Packed", "Kitchen", Some(1), 61);
    let aside = quarantine(&SHOP, &park(&SHOP, &asked, &packed), Some(&paid), "broken");
    let order: Vec<u64> = aside.parked.iter().map(|it| it.handle).collect();
    assert_eq!(order, [60, 61], "what it failed at comes first");
    let released = release(&aside);
    assert_eq!(word(&judge_parked(&SHOP, &released, &paid)), "enabled");
    let after = hear_and_say_parked(&released, &paid);
    assert_eq!(after.parked.iter().map(|it| it.handle).collect::<Vec<_>>(), [61]);
    assert_eq!(word(&judge_parked(&SHOP, &after, &packed)), "enabled");
}

#[test]
fn an_instance_goes_on_without_what_it_was_set_aside_for() {
    let asked = stands().remove(1).1;
    let paid = delivery("Paid", "Bank", Some(1), 60);
    let packed = delivery("Packed", "Kitchen", Some(1), 61);
    let aside = quarantine(&SHOP, &park(&SHOP, &asked, &packed), Some(&paid), "broken");
    let (released, failed) = drop_failed(&aside).unwrap();
    assert_eq!((failed.handle, &released.quarantine), (60, &None));
    assert_eq!(released.parked.iter().map(|it| it.handle).collect::<Vec<_>>(), [61]);
    assert_eq!(word(&judge(&SHOP, &released, &paid)), "duplicate", "it does not come back");
    let next = delivery("Refused", "Bank", Some(2), 62);
    assert_eq!(word(&judge(&SHOP, &released, &next)), "enabled");

    let at_nothing = quarantine(&SHOP, &park(&SHOP, &asked, &packed), None, "broken");
    assert_eq!(drop_failed(&at_nothing), None, "what waits is not what it failed at");
}

fn hear_and_say_parked(progress: &Progress, delivery: &Delivery) -> Progress {
    let Verdict::Enabled(hear) = judge_parked(&SHOP, progress, delivery) else { panic!("it is enabled") };
    take(&SHOP, progress, delivery, hear, &[]).unwrap().progress
}
