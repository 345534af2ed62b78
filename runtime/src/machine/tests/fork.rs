//! Several regions at once.

use super::play::{Play, did};
use super::*;

/// A host asks a cook and a band at once, each in a region of its own, and the guest hears of both together.
///
/// ```text
/// 0 ?Ask 1, 1 fork 2 5 join 8, 2 !Cook 3, 3 ?Cooked 4, 4 ends, 5 !Play 6, 6 ?Played 7 or ?Refused 7, 7 ends,
/// 8 !Done 9 (asks), 9 ends
/// ```
pub(super) static HOST: Machine = Machine {
    choreography: "tea.Party",
    participant: "Host",
    hash: 1,
    keeps: &["tea.Cooked", "tea.Played", "tea.Refused"],
    states: &[
        hears(&[hear("tea.Ask", external("Guest"), 0, 1)]),
        fork(&[2, 5], 8).or_hears(&[hear("tea.Stop", external("Guest"), 3, 9)]),
        emits(&[emit("tea.Cook", &[service("Cook")], 3).lane(1)]),
        hears(&[gather("tea.Cooked", service("Cook"), 4).lane(1)]),
        ends(&[]),
        emits(&[emit("tea.Play", &[service("Band")], 6).lane(2)]),
        hears(&[
            gather("tea.Played", service("Band"), 7).lane(2),
            hear("tea.Refused", service("Band"), 1, 7).lane(2),
        ]),
        ends(&[]),
        emits(&[emit("tea.Done", &[external("Guest"), service("Cook")], 9)]).asks(2),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

fn asked() -> Play {
    let mut host = Play::new(&HOST);
    let ask = host.event("Ask", "Guest", None);
    let step = host.hears(&ask, &[&["tea.Play", "tea.Cook"]]);
    assert_eq!(step, did(&[0], ["Play to Band 2.1", "Cook to Cook 1.1"]));
    host
}

#[test]
fn regions_go_on_in_any_order_and_the_join_is_asked_once() {
    let mut host = asked();
    let (cooked, played) =
        (host.event("Cooked", "Cook", Some((1, 1))), host.event("Played", "Band", Some((2, 1))));
    assert_eq!(host.hears(&played, &[]), did(&[], []));
    assert!(!host.progress.place.may_end(&HOST));
    assert_eq!(host.hears(&cooked, &[&["tea.Done"]]), did(&[2], ["Done to Guest 1", "Done to Cook 1"]));
    assert!(host.progress.finished);

    let mut host = asked();
    assert_eq!(host.hears(&cooked, &[]), did(&[], []));
    assert_eq!(host.hears(&played, &[&["tea.Done"]]), did(&[2], ["Done to Guest 1", "Done to Cook 1"]));
}

#[test]
fn an_event_can_be_asked_about_and_then_the_join() {
    let mut host = asked();
    let cooked = host.event("Cooked", "Cook", Some((1, 1)));
    host.hears(&cooked, &[]);
    let refused = host.event("Refused", "Band", Some((2, 1)));
    assert_eq!(
        host.hears(&refused, &[&[], &["tea.Done"]]),
        did(&[1, 2], ["Done to Guest 1", "Done to Cook 1"])
    );
}

#[test]
fn what_was_gathered_is_known_in_its_order() {
    let mut host = asked();
    let played = host.event("Played", "Band", Some((2, 1)));
    host.hears(&played, &[]);
    let known: Vec<&str> = host.progress.known.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(known, ["tea.Played"]);
}

#[test]
fn a_lane_does_not_wait_for_another() {
    let mut host = asked();
    let check = |host: &mut Play, name, from, at, expected| {
        let event = host.event(name, from, Some(at));
        assert_eq!(host.verdict(&event), expected, "{name} {at:?}");
    };
    check(&mut host, "Cooked", "Cook", (1, 1), "enabled");
    check(&mut host, "Cooked", "Cook", (1, 2), "early");
    check(&mut host, "Cooked", "Cook", (2, 1), "illegal");
    check(&mut host, "Played", "Band", (0, 1), "illegal");
    let played = host.event("Played", "Band", Some((2, 1)));
    host.hears(&played, &[]);
    check(&mut host, "Played", "Band", (2, 1), "duplicate");
    check(&mut host, "Refused", "Band", (2, 2), "illegal");
    check(&mut host, "Cooked", "Cook", (1, 1), "enabled");
}

#[test]
fn what_a_fork_hears_leaves_all_its_regions() {
    let mut host = asked();
    let stop = host.event("Stop", "Guest", None);
    assert_eq!(host.hears(&stop, &[&[]]), did(&[3], []));
    assert!(host.progress.finished);
}

#[test]
fn a_decision_at_a_join_has_to_be_taken() {
    let mut host = asked();
    let cooked = host.event("Cooked", "Cook", Some((1, 1)));
    host.hears(&cooked, &[]);
    let played = host.event("Played", "Band", Some((2, 1)));
    let Verdict::Enabled(hear) = judge(&HOST, &host.progress, &played) else { panic!("it is enabled") };
    let mut failing = |answer: &'static [&'static str]| {
        let walk = Walk::hear(&HOST, &host.progress, &played, hear);
        host.walk(walk, &played, &[answer]).unwrap_err()
    };
    assert_eq!(failing(&[]), "Host has yet to emit Done");
    assert_eq!(failing(&["tea.Cook"]), "Host cannot emit Cook here, only Done");
}

/// A region that forks itself, and one that a participant has no part in.
static NESTED: Machine = Machine {
    participant: "Nest",
    states: &[
        fork(&[1, 4], 6),
        fork(&[2, 3], 5),
        hears(&[gather("tea.A", service("A"), 5).lane(2)]),
        hears(&[gather("tea.B", service("B"), 5).lane(3)]),
        hears(&[gather("tea.C", service("C"), 5).lane(4)]),
        ends(&[]),
        hears(&[hear("tea.D", service("A"), 0, 5)]),
    ],
    ..Machine::EMPTY
};

#[test]
fn forks_nest_and_may_stand_at_the_beginning() {
    let mut nest = Play::new(&NESTED);
    assert_eq!(nest.progress.place.regions.len(), 2);
    let last = nest.event("D", "A", Some((0, 1)));
    assert_eq!(nest.verdict(&last), "early");
    for (name, lane) in [("B", 3), ("C", 4), ("A", 2)] {
        let event = nest.event(name, name, Some((lane, 1)));
        assert_eq!(nest.hears(&event, &[]), did(&[], []));
    }
    assert_eq!(nest.hears(&last, &[&[]]), did(&[0], []));
    assert!(nest.progress.finished);
}

/// Around a cycle of emissions, each round is a decision of its own.
static COUNTER: Machine = Machine {
    participant: "Counter",
    states: &[
        hears(&[hear("tea.Count", external("Guest"), 0, 1)]),
        emits(&[emit("tea.Tick", &[external("Guest")], 1), emit("tea.Stop", &[external("Guest")], 2)])
            .asks(1),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

#[test]
fn a_cycle_asks_until_it_is_left() {
    let mut counter = Play::new(&COUNTER);
    let count = counter.event("Count", "Guest", None);
    let step = counter.hears(&count, &[&["tea.Tick"], &["tea.Tick"], &["tea.Stop"]]);
    assert_eq!(step, did(&[0, 1, 1], ["Tick to Guest 1", "Tick to Guest 2", "Stop to Guest 3"]));
}

#[test]
fn a_cycle_without_an_end_is_stopped() {
    let mut counter = Play::new(&COUNTER);
    let count = counter.event("Count", "Guest", None);
    let Verdict::Enabled(hear) = judge(&COUNTER, &counter.progress, &count) else { panic!("it is enabled") };
    let mut walk = Walk::hear(&COUNTER, &counter.progress, &count, hear);
    let reason = loop {
        match walk.next() {
            Ok(_) => walk.answered(&count, vec![emission("tea.Tick")]).unwrap(),
            Err(reason) => break reason,
        }
    };
    assert_eq!(reason, "Counter goes round: one step has published 10000 events");
}
