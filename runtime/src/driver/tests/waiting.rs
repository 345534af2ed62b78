//! What one instance does next, with events that come before their time or begin it.

use std::time::Duration;

use super::super::call::cause;
use super::super::slot::{Next, Slot, Taking};
use super::super::turn::{Onward, Standing, Turn};
use super::*;
use crate::envelope::{Delivery, Event, EventId, Name, Sequence};
use crate::machine::{Progress, hear, hears, service};
use crate::observe::Happened;
use crate::store::{Backend as _, Snapshot};

/// Hears of stock, then of the money.
pub(super) static SHIPPING: Machine = Machine {
    choreography: "tea.Tea",
    participant: "Shipping",
    hash: 7,
    states: &[
        hears(&[hear("tea.Stock", service("Stock"), 0, 1)]),
        hears(&[hear("tea.Money", service("Bank"), 1, 2)]),
        ends(&[]),
    ],
    ..Machine::EMPTY
};

/// The first event that this emitter sends.
pub(super) fn first(name: &'static str, source: &'static str, handle: u64) -> Delivery {
    let event = Event {
        id: EventId::from(format!("{name} of {source}")),
        source: Name::from(source),
        choreography: "tea.Tea".into(),
        key: Key::from_text("o1"),
        name: Name::from(name),
        payload: bytes::Bytes::from_static(b"{}"),
        causation: None,
        rounds: Vec::new(),
        trace: None,
    };
    let sequence = Some(Sequence { lane: 0, number: 1 });
    Delivery { sequence, ..Delivery::new(Arc::new(event), handle, 0) }
}

fn stock() -> Delivery {
    first("tea.Stock", "Stock", 1)
}

fn money() -> Delivery {
    first("tea.Money", "Bank", 2)
}

fn slot(arrived: impl IntoIterator<Item = Delivery>) -> Slot {
    let fresh = Arc::new(Progress::new(&SHIPPING));
    let mut slot = Slot::new((0, Key::from_text("o1")), &SHIPPING, fresh);
    for delivery in arrived {
        slot.accept(delivery);
    }
    slot
}

/// What is next at this time, in words; a step that begins is taken to its end.
fn next(slot: &mut Slot, now: i64) -> String {
    let Taking { delivery, turn, .. } = match slot.next(now) {
        Next::Read => return "read".to_owned(),
        Next::Nothing => return "nothing".to_owned(),
        Next::Take(taking) => taking,
    };
    let name = delivery.event.name.short().to_owned();
    match turn {
        Turn::Early if slot.keep(&delivery, 500) => format!("{name} is kept"),
        Turn::Write(write) => {
            slot.stands(Snapshot { revision: 1, progress: write.step.change.map(|change| change.progress) });
            format!("{name}: {:?}", write.happened)
        }
        Turn::Begin(mut walk) => {
            let standing = slot.standing().unwrap();
            while let Onward::Ask(_, asking) = standing.go_on(walk.clone(), &delivery, now) {
                walk = asking;
                walk.answered(&delivery, Vec::new()).unwrap();
            }
            let Onward::Write(write) = standing.go_on(walk, &delivery, now) else { unreachable!() };
            slot.stands(Snapshot { revision: 1, progress: write.step.change.map(|change| change.progress) });
            format!("{name}: {:?}", write.happened)
        }
        _ => format!("{name}: something else"),
    }
}

#[test]
fn an_event_that_comes_a_little_early_is_kept_and_never_parked() {
    let mut slot = slot([money()]);
    slot.stands(Snapshot::default());
    assert_eq!(next(&mut slot, 0), "Money is kept");
    assert_eq!(next(&mut slot, 100), "nothing");
    assert!(!slot.idle(), "it must not be forgotten");
    assert!(!slot.accept(money()), "it is here already");
    slot.accept(stock());
    assert_eq!(next(&mut slot, 200), "Stock: Heard");
    assert_eq!(next(&mut slot, 200), "Money: Heard");
    assert_eq!(next(&mut slot, 200), "nothing");
    assert!(slot.over());
}

#[test]
fn an_event_that_is_kept_for_long_is_parked() {
    let mut slot = slot([money()]);
    slot.stands(Snapshot::default());
    assert_eq!(next(&mut slot, 0), "Money is kept");
    slot.look_at_waiting();
    assert_eq!(next(&mut slot, 499), "nothing");
    slot.look_at_waiting();
    assert_eq!(next(&mut slot, 500), "Money: Parked");
    slot.accept(stock());
    assert_eq!(next(&mut slot, 600), "Stock: Heard");
    assert_eq!(next(&mut slot, 600), "Money: Heard");
}

#[test]
fn what_is_kept_is_given_back_before_what_came_later() {
    let mut slot = slot([money()]);
    slot.stands(Snapshot::default());
    next(&mut slot, 0);
    slot.accept(stock());
    let handles: Vec<u64> = slot.unfinished().map(|delivery| delivery.handle).collect();
    assert_eq!(handles, [2, 1]);
}

#[test]
fn an_instance_that_begins_is_not_read() {
    assert_eq!(next(&mut slot([stock()]), 0), "Stock: Heard");
}

#[test]
fn an_instance_that_may_be_there_is_read() {
    let check = |delivery: Delivery, why: &str| assert_eq!(next(&mut slot([delivery]), 0), "read", "{why}");
    check(money(), "it does not begin the instance");
    check(Delivery { again: true, ..stock() }, "it may have been taken before");
    check(Delivery { sequence: None, ..stock() }, "nobody has counted what came before");
    check(
        Delivery { sequence: Some(Sequence { lane: 0, number: 2 }), ..stock() },
        "something has come before",
    );
    let mut overtaken = slot([stock()]);
    overtaken.unread();
    assert_eq!(next(&mut overtaken, 0), "read", "the store has refused the step");
}

#[tokio::test]
async fn a_worker_parks_by_itself_what_has_waited_for_long() {
    let (store, memory) = Store::memory_in_virtual_time();
    let (worker, _mailbox) = worker(&store, &SHIPPING, Mail::Delivery(money())).await;
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(worker.run(stopped));
    let instance =
        InstanceId { service: "Shipping".into(), choreography: "tea.Tea".into(), key: Key::from_text("o1") };
    let parked = async || {
        let progress = store.snapshot(&instance).await.unwrap().progress;
        progress.map_or(0, |progress| progress.parked.len())
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(parked().await, 0, "at first it is only kept");
    memory.advance(memory.now() + 500);
    for _ in 0..1000 {
        if parked().await == 1 {
            stop.send(true).unwrap();
            return working.await.unwrap().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it was not parked");
}

#[test]
fn what_begins_an_instance_is_done_outside_for_its_type() {
    let (new, begun) = (Progress::new(&SHIPPING), Progress { finished: true, ..Progress::new(&SHIPPING) });
    let uncounted = |delivery: Delivery| Delivery { sequence: None, ..delivery };
    let check = |heard: &Delivery, before: &Progress, expected: EventId| {
        assert_eq!(cause(heard, before), expected);
    };
    check(&uncounted(stock()), &new, "tea.Stock".into());
    check(&uncounted(money()), &new, "tea.Money".into());
    let of_source = |source: &str| EventId::of_source(source, &"tea.Stock of Stock".into());
    check(&uncounted(stock()), &begun, of_source("Stock"));
    assert_ne!(of_source("Stock"), of_source("Bank"), "another may use the same id");
    check(&stock(), &new, "tea.Stock of Stock".into());
}

/// Where the instance stands may be old: another replica may have gone on to where the event can be taken.
#[test]
fn what_can_never_be_taken_is_told_from_what_cannot_be_yet_by_the_store() {
    let check = |revision: u64, expected: Option<u64>| {
        let (stray, progress) = (Delivery { sequence: None, ..stock() }, Arc::new(Progress::new(&SHIPPING)));
        let snapshot = Snapshot { revision, progress: (revision > 0).then(|| Arc::clone(&progress)) };
        let Turn::Write(write) = Standing::new(&SHIPPING, &snapshot, &progress).arrived(&stray) else {
            panic!("it is refused");
        };
        assert!(matches!(write.happened, Happened::Refused(_)), "{:?}", write.happened);
        let change = write.step.change.map(|change| (change.expected, change.progress));
        assert_eq!(change, expected.map(|revision| (revision, progress)), "it stands as it stood");
    };
    check(3, Some(3));
    check(0, None);
}
