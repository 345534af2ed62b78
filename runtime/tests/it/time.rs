//! Deadlines, and what they overtake: in the harness's own time, and in that of the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chor_runtime::codegen::{CompleteError, HandlerError};
use chor_runtime::{InstanceId, Key, Store};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::party::{
    Before, Calls, ask, at_once, band_later, band_plays, guest, harness, hasty, hasty_host, heard, sorted,
    until_called,
};
use crate::stores::stores;

const QUARTER: Duration = Duration::from_mins(15);

const WELL: [&str; 7] = [
    "Guest -> Host: Ask",
    "Host -> Cook: Cook",
    "Band -> Host: Played",
    "Cook -> Host: Cooked",
    "Host -> Band: Play",
    "Host -> Cook, Band, Guest: Done",
    "Post -> Guest: Card",
];

fn well() -> Vec<String> {
    let mut lines = WELL.map(str::to_owned).to_vec();
    lines.sort();
    lines
}

fn over() -> Vec<String> {
    let lines = [
        "Cook -> Host: Cooked",
        "Cook -> Host: Thrown",
        "Guest -> Host: Ask",
        "Host -> Band: Play",
        "Host -> Cook, Band, Guest: Over",
        "Host -> Cook: Cook",
    ];
    lines.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn what_ends_in_time_is_not_disturbed() {
    let calls = Calls::default();
    let mut harness = harness(&calls, &at_once());
    ask(harness.store(), "o1").await;
    let run = harness.advance(2 * QUARTER).await.unwrap();
    run.ended().unwrap();
    assert_eq!(sorted(&run, "o1"), well());
}

#[tokio::test]
async fn what_was_put_off_is_overtaken_when_the_time_is_over() {
    let calls = Calls::default();
    let mut harness = harness(&calls, &band_later());
    ask(harness.store(), "o1").await;
    let run = harness.advance(QUARTER - Duration::from_millis(1)).await.unwrap();
    let stuck = run.ended().unwrap_err().to_string();
    assert!(stuck.contains("Band of o1: it waits for an answer that was put off"), "{stuck}");
    let run = harness.advance(Duration::from_millis(1)).await.unwrap();
    run.ended().unwrap();
    assert_eq!(sorted(&run, "o1"), over());
    let refused = band_plays(harness.store(), "o1").await.unwrap_err();
    assert!(matches!(refused, CompleteError::NotAwaited(_)), "{refused}");
    let told: Vec<String> =
        calls.lock().unwrap().iter().filter(|it| it.starts_with("Press")).cloned().collect();
    assert_eq!(told, ["Press 1"]);
}

#[tokio::test]
async fn what_was_put_off_is_completed_in_time_and_once() {
    let mut harness = harness(&Calls::default(), &band_later());
    ask(harness.store(), "o1").await;
    harness.advance(QUARTER / 2).await.unwrap();
    band_plays(harness.store(), "o1").await.unwrap();
    let twice = band_plays(harness.store(), "o1").await.unwrap_err();
    let words = "Band does not wait for this answer about o1 in Party: it was given already, or overtaken by a \
                 deadline, or never put off";
    assert_eq!(twice.to_string(), words);
    let never = band_plays(harness.store(), "o2").await.unwrap_err();
    assert_eq!(never.to_string(), "Band has not heard of o2 in Party");
    let run = harness.advance(QUARTER).await.unwrap();
    run.ended().unwrap();
    assert_eq!(sorted(&run, "o1"), well());
}

#[tokio::test]
async fn what_takes_a_step_back_cannot_be_put_off() {
    let before: Before = Arc::new(|name, point, cx| {
        Box::pin(async move {
            if (name, point) == ("Band", 0) || (name, point) == ("Cook", 3) {
                Err(cx.later())
            } else {
                Ok(())
            }
        })
    });
    let mut harness = harness(&Calls::default(), &before);
    ask(harness.store(), "o1").await;
    let stuck = harness.advance(QUARTER).await.unwrap().ended().unwrap_err().to_string();
    assert!(stuck.contains("set aside: Cook cannot put off what takes a step back"), "{stuck}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_arrival_ends_alike(seed: u64, late: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let before = if late { band_later() } else { at_once() };
        let mut harness = harness(&Calls::default(), &before).seed(seed).with_faults();
        let run = runtime.block_on(async {
            for order in ["o1", "o2", "o3"] {
                ask(harness.store(), order).await;
            }
            harness.advance(QUARTER).await.unwrap()
        });
        run.ended().unwrap();
        for order in ["o1", "o2", "o3"] {
            prop_assert_eq!(sorted(&run, order), if late { over() } else { well() });
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_falls_due_by_the_clock() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (calls, guest) = (Calls::default(), guest(&store));
        let running = hasty(&store, &calls, &band_later()).start();
        let began = Instant::now();
        ask(&store, "o1").await;
        assert_eq!(heard(&guest).await, "o1 Over");
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(5), "{took:?}");
        until_called(&calls, "Host 3").await;
        running.shutdown().await.unwrap();
        assert_eq!(calls.lock().unwrap().iter().filter(|call| *call == "Host 2").count(), 1);
    }
}

/// The handler of the band never returns; what leaves the deadline is taken all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_handler_is_overtaken() {
    let (_place, stores) = stores().await;
    for store in stores {
        let before: Before = Arc::new(|name, point, _| {
            Box::pin(async move {
                if (name, point) == ("Band", 0) {
                    std::future::pending::<()>().await;
                }
                Ok(())
            })
        });
        let calls = Calls::default();
        let running = hasty(&store, &calls, &before).start();
        ask(&store, "o1").await;
        let band = InstanceId {
            service: "Band".into(),
            choreography: "party.Party".into(),
            key: Key::from_text("o1"),
        };
        let began = Instant::now();
        while !store.status(&band).await.unwrap().is_some_and(|status| status.finished) {
            assert!(began.elapsed() < Duration::from_secs(20), "the band is never told");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.shutdown().await.unwrap();
        assert_eq!(store.journal().await.unwrap(), []);
    }
}

/// Everyone has gone home when the deadline falls due; it is kept when the host is back, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_outlives_everyone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("party.db");
    {
        let store = Store::sqlite(&path).unwrap();
        let calls = Calls::default();
        let running = hasty_host(&store, &calls).start();
        ask(&store, "o1").await;
        until_called(&calls, "Host 0").await;
        running.shutdown().await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let stores = [Store::sqlite(&path).unwrap(), Store::sqlite(&path).unwrap()];
    let calls = Calls::default();
    let replicas: Vec<_> = stores.iter().map(|store| hasty_host(store, &calls).start()).collect();
    let guest = guest(&stores[0]);
    assert_eq!(heard(&guest).await, "o1 Over");
    let more = tokio::time::timeout(Duration::from_millis(300), heard(&guest)).await;
    assert!(more.is_err(), "it falls due once: {more:?}");
    for running in replicas {
        running.shutdown().await.unwrap();
    }
}

/// A host that fails at the deadline is set aside with it, and goes on later.
#[tokio::test]
async fn a_deadline_that_fails_is_kept_for_later() {
    let broken = Arc::new(AtomicBool::new(true));
    let still = broken.clone();
    let before: Before = Arc::new(move |name, point, cx| {
        let broken = still.load(Ordering::SeqCst);
        Box::pin(async move {
            match (name, point) {
                ("Band", 0) => Err(cx.later()),
                ("Host", 2) if broken => Err(HandlerError::permanent("no voice")),
                _ => Ok(()),
            }
        })
    });
    let mut harness = harness(&Calls::default(), &before);
    ask(harness.store(), "o1").await;
    let stuck = harness.advance(QUARTER).await.unwrap().ended().unwrap_err().to_string();
    assert!(stuck.contains("set aside: no voice"), "{stuck}");
    broken.store(false, Ordering::SeqCst);
    let aside = harness.store().quarantined().await.unwrap();
    assert!(harness.store().retry(&aside[0].instance).await.unwrap());
    let run = harness.run().await.unwrap();
    run.ended().unwrap();
    assert_eq!(sorted(&run, "o1"), over());
}
