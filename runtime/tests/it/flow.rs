//! Orders from their start to their end.

use std::time::Duration;

use chor_runtime::Store;
use tempfile::TempDir;

use crate::people::{Bank, Kitchen, Ledger, Shop, expected, hear, open, order};
use crate::tea::customer::Client;
use crate::tea::{bank, kitchen, shop};

/// 200 orders, all placed before any is served.
pub async fn check_all_orders(store: Store) {
    let ledger = Ledger::default();
    let client = Client::new(&store);
    for number in 0..200 {
        client.order(&order(number)).await.unwrap();
    }
    let running = open(&store, &ledger).start();
    let heard = hear(&client, 200).await;
    running.shutdown().await.unwrap();
    assert_eq!((ledger.lines(), heard), expected(0..200));
    assert_eq!(store.journal().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_ends_as_its_choices_imply_in_memory() {
    check_all_orders(Store::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_ends_as_its_choices_imply_in_a_file() {
    let folder = TempDir::new().unwrap();
    check_all_orders(Store::sqlite(folder.path().join("tea.db")).unwrap()).await;
}

/// Each service has its own handle of the file, as processes of their own would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_meet_in_one_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let own = || Store::sqlite(&path).unwrap();
    let ledger = Ledger::default();
    let running = [
        chor_runtime::Runtime::new(&own()).serve(shop::service(Shop)).start(),
        chor_runtime::Runtime::new(&own()).serve(bank::service(Bank::honest(&ledger))).start(),
        chor_runtime::Runtime::new(&own()).serve(kitchen::service(Kitchen(ledger.clone()))).start(),
    ];
    let client = Client::new(&own());
    let placing = async {
        for number in 0..100 {
            client.order(&order(number)).await.unwrap();
        }
    };
    let (heard, ()) = tokio::join!(hear(&client, 100), placing);
    for running in running {
        running.shutdown().await.unwrap();
    }
    assert_eq!((ledger.lines(), heard), expected(0..100));
}

/// Three replicas of everything race for every event of one file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_do_nothing_twice() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let ledger = Ledger::default();
    let stores: Vec<Store> = (0..3).map(|_| Store::sqlite(&path).unwrap()).collect();
    let running: Vec<_> = stores.iter().map(|store| open(store, &ledger).start()).collect();
    let client = Client::new(&Store::sqlite(&path).unwrap());
    for number in 0..100 {
        client.order(&order(number)).await.unwrap();
    }
    let heard = hear(&client, 100).await;
    for running in running {
        running.shutdown().await.unwrap();
    }
    assert_eq!((ledger.lines(), heard), expected(0..100));
    let more = tokio::time::timeout(Duration::from_millis(200), client.next()).await;
    assert!(more.is_err(), "nothing comes twice: {more:?}");
}

#[tokio::test]
async fn the_same_id_is_one_event() {
    let folder = TempDir::new().unwrap();
    for store in [Store::memory(), Store::sqlite(folder.path().join("tea.db")).unwrap()] {
        let ledger = Ledger::default();
        let client = Client::new(&store);
        let running = open(&store, &ledger).start();
        client.order_with_id("first", &order(0)).await.unwrap();
        client.order_with_id("first", &order(0)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
        client.order_with_id("first", &order(0)).await.unwrap();
        client.order_with_id("second", &order(0)).await.unwrap();
        client.order(&order(1)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o1 brewed 2"]);
        running.shutdown().await.unwrap();
        let journal = store.journal().await.unwrap();
        let lines: Vec<_> = journal.iter().map(|r| (r.event.to_string(), r.verdict.to_string())).collect();
        assert_eq!(lines, [("second".to_owned(), "duplicate start".to_owned())]);
    }
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_done() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let store = Store::sqlite(&path).unwrap();
    let running = open(&store, &Ledger::default()).start();
    let client = Client::new(&store);
    client.order(&order(0)).await.unwrap();
    let id = client.next().await.unwrap().id().clone();
    let again = client.next().await.unwrap();
    assert_eq!(again.id(), &id, "it was dropped, so it comes again");
    drop(again);
    running.shutdown().await.unwrap();

    let restarted = Client::new(&Store::sqlite(&path).unwrap());
    let delivery = restarted.next().await.unwrap();
    assert_eq!(delivery.id(), &id, "it was not done, so it comes again after a restart");
    delivery.done().await.unwrap();
    let more = tokio::time::timeout(Duration::from_millis(100), restarted.next()).await;
    assert!(more.is_err(), "it is done: {more:?}");
}

/// Each process is brought every event, and one of them deals with it.
#[tokio::test]
async fn what_one_process_has_done_with_does_not_come_to_another() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let (here, there) = (Store::sqlite(&path).unwrap(), Store::sqlite(&path).unwrap());
    let running = open(&here, &Ledger::default()).start();
    let (here, there) = (Client::new(&here), Client::new(&there));
    here.order(&order(0)).await.unwrap();
    // From now on both are brought what comes.
    assert_eq!(hear(&there, 1).await, ["o0 brewed 1"]);
    assert!(tokio::time::timeout(Duration::from_millis(100), here.next()).await.is_err(), "it was done with");
    for number in [3, 6] {
        here.order(&order(number)).await.unwrap();
    }
    assert_eq!(hear(&here, 2).await, expected([3, 6].into_iter()).1);
    here.order(&order(9)).await.unwrap();
    assert_eq!(hear(&there, 1).await, expected(9..10).1);
    running.shutdown().await.unwrap();
}
