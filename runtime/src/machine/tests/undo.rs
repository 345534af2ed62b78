//! Taking back what was done, and hearing that others do.

use super::play::{Play, did};
use super::*;

/// Reserves twice, and gives both back when it is over.
static STOCK: Machine = Machine {
    choreography: "tea.Stock",
    participant: "Stock",
    hash: 1,
    states: &[
        hears(&[hear("tea.Order", service("Shop"), 0, 1)]),
        emits(&[emit("tea.Tea", &[service("Shop"), service("Cook")], 2).undoable(1)]),
        emits(&[emit("tea.Milk", &[service("Shop")], 3).undoable(2)]),
        hears(&[hear("tea.Off", service("Shop"), 1, 4), hear("tea.Paid", service("Shop"), 1, 7)]),
        emits(&[emit("tea.Pity", &[service("Shop")], 5)]),
        rollback(&[1, 2, 9], 6),
        emits(&[emit("tea.Closed", &[service("Shop")], 7)]),
        ends(&[]),
    ],
    undos: &[undo(1, "tea.NoTea", &[service("Cook")], 2), undo(2, "tea.NoMilk", &[service("Shop")], 3)],
    ..Machine::EMPTY
};

fn reserved() -> Play {
    let mut stock = Play::new(&STOCK);
    let order = stock.event("Order", "Shop", Some((0, 1)));
    stock.hears(&order, &[&["tea.Tea", "tea.Milk"]]);
    stock
}

#[test]
fn a_rollback_takes_back_the_latest_first_and_goes_on() {
    let mut stock = reserved();
    let off = stock.event("Off", "Shop", Some((0, 2)));
    let step = stock.hears(&off, &[&["tea.Pity", "tea.Closed"], &["tea.NoMilk"], &["tea.NoTea"]]);
    let lane = u32::MAX;
    let said = [
        "Pity to Shop 3".to_owned(),
        format!("NoMilk to Shop {lane}.1 undoes 2"),
        format!("NoTea to Cook {lane}.1 undoes 1"),
        "Closed to Shop 4".to_owned(),
    ];
    assert_eq!((step.asked, step.said), (vec![1, 3, 2], said.to_vec()));
    assert!(stock.progress.finished && stock.progress.live.is_empty());
}

#[test]
fn what_takes_a_step_back_is_that_and_nothing_else() {
    let mut stock = reserved();
    let off = stock.event("Off", "Shop", Some((0, 2)));
    let Verdict::Enabled(hear) = judge(&STOCK, &stock.progress, &off) else { panic!("it is enabled") };
    let mut failing = |answer: &'static [&'static str]| {
        let walk = Walk::hear(&STOCK, &stock.progress, &off, hear);
        stock.walk(walk, &off, &[&["tea.Pity", "tea.Closed"], answer]).unwrap_err()
    };
    assert_eq!(failing(&[]), "Stock has to emit NoMilk here, once");
    assert_eq!(failing(&["tea.NoMilk", "tea.NoMilk"]), "Stock has to emit NoMilk here, once");
    assert_eq!(failing(&["tea.NoTea"]), "Stock cannot emit NoTea here, only NoMilk");
}

#[test]
fn an_end_without_a_rollback_takes_nothing_back() {
    let mut stock = reserved();
    let paid = stock.event("Paid", "Shop", Some((0, 2)));
    assert_eq!(stock.hears(&paid, &[&[]]), did(&[1], []));
    assert!(stock.progress.finished);
}

/// Hears what may be taken back, after its own end too.
static COOK: Machine = Machine {
    choreography: "tea.Stock",
    participant: "Cook",
    hash: 2,
    states: &[hears(&[hear("tea.Tea", service("Stock"), 0, 1).took(1).scopes(&[1])]), ends(&[])],
    undone: &[undone("tea.NoTea", service("Stock"), 5)],
    ..Machine::EMPTY
};

#[test]
fn what_was_taken_is_taken_back_once_even_after_the_end() {
    let mut cook = Play::new(&COOK);
    let tea = cook.event_of_round("Tea", "Stock", (0, 1), crate::envelope::Round { scope: 1, number: 0 });
    let back = cook.undo("NoTea", "Stock", 1, (0, 1));
    assert_eq!(cook.verdict(&back), "early", "it has yet to come");
    cook.hears(&tea, &[&[]]);
    assert!(cook.progress.finished);
    assert_eq!(cook.verdict(&back), "undoes");
    assert_eq!(cook.hears(&back, &[&[]]), did(&[5], []));
    assert_eq!(cook.verdict(&back), "duplicate");
    let again = cook.undo("NoTea", "Stock", 2, (0, 1));
    assert_eq!(cook.verdict(&again), "late", "nothing is left to take back");
}

#[test]
fn what_was_absorbed_is_not_taken_back() {
    let mut cook = Play::new(&COOK);
    cook.progress.rounds.push((1, 1));
    let tea = cook.event_of_round("Tea", "Stock", (0, 1), crate::envelope::Round { scope: 1, number: 0 });
    assert_eq!(cook.verdict(&tea), "late");
    cook.dismisses(&tea);
    let back = cook.undo("NoTea", "Stock", 1, (0, 1));
    assert_eq!(cook.verdict(&back), "late");
}

#[test]
fn an_event_that_nobody_could_take_back_is_refused() {
    let mut stock = Play::new(&STOCK);
    let back = stock.undo("NoTea", "Shop", 1, (0, 1));
    let verdict = judge(&STOCK, &stock.progress, &back);
    let reason = "Stock has nothing that Shop could take back by NoTea".to_owned();
    assert_eq!(verdict, Verdict::Illegal(reason));
}
