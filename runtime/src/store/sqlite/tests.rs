//! What only a hand on the connection can bring about.

use std::sync::Arc;

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::envelope::{Event, EventId, Key, Outgoing, Recipient, Sequence, Subscription};
use crate::machine::{Machine, Progress, Timer};
use crate::store::Change;
use crate::transport::Mail;

/// An event from outside, of about four kilobytes.
fn step(number: u32) -> Step {
    let event = Event {
        id: EventId::from(format!("e{number}")),
        source: "Customer".into(),
        choreography: "tea.Tea".into(),
        key: Key::from_text("o1"),
        name: "tea.Order".into(),
        payload: Bytes::from(format!("\"{}\"", "x".repeat(4000))),
        causation: None,
        rounds: Vec::new(),
        trace: None,
    };
    let to =
        vec![Recipient { name: "Shop".into(), sequence: None, overtakes: 0, undoes: None, external: false }];
    Step { emitted: vec![Outgoing { event: Arc::new(event), to }], once: true, ..Step::default() }
}

/// The ids of what is in the mailbox.
fn taken(mailbox: &Mailbox) -> Vec<String> {
    let mut mail = Vec::new();
    mailbox.take(0, usize::MAX, &mut mail);
    let id = |letter: &Mail| match letter {
        Mail::Delivery(delivery) => delivery.event.id.to_string(),
        Mail::Nudge(instance) => format!("nudge {}", instance.key),
    };
    mail.iter().map(id).collect()
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_loses_nothing_that_was_answered() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let connection = open::open(&path).unwrap();
    connection.pragma_update(None, "max_page_count", 60).unwrap();
    let store = Sqlite::start(&path, connection, 1).unwrap();
    let mut answered = Vec::new();
    let error = loop {
        let number = u32::try_from(answered.len()).unwrap();
        match store.commit(vec![step(number)]).await {
            Ok(_) => answered.push(format!("e{number}")),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("the disk is full: free some space and start again, nothing was lost"), "{error}");
    assert!(answered.len() > 10);
    drop(store);

    let store = Sqlite::open(&path, 1).unwrap();
    let mailbox = store.subscribe(Subscription::to_nothing("Shop")).await.unwrap();
    mailbox.arrived(0).await;
    assert_eq!(taken(&mailbox), answered);
}

#[tokio::test]
async fn steps_of_one_transaction_stand_or_fall_alone() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(&folder.path().join("tea.db"), 1).unwrap();
    let outcomes = store.commit(vec![step(1), step(1), step(2)]).await.unwrap();
    assert_eq!(outcomes, [Outcome::Written(0), Outcome::Conflict, Outcome::Written(0)]);
    let mailbox = store.subscribe(Subscription::to_nothing("Shop")).await.unwrap();
    mailbox.arrived(0).await;
    assert_eq!(taken(&mailbox), ["e1", "e2"]);
}

/// At once from memory, and from the file to whoever comes later.
#[tokio::test]
async fn where_an_event_stands_is_told_as_it_was_published() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let store = Sqlite::open(&path, 1).unwrap();
    let at = |lane, number| Some(Sequence { lane, number });
    let to = Recipient {
        name: "Shop".into(),
        sequence: at(2, 7),
        overtakes: 3,
        undoes: at(1, 4),
        external: false,
    };
    let event = Arc::clone(&step(1).emitted[0].event);
    let mailbox = store.subscribe(Subscription::to_nothing("Shop")).await.unwrap();
    store
        .commit(vec![Step { emitted: vec![Outgoing { event, to: vec![to] }], ..Step::default() }])
        .await
        .unwrap();
    let check = async |mailbox: Arc<Mailbox>| {
        mailbox.arrived(0).await;
        let mut mail = Vec::new();
        mailbox.take(0, usize::MAX, &mut mail);
        let [Mail::Delivery(delivery)] = mail.as_slice() else { panic!("one delivery") };
        assert_eq!((delivery.sequence, delivery.overtakes, delivery.undoes), (at(2, 7), 3, at(1, 4)));
    };
    check(mailbox).await;
    drop(store);
    let store = Sqlite::open(&path, 1).unwrap();
    check(store.subscribe(Subscription::to_nothing("Shop")).await.unwrap()).await;
}

/// As it happens where two processes serve one service.
#[tokio::test]
async fn what_another_has_dealt_with_is_told_once() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(&folder.path().join("tea.db"), 1).unwrap();
    store.commit(vec![step(1)]).await.unwrap();
    let record = Record {
        instance: InstanceId {
            service: "Shop".into(),
            choreography: "tea.Tea".into(),
            key: Key::from_text("o1"),
        },
        event: EventId::from("e1"),
        event_type: "tea.Order".into(),
        verdict: "illegal".into(),
        reason: "the shop is closed".to_owned(),
    };
    let refuse =
        Step { consumed: Some(("Shop".into(), 1)), records: vec![record.clone()], ..Step::default() };
    let outcomes = store.commit(vec![refuse.clone(), refuse]).await.unwrap();
    assert_eq!(outcomes, [Outcome::Written(0), Outcome::Conflict]);
    let journal = store.journal(Which::default(), 10).await.unwrap();
    assert_eq!(journal.into_iter().map(|(_, record)| record).collect::<Vec<_>>(), [record]);
}

/// More waits than a mailbox holds; two processes write by turns.
#[tokio::test]
async fn everything_arrives_once_and_in_order_however_it_comes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let (here, there) = (Sqlite::open(&path, 1).unwrap(), Sqlite::open(&path, 1).unwrap());
    here.commit((0..6000).map(step).collect()).await.unwrap();
    let mailbox = here.subscribe(Subscription::to_nothing("Shop")).await.unwrap();
    let mut arrived = Vec::new();
    for round in 0..40 {
        let writer = if round % 3 == 0 { &there } else { &here };
        writer.commit((6000 + round * 50..6050 + round * 50).map(step).collect()).await.unwrap();
        arrived.extend(taken(&mailbox));
    }
    while arrived.len() < 8000 {
        mailbox.arrived(0).await;
        arrived.extend(taken(&mailbox));
    }
    let expected: Vec<String> = (0..8000).map(|number| format!("e{number}")).collect();
    assert_eq!(arrived, expected);
    tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    assert_eq!(taken(&mailbox), Vec::<String>::new());
}

/// An external may take nothing for long, and a service may be behind for a while.
#[tokio::test]
async fn who_takes_nothing_holds_up_no_deadline_of_others() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(&folder.path().join("tea.db"), 1).unwrap();
    store.commit((0..6000).map(step).collect()).await.unwrap();
    let full = store.subscribe(Subscription::to_nothing("Shop")).await.unwrap();
    let bank = store.subscribe(Subscription::to_nothing("Bank")).await.unwrap();
    let instance = |service: &'static str| InstanceId {
        service: service.into(),
        choreography: "tea.Tea".into(),
        key: Key::from_text("o1"),
    };
    let due = |service| {
        let timers = vec![Timer { scope: 1, due: unix_now() }];
        let progress = Arc::new(Progress { timers, ..Progress::new(&Machine::EMPTY) });
        let change = Change { instance: instance(service), expected: 0, progress, was_due: None };
        Step { change: Some(change), ..Step::default() }
    };
    store.commit(vec![due("Bank"), due("Shop")]).await.unwrap();
    bank.arrived(0).await;
    assert_eq!(taken(&bank), ["nudge o1"]);

    let mut arrived = Vec::new();
    while arrived.last().is_none_or(|last| last != "nudge o1") {
        full.arrived(0).await;
        arrived.extend(taken(&full));
    }
    assert_eq!(arrived.len(), 6001, "what was published before goes first");
}

/// What a mailbox held that nobody takes from any more comes to the next.
#[tokio::test]
async fn what_nobody_takes_stays_in_the_file() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(&folder.path().join("tea.db"), 1).unwrap();
    store.commit((0..3).map(step).collect()).await.unwrap();
    for _ in 0..2 {
        let mailbox = store.subscribe(Subscription::to_nothing("Shop")).await.unwrap();
        mailbox.arrived(0).await;
        assert_eq!(taken(&mailbox), ["e0", "e1", "e2"]);
    }
}
