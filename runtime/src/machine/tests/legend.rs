//! What instances wait for, in words, read off the legend alone.

use super::deadline::AUCTION;
use super::fork::HOST;
use super::play::Play;
use super::*;
use crate::machine::Legend;

/// Through the text that stores keep.
fn legend(machine: &'static Machine) -> Legend {
    serde_json::from_str(&serde_json::to_string(&Legend::of(machine)).unwrap()).unwrap()
}

fn waits(machine: &'static Machine, progress: &Progress) -> String {
    legend(machine).awaits(progress).unwrap().to_string()
}

#[test]
fn one_of_several_events_is_awaited() {
    let words: Vec<_> = stands()
        .into_iter()
        .map(|(name, progress)| {
            let awaits = legend(&SHOP).awaits(&progress).unwrap();
            format!("{name}: {awaits}{}", if awaits.may_be_over { ", and may be over" } else { "" })
        })
        .collect();
    assert_eq!(
        words,
        [
            "new: Order from Customer",
            "asked: Paid or Refused from Bank",
            "paid: Packed from Kitchen",
            "packed: Thanks from Customer, and may be over",
            "refused: nothing, and may be over",
        ]
    );
}

#[test]
fn parts_are_awaited_side_by_side() {
    let mut host = Play::new(&HOST);
    let ask = host.event("Ask", "Guest", None);
    host.hears(&ask, &[&["tea.Play", "tea.Cook"]]);
    let both = "Cooked from Cook, and Played or Refused from Band; or for Stop from Guest instead";
    assert_eq!(waits(&HOST, &host.progress), both);
    let played = host.event("Played", "Band", Some((2, 1)));
    host.hears(&played, &[]);
    assert_eq!(waits(&HOST, &host.progress), "Cooked from Cook; or for Stop from Guest instead");
    assert!(!legend(&HOST).awaits(&host.progress).unwrap().may_be_over, "one part is");
}

#[test]
fn answers_that_were_put_off_are_awaited() {
    let mut house = Play::new(&AUCTION);
    let open = house.event("Open", "Seller", None);
    house.puts_off(&open);
    assert_eq!(waits(&AUCTION, &house.progress), "an answer to Open, which was put off");
}

#[test]
fn whoever_starts_by_itself_may_still_do_so() {
    static BELL: Machine =
        Machine { states: &[emits(&[emit("tea.Rung", &[service("Shop")], 1)]), ends(&[])], ..Machine::EMPTY };
    assert_eq!(waits(&BELL, &Progress::new(&BELL)), "its start, with Rung");
}

#[test]
fn a_state_that_the_machine_has_not_is_not_guessed_at() {
    let elsewhere = Progress { place: super::super::Place::at(99), ..Progress::new(&SHOP) };
    assert_eq!(legend(&SHOP).awaits(&elsewhere), None);
}

/// The legend says of each state of these machines what the machine itself says.
#[test]
fn what_is_said_is_what_is_heard() {
    let all = stands().into_iter().map(|(_, progress)| (&SHOP, progress));
    let mut house = Play::new(&AUCTION);
    let open = house.event("Open", "Seller", None);
    house.puts_off(&open);
    for (machine, progress) in all.chain([(&AUCTION, house.progress)]) {
        let awaits = legend(machine).awaits(&progress).unwrap();
        let said = awaits.events.iter().flatten().chain(&awaits.instead).map(|it| it.event.to_string());
        let heard: Vec<_> = progress.place.hears(machine).map(|hear| hear.event.to_owned()).collect();
        assert_eq!(said.collect::<Vec<_>>(), heard);
    }
}
