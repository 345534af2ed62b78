//! Deadlines, what is late, and answers that were put off.

use super::play::{Play, did};
use super::*;
use crate::envelope::Round;

/// Collects one bid within a second, else says that it is over and begins anew.
///
/// ```text
/// 0 ?Open 1 (enters 1), 1 ?Bid 2 [in 1], 2 !Sold 3 [P's word], 3 ends,
/// 1 and 2 expire: 4 !Over 5, 5 ?Open 1 (enters 1)
/// ```
pub(super) static AUCTION: Machine = Machine {
    choreography: "tea.Auction",
    participant: "House",
    hash: 1,
    keeps: &["tea.Open"],
    states: &[
        hears(&[hear("tea.Open", external("Seller"), 0, 1).enters(&[1])]),
        hears(&[
            hear("tea.Bid", service("Bidder"), 1, 2).scopes(&[1]),
            hear("tea.Look", external("Seller"), 3, 1).scopes(&[1]),
        ])
        .expires(&[expire(1, 1000, 2, 4)]),
        emits(&[emit("tea.Sold", &[service("Bidder")], 3).scopes(&[1])]),
        ends(&[]),
        emits(&[emit("tea.Over", &[service("Bidder")], 5)]),
        hears(&[hear("tea.Open", external("Seller"), 0, 1).enters(&[1])]),
    ],
    ..Machine::EMPTY
};

fn open() -> Play {
    let mut house = Play::new(&AUCTION);
    let open = house.event("Open", "Seller", None);
    assert_eq!(house.hears(&open, &[&[]]), did(&[0], []));
    house
}

fn round(number: u32) -> Round {
    Round { scope: 1, number }
}

#[test]
fn a_deadline_runs_from_what_enters_it_to_what_leaves_it() {
    let mut house = Play::new(&AUCTION);
    assert_eq!(house.progress.due(), None);
    house.now = 500;
    let event = house.event("Open", "Seller", None);
    house.hears(&event, &[&[]]);
    assert_eq!(house.progress.due(), Some(1500));
    let bid = house.event_of_round("Bid", "Bidder", (0, 1), round(0));
    house.hears(&bid, &[&["tea.Sold"]]);
    assert_eq!(house.progress.due(), None);
}

#[test]
fn it_goes_on_running_while_other_things_happen() {
    let mut house = open();
    house.now = 700;
    let look = house.event("Look", "Seller", None);
    house.hears(&look, &[&[]]);
    assert_eq!(house.progress.due(), Some(1000));
}

#[test]
fn it_falls_due_and_may_run_again() {
    let mut house = open();
    assert_eq!(house.progress.fallen_due(&AUCTION, 999), None);
    house.now = 1000;
    assert_eq!(house.expires(&[&["tea.Over"]]), did(&[2], ["Over to Bidder 1"]));
    assert_eq!(house.progress.due(), None);
    house.now = 5000;
    let again = house.event("Open", "Seller", None);
    house.hears(&again, &[&[]]);
    assert_eq!(house.progress.due(), Some(6000));
}

#[test]
fn an_instance_set_aside_holds_its_deadlines() {
    let house = open();
    let aside = quarantine(&AUCTION, &house.progress, None, "broken");
    assert_eq!((aside.due(), aside.fallen_due(&AUCTION, 2000)), (None, None));
    assert_eq!(release(&aside).due(), Some(1000));
}

#[test]
fn what_was_published_before_it_fell_due_is_late() {
    let mut house = open();
    let check = |house: &mut Play, number, expected| {
        let bid = house.event_of_round("Bid", "Bidder", (0, 1), round(number));
        assert_eq!(house.verdict(&bid), expected, "round {number}");
    };
    check(&mut house, 0, "enabled");
    check(&mut house, 1, "early");
    house.now = 1000;
    house.expires(&[&["tea.Over"]]);
    check(&mut house, 0, "late");
    check(&mut house, 1, "early");
    let late = house.event_of_round("Bid", "Bidder", (0, 1), round(0));
    house.dismisses(&late);
    check(&mut house, 0, "duplicate");
    let stale = house.event("Look", "Seller", None);
    assert_eq!(house.verdict(&stale), "late", "it tells no round, and belongs to what was left");
}

#[test]
fn ids_tell_rounds_apart() {
    let id = |scope, round| EventId::of_deadline("c", &key(), "s", scope, round);
    assert_eq!(id(1, 0), id(1, 0));
    assert!(id(1, 0) != id(1, 1) && id(1, 0) != id(2, 0));
}

/// Bids, and hears that it is over.
static BIDDER: Machine = Machine {
    choreography: "tea.Auction",
    participant: "Bidder",
    states: &[
        hears(&[
            hear("tea.Call", service("House"), 0, 1).scopes(&[1]),
            hear("tea.Over", service("House"), 1, 3).leaves(&[1]),
        ]),
        emits(&[emit("tea.Bid", &[service("House")], 2).scopes(&[1])]),
        hears(&[
            hear("tea.Sold", service("House"), 2, 3).scopes(&[1]),
            hear("tea.Over", service("House"), 1, 3).leaves(&[1]),
        ]),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

#[test]
fn an_answer_that_was_put_off_is_given_once() {
    let mut bidder = Play::new(&BIDDER);
    let call = bidder.event_of_round("Call", "House", (0, 1), round(0));
    bidder.puts_off(&call);
    assert_eq!(bidder.verdict(&call), "duplicate");
    let sold = bidder.event_of_round("Sold", "House", (0, 2), round(0));
    assert_eq!(bidder.verdict(&sold), "early", "it waits for the answer");
    assert_eq!(bidder.completes(7, &[&["tea.Bid"]]), None, "nobody has put that off");
    assert_eq!(bidder.completes(0, &[&["tea.Bid"]]), Some(did(&[], ["Bid to House 1"])));
    assert_eq!(bidder.completes(0, &[&["tea.Bid"]]), None);
    assert_eq!(bidder.verdict(&sold), "enabled");
}

/// While the answer to a deadline is put off, that deadline is over.
#[test]
fn the_answer_to_a_deadline_may_be_put_off() {
    let mut house = open();
    house.now = 1000;
    house.expires_and_puts_off();
    assert_eq!(house.progress.due(), None);
    assert_eq!(house.completes(2, &[&["tea.Over"]]), Some(did(&[], ["Over to Bidder 1"])));
    assert_eq!(house.progress.rounds, [(1, 1)]);
}

/// Calls for bids, unless the agent asks to let the seller off.
static LENIENT: Machine = Machine {
    choreography: "tea.Auction",
    participant: "House",
    states: &[
        hears(&[hear("tea.Open", external("Seller"), 0, 1)]),
        emits(&[emit("tea.Call", &[service("Bidder")], 2).enters(&[1])]),
        hears(&[
            hear("tea.Bid", service("Bidder"), 1, 3).scopes(&[1]),
            request("tea.Withdraw", service("Agent"), 3, 4).leaves(&[1]),
        ])
        .expires(&[expire(1, 1000, 2, 4)]),
        emits(&[emit("tea.Sold", &[service("Bidder")], 5).scopes(&[1])]),
        emits(&[emit("tea.Over", &[service("Bidder")], 6).leaves(1)]),
        hears(&[hear("tea.Again", external("Seller"), 4, 1)]),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

#[test]
fn another_may_ask_for_the_else() {
    let mut house = Play::new(&LENIENT);
    let open = house.event("Open", "Seller", None);
    house.hears(&open, &[&["tea.Call"]]);
    let withdraw = house.event("Withdraw", "Agent", None);
    assert_eq!(house.hears(&withdraw, &[&["tea.Over"]]), did(&[3], ["Over to Bidder 2"]));
    assert_eq!(house.progress.due(), None);
    assert_eq!(house.verdict(&withdraw), "duplicate");
    let again = house.event("Withdraw", "Agent", None);
    assert_eq!(house.verdict(&again), "late");
}

#[test]
fn what_asks_for_the_else_waits_for_the_body_and_comes_too_late_behind_it() {
    let mut house = Play::new(&LENIENT);
    let withdraw = house.event("Withdraw", "Agent", None);
    assert_eq!(house.verdict(&withdraw), "early");
    let open = house.event("Open", "Seller", None);
    house.hears(&open, &[&["tea.Call"]]);
    let bid = house.event_of_round("Bid", "Bidder", (0, 1), round(0));
    house.hears(&bid, &[&["tea.Sold"]]);
    assert_eq!(house.verdict(&withdraw), "late", "the body was settled, although it may begin again");
}

#[test]
fn an_answer_that_was_put_off_is_the_same_event_as_one_given_at_once() {
    let id = |put_off: bool| {
        let mut bidder = Play::new(&BIDDER);
        let call = bidder.event_of_round("Call", "House", (0, 1), round(0));
        let walk = if put_off {
            bidder.puts_off(&call);
            Walk::complete(&BIDDER, &bidder.progress, &key(), 0, vec![emission("tea.Bid")])
        } else {
            let Verdict::Enabled(hear) = judge(&BIDDER, &bidder.progress, &call) else { panic!("enabled") };
            let mut walk = Walk::hear(&BIDDER, &bidder.progress, &call, hear);
            walk.next().unwrap();
            walk.answered(&call, vec![emission("tea.Bid")]).unwrap();
            Some(walk)
        };
        let mut walk = walk.unwrap();
        assert_eq!(walk.next(), Ok(Next::Rest));
        let event = walk.finish(0).outgoing[0].event.clone();
        (event.id.clone(), event.causation.clone(), event.rounds.clone())
    };
    assert_eq!(id(true), id(false));
}

#[test]
fn what_leaves_a_deadline_overtakes_the_answer() {
    let mut bidder = Play::new(&BIDDER);
    let call = bidder.event_of_round("Call", "House", (0, 1), round(0));
    bidder.puts_off(&call);
    let over = bidder.event("Over", "House", Some((0, 2)));
    assert_eq!(bidder.hears(&over, &[&[]]), did(&[1], []));
    assert_eq!(bidder.completes(0, &[&["tea.Bid"]]), None);
    assert_eq!(bidder.progress.rounds, [(1, 1)]);
    assert!(bidder.progress.finished);
}

/// Waits for a word from Ben, then for one from the House, which keeps the deadline.
static PATIENT: Machine = Machine {
    choreography: "tea.Auction",
    participant: "Bidder",
    hash: 3,
    states: &[
        hears(&[hear("tea.Open", service("House"), 0, 1)]),
        hears(&[
            hear("tea.Go", service("Ben"), 1, 2).scopes(&[1]),
            hear("tea.Over", service("House"), 3, 3).leaves(&[1]),
        ]),
        hears(&[
            hear("tea.Call", service("House"), 2, 3).scopes(&[1]),
            hear("tea.Over", service("House"), 3, 3).leaves(&[1]),
        ]),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

/// That it is over, after `Open` and one more event of the House.
fn over(bidder: &mut Play, overtakes: u64) -> Delivery {
    Delivery { overtakes, ..bidder.event("Over", "House", Some((0, 3))) }
}

#[test]
fn a_passed_deadline_is_heard_before_what_of_its_body_stands_in_front_of_it() {
    let mut bidder = Play::new(&PATIENT);
    let open = bidder.event("Open", "House", Some((0, 1)));
    bidder.hears(&open, &[&[]]);
    // Ben has heard that the deadline has passed, and never says `Go`.
    let call = bidder.event_of_round("Call", "House", (0, 2), round(0));
    assert_eq!(bidder.verdict(&call), "early");
    bidder.progress = park(&PATIENT, &bidder.progress, &call);
    let over = over(&mut bidder, 1);
    assert_eq!(bidder.hears(&over, &[&[]]), did(&[3], []));
    assert_eq!(word(&judge_parked(&PATIENT, &bidder.progress, &call)), "duplicate", "it is dealt with");
}

#[test]
fn a_passed_deadline_need_not_wait_until_what_it_overtakes_arrives() {
    let mut bidder = Play::new(&PATIENT);
    let open = bidder.event("Open", "House", Some((0, 1)));
    bidder.hears(&open, &[&[]]);
    let over = over(&mut bidder, 1);
    assert_eq!(bidder.hears(&over, &[&[]]), did(&[3], []));
    let call = bidder.event_of_round("Call", "House", (0, 2), round(0));
    assert_eq!(bidder.verdict(&call), "duplicate");
}

#[test]
fn a_passed_deadline_waits_for_what_was_published_before_its_body_was_entered() {
    let mut bidder = Play::new(&PATIENT);
    let open = bidder.event("Open", "House", Some((0, 1)));
    bidder.hears(&open, &[&[]]);
    // Of the same body, but of an earlier time: that was settled.
    let call = bidder.event_of_round("Call", "House", (0, 2), round(0));
    bidder.progress = park(&PATIENT, &bidder.progress, &call);
    let over = over(&mut bidder, 0);
    assert_eq!(bidder.verdict(&over), "early");
    let go = bidder.event_of_round("Go", "Ben", (0, 1), round(0));
    bidder.hears(&go, &[&[]]);
    assert_eq!((bidder.verdict(&over), bidder.verdict(&call)), ("early", "parked"));
}

/// Calls for bids until none comes. With the answer to a bid the body is settled, and begins anew.
static CALLER: Machine = Machine {
    choreography: "tea.Auction",
    participant: "House",
    states: &[
        hears(&[hear("tea.Open", external("Seller"), 0, 1)]),
        emits(&[emit("tea.Call", &[service("Bidder")], 2).scopes(&[1]).opens(&[1])]),
        hears(&[hear("tea.Bid", service("Bidder"), 1, 3).scopes(&[1])]).expires(&[expire(1, 1000, 2, 4)]),
        emits(&[emit("tea.Sold", &[service("Bidder")], 5).scopes(&[1])]),
        emits(&[emit("tea.Over", &[service("Bidder")], 6).leaves(1)]),
        emits(&[emit("tea.Next", &[service("Bidder")], 2).scopes(&[1]).enters(&[1])]),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

#[test]
fn what_leaves_a_body_overtakes_what_was_published_since_it_was_entered() {
    let mut house = Play::new(&CALLER);
    let open = house.event("Open", "Seller", None);
    house.hears(&open, &[&["tea.Call"]]);
    house.now = 1000;
    assert_eq!(house.expires(&[&["tea.Over"]]), did(&[2], ["Over to Bidder 2 before 1"]));
}

#[test]
fn what_leaves_a_body_does_not_overtake_what_was_published_when_it_was_entered_before() {
    let mut house = Play::new(&CALLER);
    let open = house.event("Open", "Seller", None);
    house.hears(&open, &[&["tea.Call"]]);
    let bid = house.event_of_round("Bid", "Bidder", (0, 1), round(0));
    house.hears(&bid, &[&["tea.Sold", "tea.Next"]]);
    house.now = 1000;
    assert_eq!(house.expires(&[&["tea.Over"]]), did(&[2], ["Over to Bidder 4"]));
}
