use std::sync::Arc;

use super::*;
use crate::envelope::{Emission, Event, Key};
use crate::machine::{Cause, Decision, Entry, Machine, Open, Place, Thread, ends};

static MACHINE: Machine = Machine { hash: 7, states: &[ends(&[])], ..Machine::EMPTY };

fn round_trip(progress: &Progress) -> Progress {
    decode(encode(progress).unwrap().get(), |_| Err("nothing is parked".to_owned())).unwrap()
}

fn thread(cause: Cause) -> Thread {
    Thread { cause, published: 3, asked: 2 }
}

/// Everything that an instance may hold.
fn full() -> Progress {
    let at = |lane, number| Sequence { lane, number };
    let decision = Decision { point: 4, from: 1, left: Some(2), thread: thread(Cause::Event("e1".into())) };
    let regions = vec![
        Place { state: 2, ..Place::default() },
        Place { state: 3, decision: Some(Box::new(decision)), ..Place::default() },
    ];
    let payload = || Bytes::from_static(b"{\"order\":\"o1\"}");
    let left =
        vec![Emission { event: "tea.Closed".into(), key: "o1".to_owned(), payload: payload(), trace: None }];
    Progress {
        place: Place { state: 1, regions, decision: None },
        heard: vec![("Bank".into(), at(0, 3)), ("Bank".into(), at(2, 1))],
        emitted: vec![("Kitchen".into(), at(1, 9))],
        external: vec![("Customer".into(), "c1".into())],
        known: vec![("tea.Order".into(), payload())],
        quarantine: Some("broken".to_owned()),
        failed_at: Some(17),
        rounds: vec![(1, 2)],
        timers: vec![Timer { scope: 1, due: 1_800_000_000_123 }],
        entries: vec![Entry { scope: 1, emitted: vec![("Kitchen".into(), at(1, 7))] }],
        live: vec![Live {
            step: 5,
            event: "tea.Paid".into(),
            payload: payload(),
            to: vec![("Shop".into(), at(2, 4))],
        }],
        took: vec![("Stock".into(), at(u32::MAX, 1))],
        trace: crate::envelope::Trace::new("00-4bf9-00f0-01", Some("a=1, b=2")),
        open: Some(Box::new(Open { thread: thread(Cause::Deadline("d1".into())), left })),
        ..Progress::new(&MACHINE)
    }
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(round_trip(&full()), full());
    for cause in [Cause::Start, Cause::Outside("Customer".into(), "c1".into())] {
        let open = Some(Box::new(Open { thread: thread(cause), left: Vec::new() }));
        let progress = Progress { open, ..full() };
        assert_eq!(round_trip(&progress), progress);
    }
}

#[test]
fn where_a_parked_event_stands_is_kept() {
    let event = Event {
        id: "e1".into(),
        source: "Bank".into(),
        choreography: "tea.Tea".into(),
        key: Key::from_text("o1"),
        name: "tea.Late".into(),
        payload: Bytes::from_static(b"null"),
        causation: None,
        rounds: Vec::new(),
        trace: None,
    };
    let at = |lane, number| Sequence { lane, number };
    let parked = Delivery {
        event: Arc::new(event),
        sequence: Some(at(2, 9)),
        overtakes: 3,
        undoes: Some(at(1, 4)),
        listener: None,
        handle: 17,
        at: 0,
        again: true,
    };
    let progress = Progress { parked: vec![parked.clone()], ..Progress::new(&MACHINE) };
    let fetch = |it: Parked| {
        let (sequence, undoes) = (it.sequence.map(sequence), it.undoes.map(sequence));
        Ok::<_, Damage>(Delivery {
            sequence,
            overtakes: it.overtakes,
            undoes,
            handle: it.event,
            ..parked.clone()
        })
    };
    assert_eq!(decode(encode(&progress).unwrap().get(), fetch), Ok(progress));
}

#[test]
fn what_most_instances_hold_is_short() {
    let text = encode(&Progress::new(&MACHINE)).unwrap();
    assert_eq!(text.get(), r#"{"format":2,"machine":"0000000000000007","at":0}"#);
}

#[test]
fn another_format_is_refused_with_its_number() {
    let check = |text: &str, expected: &str| {
        let damage = decode::<Damage>(text, |_| Err("nothing is parked".to_owned())).unwrap_err();
        assert_eq!(damage, expected);
    };
    let other = |format| format!("the progress of an instance is in format {format}, this version knows 2");
    check(r#"{"format":3,"machine":"0000000000000007","at":0}"#, &other(3));
    check(r#"{"format":3,"stands":"elsewhere"}"#, &other(3));
    check(r#"{"machine":"0000000000000007","at":0}"#, &other(0));
    check(r#"{"format":2,"machine":"7"}"#, "missing field `at` at line 1 column 26");
}
