//! Answers that are put off: in every place, over a restart, and from another process.

use std::sync::Arc;
use std::time::Duration;

use chor_runtime::CompleteError;
use chor_runtime::{Runtime, Store};
use tempfile::TempDir;

use crate::party::{
    Before, Calls, ask, at_once, band_later, band_plays, completes, guest, harness, heard, services,
    until_called,
};
use crate::stores::stores;

/// This service puts off this answer.
fn later(service: &'static str, at: u32) -> Before {
    Arc::new(move |name, point, cx| {
        Box::pin(async move { if (name, point) == (service, at) { Err(cx.later()) } else { Ok(()) } })
    })
}

fn runtime(store: &Store, calls: &Calls, before: &Before) -> Runtime {
    services(calls, before).into_iter().fold(Runtime::new(store), Runtime::serve)
}

#[tokio::test]
async fn the_decision_at_a_join_can_be_put_off() {
    let mut harness = harness(&Calls::default(), &later("Host", 1));
    ask(harness.store(), "o1").await;
    assert!(harness.run().await.unwrap().ended().is_err());
    let refused = completes(harness.store(), "Host", 1, &["Over"], "o1").await.unwrap_err();
    assert!(matches!(refused, CompleteError::Refused(_)), "{refused:?}");
    assert_eq!(refused.to_string(), "Host cannot emit Over here, only Done");
    completes(harness.store(), "Host", 1, &["Done"], "o1").await.unwrap();
    let run = harness.run().await.unwrap();
    run.ended().unwrap();
    assert!(run.of("o1").contains(&"Host -> Cook, Band, Guest: Done".to_owned()), "{run}");
}

/// The cook hears that it is over and puts off what to say about it; the completion leads to a rollback, for
/// which the cook's own service has to be asked.
#[tokio::test]
async fn a_completion_that_leads_to_more_is_carried_on_by_the_service() {
    let both: Before = Arc::new(|name, point, cx| {
        let puts_off = [("Band", 0), ("Cook", 2)].contains(&(name, point));
        Box::pin(async move { if puts_off { Err(cx.later()) } else { Ok(()) } })
    });
    let calls = Calls::default();
    let mut harness = harness(&calls, &both);
    ask(harness.store(), "o1").await;
    harness.advance(Duration::from_mins(15)).await.unwrap();
    assert!(!calls.lock().unwrap().contains(&"Cook 3".to_owned()));
    completes(harness.store(), "Cook", 2, &[], "o1").await.unwrap();
    let run = harness.run().await.unwrap();
    run.ended().unwrap();
    assert!(run.of("o1").contains(&"Cook -> Host: Thrown".to_owned()), "{run}");
    let calls = calls.lock().unwrap().clone();
    assert_eq!(calls.iter().filter(|it| ["Cook 3", "Host 3"].contains(&it.as_str())).count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_complete_and_one_succeeds() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (calls, guest) = (Calls::default(), guest(&store));
        let running = runtime(&store, &calls, &band_later()).start();
        ask(&store, "o1").await;
        until_completed(&store).await;
        let tries = (0..8).map(|_| band_plays(&store, "o1"));
        let succeeded = futures_util::future::join_all(tries).await.iter().filter(|it| it.is_ok()).count();
        assert_eq!(succeeded, 0, "it was completed before");
        let mut all = [heard(&guest).await, heard(&guest).await];
        all.sort();
        assert_eq!(all, ["o1 Card", "o1 Done"]);
        running.shutdown().await.unwrap();
    }
}

/// Tries until the answer is awaited; it must be taken once.
async fn until_completed(store: &Store) {
    for _ in 0..10_000 {
        let tries = (0..8).map(|_| band_plays(store, "o1"));
        let tried = futures_util::future::join_all(tries).await;
        match tried.iter().filter(|it| it.is_ok()).count() {
            0 => tokio::time::sleep(Duration::from_millis(1)).await,
            succeeded => return assert_eq!(succeeded, 1),
        }
    }
    panic!("the answer is never awaited");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_awaited_over_a_restart_and_taken_from_another_process() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("party.db");
    {
        let store = Store::sqlite(&path).unwrap();
        let calls = Calls::default();
        let running = runtime(&store, &calls, &later("Cook", 0)).start();
        ask(&store, "o1").await;
        until_called(&calls, "Band 0").await;
        running.shutdown().await.unwrap();
    }
    let calls = Calls::default();
    let store = Store::sqlite(&path).unwrap();
    let guest = guest(&store);
    let running = runtime(&store, &calls, &later("Cook", 0)).start();
    let other = Store::sqlite(&path).unwrap();
    for _ in 0..10_000 {
        match completes(&other, "Cook", 0, &["Cooked"], "o1").await {
            Ok(()) => break,
            Err(CompleteError::NotAwaited(_)) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(error) => panic!("{error}"),
        }
    }
    let all = [heard(&guest).await, heard(&guest).await];
    assert!(all.contains(&"o1 Done".to_owned()), "{all:?}");
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_instance_set_aside_takes_no_completion() {
    let before: Before = Arc::new(|name, point, _| {
        Box::pin(async move {
            match (name, point) {
                ("Band", 0) => Err(chor_runtime::HandlerError::permanent("no drums")),
                _ => Ok(()),
            }
        })
    });
    let mut harness = harness(&Calls::default(), &before);
    ask(harness.store(), "o1").await;
    harness.run().await.unwrap();
    let refused = band_plays(harness.store(), "o1").await.unwrap_err();
    assert_eq!(refused.to_string(), "Band of o1: no drums");
    let calm = at_once();
    let unknown =
        completes(crate::party::harness(&Calls::default(), &calm).store(), "Band", 0, &[], "o9").await;
    assert_eq!(unknown.unwrap_err().to_string(), "Band has not heard of o9 in Party");
}
