//! Events of one choreography that begin another, and those who only listen.

use chor_runtime::harness::Harness;
use chor_runtime::{Runtime, Store};
use tempfile::TempDir;

use crate::party::{Calls, ask, at_once, guest, harness, heard, services, until_called};
use crate::stores::stores;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_begins_another_choreography_and_is_observed() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (calls, guest) = (Calls::default(), guest(&store));
        let running = services(&calls, &at_once()).into_iter().fold(Runtime::new(&store), Runtime::serve);
        let running = running.start();
        for order in ["o1", "o2"] {
            ask(&store, order).await;
        }
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(heard(&guest).await);
        }
        all.sort();
        assert_eq!(all, ["o1 Card", "o1 Done", "o2 Card", "o2 Done"]);
        until_called(&calls, "Press 0").await;
        running.shutdown().await.unwrap();
        assert_eq!(store.journal().await.unwrap(), []);
    }
}

/// Who has listened once hears everything, also what is published while it is closed, by a process that knows
/// nothing of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_is_closed_hears_it_later_and_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("party.db");
    let calls = Calls::default();
    let mut all = services(&calls, &at_once());
    let post = all.remove(3);
    let (here, there) = (Store::sqlite(&path).unwrap(), Store::sqlite(&path).unwrap());
    let running = all.into_iter().fold(Runtime::new(&here), Runtime::serve).start();
    // The post opens and closes after this process has read who listens.
    ask(&here, "o0").await;
    let guest = guest(&here);
    assert_eq!(heard(&guest).await, "o0 Done");
    Runtime::new(&there).serve(post.clone()).start().shutdown().await.unwrap();
    ask(&here, "o1").await;
    assert_eq!(heard(&guest).await, "o1 Done");
    running.shutdown().await.unwrap();

    let again = [Runtime::new(&here).serve(post.clone()).start(), Runtime::new(&there).serve(post).start()];
    assert_eq!(heard(&guest).await, "o1 Card");
    let more = tokio::time::timeout(std::time::Duration::from_millis(200), heard(&guest)).await;
    assert!(more.is_err(), "what was published before it listened is not heard, and nothing twice: {more:?}");
    for running in again {
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn an_event_that_comes_again_begins_nothing_again() {
    let calls = Calls::default();
    let mut harness: Harness = harness(&calls, &at_once()).seed(7).with_faults();
    for order in ["o1", "o2", "o3", "o4"] {
        ask(harness.store(), order).await;
    }
    let run = harness.run().await.unwrap();
    run.ended().unwrap();
    assert_eq!(run.published().iter().filter(|it| it.event == "Card").count(), 4);
    assert_eq!(harness.store().journal().await.unwrap(), []);
}
