//! What is over and old is removed, and nothing that anybody still needs.

use std::sync::atomic::Ordering;

use chor_runtime::{Runtime, Store, Timestamp, Which};
use tempfile::TempDir;

use crate::people::{Ledger, expected, hear, open, open_with, order, without_line};
use crate::stores::stores;
use crate::tea::customer::Client;
use crate::trouble::{bank_of, quick, set_aside, until};

async fn keys(store: &Store) -> Vec<String> {
    let found = store.instances(&Which::default().and_over(), 100).await.unwrap();
    let mut keys: Vec<String> = found.instances.iter().map(|it| it.id.key.to_string()).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Waits until so many flows could be removed.
async fn until_over(store: &Store, flows: u64) {
    until("the flows to be over", async || {
        (store.prunable(Timestamp::now()).await.unwrap().flows == flows).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_over_goes_while_services_run_and_the_rest_goes_on() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let (bank, broken) = without_line(&ledger, "o1");
        let running = open_with(&store, &ledger, bank).retry(quick(1)).start();
        let client = Client::new(&store);
        for number in 0..4 {
            client.order(&order(number)).await.unwrap();
        }
        assert_eq!(hear(&client, 3).await, ["o0 brewed 1", "o2 sorry", "o3 brewed 1"]);
        set_aside(&store, "o1").await;
        until_over(&store, 3).await;
        let counted = store.prunable(Timestamp::now()).await.unwrap();
        assert_eq!(keys(&store).await, ["o0", "o1", "o2", "o3"], "counting removes nothing");

        let pruned = store.prune(Timestamp::now()).await.unwrap();
        assert_eq!((pruned.flows, pruned.events), (3, counted.events));
        assert_eq!(keys(&store).await, ["o1"]);
        assert_eq!(store.prune(Timestamp::now()).await.unwrap().flows, 0, "once is enough");

        broken.store(false, Ordering::SeqCst);
        assert!(store.retry(&bank_of("o1")).await.unwrap());
        assert_eq!(hear(&client, 1).await, ["o1 brewed 2"]);
        for number in 4..6 {
            client.order(&order(number)).await.unwrap();
        }
        assert_eq!(hear(&client, 2).await, ["o4 brewed 2", "o5 sorry"]);
        assert_eq!(ledger.lines(), expected(0..6).0);
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_young_stays() {
    let (_place, stores) = stores().await;
    for store in stores {
        let running = open(&store, &Ledger::default()).start();
        let began = Timestamp::now();
        let client = Client::new(&store);
        client.order(&order(0)).await.unwrap();
        hear(&client, 1).await;
        until_over(&store, 1).await;
        let pruned = store.prune(began).await.unwrap();
        assert_eq!((pruned.flows, pruned.events, pruned.lines), (0, 0, 0));
        running.shutdown().await.unwrap();
    }
}

/// In memory, what was published is with those who take it.
#[tokio::test]
async fn a_flow_of_which_somebody_has_still_to_take_an_event_stays() {
    let (_place, stores) = stores().await;
    for store in stores.into_iter().skip(1) {
        let ledger = Ledger::default();
        let running = open(&store, &ledger).start();
        let client = Client::new(&store);
        client.order(&order(0)).await.unwrap();
        // Heard, and not done.
        let heard = client.next().await.unwrap();
        until("the shop to be over", async || {
            let left = store.instances(&Which::default(), 100).await.unwrap();
            (left.total == 0).then_some(())
        })
        .await;
        assert_eq!(store.prune(Timestamp::now()).await.unwrap().flows, 0);
        heard.done().await.unwrap();
        until_over(&store, 1).await;
        running.shutdown().await.unwrap();
    }
}

/// Numbers of events are not given twice: a process that was there before the file was emptied hears what comes after.
#[tokio::test]
async fn another_process_hears_what_comes_after() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let (here, there) = (Store::sqlite(&path).unwrap(), Store::sqlite(&path).unwrap());
    let ledger = Ledger::default();
    let running: Runtime = open(&there, &ledger);
    let running = running.start();
    let client = Client::new(&here);
    for number in 0..3 {
        client.order(&order(number)).await.unwrap();
    }
    hear(&client, 3).await;
    until_over(&here, 3).await;
    assert_eq!(here.prune(Timestamp::now()).await.unwrap().flows, 3);
    for number in 3..6 {
        client.order(&order(number)).await.unwrap();
    }
    assert_eq!(hear(&client, 3).await, expected(3..6).1);
    running.shutdown().await.unwrap();
}
