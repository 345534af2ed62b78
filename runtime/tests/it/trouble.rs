//! What goes wrong at one instance, and what must not go wrong at the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chor_runtime::{Context, HandlerError, InstanceId, Key, RetryPolicy, Running, Runtime, Store};
use tempfile::TempDir;

use crate::people::{Bank, Kitchen, Ledger, Shop, expected, hear, open, open_with, order};
use crate::stores::{local_stores, stores};
use crate::tea::customer::{Client, Order};
use crate::tea::{bank, kitchen, shop};

pub fn quick(attempts: u32) -> RetryPolicy {
    RetryPolicy { attempts, first: Duration::from_millis(1), longest: Duration::from_millis(5) }
}

pub fn bank_of(order: &str) -> InstanceId {
    InstanceId { service: "Bank".into(), choreography: "tea.Tea".into(), key: Key::from_text(order) }
}

pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The reason why the bank has set `order` aside.
pub async fn set_aside(store: &Store, order: &str) -> String {
    until("the instance to be set aside", async || {
        let aside = store.quarantined().await.unwrap();
        aside.into_iter().find(|it| it.instance == bank_of(order)).map(|it| it.reason)
    })
    .await
}

fn start<F>(store: &Store, ledger: &Ledger, attempts: u32, before: F) -> Running
where
    F: Fn(&Context) -> Result<(), HandlerError> + Send + Sync + 'static,
{
    open_with(store, ledger, Bank { ledger: ledger.clone(), before }).retry(quick(attempts)).start()
}

#[tokio::test]
async fn a_fault_that_passes_is_passed() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        let running = start(&store, &ledger, 5, move |cx| {
            assert_eq!(cx.attempt(), counted.fetch_add(1, Ordering::SeqCst) + 1);
            if cx.attempt() < 4 { Err(std::io::Error::other("busy").into()) } else { Ok(()) }
        });
        let client = Client::new(&store);
        client.order(&order(0)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
        running.shutdown().await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 4);
        assert_eq!(ledger.lines(), expected(0..1).0);
    }
}

#[tokio::test]
async fn one_instance_is_set_aside_the_others_go_on_and_it_can_go_on_later() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let broken = Arc::new(AtomicBool::new(true));
        let still = broken.clone();
        let running = start(&store, &ledger, 3, move |cx| {
            if cx.key() == "o1" && still.load(Ordering::SeqCst) {
                return Err(HandlerError::transient("no line"));
            }
            Ok(())
        });
        let client = Client::new(&store);
        for number in 0..4 {
            client.order(&order(number)).await.unwrap();
        }
        assert_eq!(hear(&client, 3).await, ["o0 brewed 1", "o2 sorry", "o3 brewed 1"]);
        assert_eq!(set_aside(&store, "o1").await, "failed 3 times, last with: no line");
        let status = store.status(&bank_of("o1")).await.unwrap().unwrap();
        assert_eq!((status.state, status.finished, status.waiting), (0, false, 1));
        let journal = store.journal().await.unwrap();
        let lines: Vec<_> = journal.iter().map(|it| (it.event_type.short(), it.verdict.as_str())).collect();
        assert_eq!(lines, [("Ordered", "quarantined")]);

        broken.store(false, Ordering::SeqCst);
        assert!(store.retry(&bank_of("o1")).await.unwrap());
        assert_eq!(hear(&client, 1).await, ["o1 brewed 2"]);
        assert!(!store.retry(&bank_of("o1")).await.unwrap(), "it is not set aside any more");
        running.shutdown().await.unwrap();
        assert_eq!(ledger.lines(), expected(0..4).0);
        assert_eq!(store.quarantined().await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_instance_is_let_go_on_by_another_process() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let (ledger, broken) = (Ledger::default(), Arc::new(AtomicBool::new(true)));
    let still = broken.clone();
    let store = Store::sqlite(&path).unwrap();
    let running = start(&store, &ledger, 1, move |_| match still.load(Ordering::SeqCst) {
        true => Err(HandlerError::transient("no line")),
        false => Ok(()),
    });
    let client = Client::new(&store);
    client.order(&order(0)).await.unwrap();
    set_aside(&store, "o0").await;
    broken.store(false, Ordering::SeqCst);
    assert!(Store::sqlite(&path).unwrap().retry(&bank_of("o0")).await.unwrap());
    assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_no_repetition_can_mend_is_not_repeated() {
    let check = async |before: fn(&Context) -> Result<(), HandlerError>, attempts, reason: &str| {
        let (store, ledger, calls) = (Store::memory(), Ledger::default(), Arc::new(AtomicU32::new(0)));
        let counted = calls.clone();
        let running = start(&store, &ledger, 2, move |cx| {
            counted.fetch_add(1, Ordering::SeqCst);
            before(cx)
        });
        Client::new(&store).order(&order(0)).await.unwrap();
        assert_eq!(set_aside(&store, "o0").await, reason);
        assert_eq!(calls.load(Ordering::SeqCst), attempts);
        running.shutdown().await.unwrap();
    };
    check(|_| Err(HandlerError::permanent("account closed")), 1, "account closed").await;
    check(|_| Err(HandlerError::transient("busy")), 2, "failed 2 times, last with: busy").await;
    check(|_| panic!("division by zero"), 2, "failed 2 times, last with: it panicked: division by zero")
        .await;
}

#[tokio::test]
async fn a_payload_that_breaks_its_contract_sets_the_instance_aside() {
    let store = Store::memory();
    let running = start(&store, &Ledger::default(), 3, |_| Ok(()));
    let customer = chor_runtime::codegen::Client::new(&store, "Customer");
    // A customer with other ideas of the contract.
    let check = async |key: &str, event: &serde_json::Value, reason: &str| {
        let event = Loose(event.clone());
        let id = chor_runtime::EventId::random();
        customer.send("tea.Tea", &["Shop"], id, &event, &[&key]).await.unwrap();
        let found = until("the instance to be set aside", async || {
            store.quarantined().await.unwrap().into_iter().find(|it| it.instance.key.as_str() == key)
        })
        .await;
        assert_eq!(found.reason, reason);
    };
    let json = |text| serde_json::from_str(text).unwrap();
    check("a", &json(r#"{"order":"a","cups":101}"#), "Order of Shop: cups must be at most 100, is 101").await;
    let wrong = r#"Order of Shop: cups invalid type: string "two", expected u32 at line 1 column 13"#;
    check("b", &json(r#"{"cups":"two","order":"b"}"#), wrong).await;
    check("c", &json(r#"{"order":"d","cups":1}"#), "Order of Shop: its payload names d, it was sent for c")
        .await;
    let missing = "Order of Shop: missing field `cups` at line 1 column 13";
    check("e", &json(r#"{"order":"e"}"#), missing).await;
    running.shutdown().await.unwrap();
}

/// An `Order` of any shape.
#[derive(serde::Serialize, serde::Deserialize)]
struct Loose(serde_json::Value);

impl chor_runtime::codegen::Payload for Loose {
    const TYPE: &'static str = "tea.Order";
}

#[tokio::test]
async fn what_cannot_be_heard_is_recorded_and_blocks_nothing() {
    let (_place, stores) = local_stores();
    for store in stores {
        let ledger = Ledger::default();
        let running = start(&store, &ledger, 3, |_| Ok(()));
        let customer = chor_runtime::codegen::Client::new(&store, "Customer");
        // The bank hears no orders from customers.
        let event = Loose(serde_json::json!({ "order": "o0" }));
        customer.send("tea.Tea", &["Bank"], "stray", &event, &[&"o0"]).await.unwrap();
        let client = Client::new(&store);
        client.order(&order(0)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
        let record = until("the record", async || store.journal().await.unwrap().into_iter().next()).await;
        assert_eq!((record.event.to_string(), record.verdict.as_str()), ("stray".to_owned(), "illegal"));
        assert!(record.reason.starts_with("Bank cannot hear Order from Customer: "), "{}", record.reason);
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_heard_from_outside_leaves_no_trace_in_the_instance() {
    let (_place, stores) = local_stores();
    for store in stores {
        let running = start(&store, &Ledger::default(), 3, |_| Ok(()));
        let (client, o0) = (Client::new(&store), order(0));
        let customer = chor_runtime::codegen::Client::new(&store, "Customer");
        for number in 0..3 {
            let stray = Loose(serde_json::json!({ "order": "o0" }));
            customer.send("tea.Tea", &["Bank"], format!("stray {number}"), &stray, &[&"o0"]).await.unwrap();
        }
        let seen = async |count| {
            until("the records", async || {
                let journal = store.journal().await.unwrap();
                (journal.len() == count).then(|| journal.last().unwrap().verdict.clone())
            })
            .await
        };
        assert_eq!(seen(3).await, "illegal");
        assert_eq!(store.status(&bank_of("o0")).await.unwrap(), None, "nothing has begun");

        client.order(&o0).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
        client.order(&o0).await.unwrap();
        assert_eq!(seen(4).await, "duplicate start");
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn an_instance_of_another_version_is_held_until_that_version_is_back() {
    let (_place, stores) = stores().await;
    for store in stores {
        let ledger = Ledger::default();
        let client = Client::new(&store);
        // The kitchen has begun the instance with one version and is closed.
        let kitchen = Runtime::new(&store)
            .serve(shop::service(Shop))
            .serve(kitchen::service(Kitchen(ledger.clone())))
            .start();
        client.order(&order(0)).await.unwrap();
        let begun = InstanceId { service: "Kitchen".into(), ..bank_of("o0") };
        until("the kitchen to begin", async || store.status(&begun).await.unwrap()).await;
        kitchen.shutdown().await.unwrap();

        let newer = Runtime::new(&store)
            .serve(bank::service(Bank::honest(&ledger)))
            .serve(kitchen::other_version(Kitchen(ledger.clone())))
            .start();
        let held = until("the record", async || store.journal().await.unwrap().into_iter().next()).await;
        assert_eq!((held.verdict.as_str(), held.event_type.short()), ("held", "Paid"));
        newer.shutdown().await.unwrap();
        assert_eq!(ledger.lines(), ["o0 Bank pays"]);

        let older = start(&store, &ledger, 3, |_| Ok(()));
        assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
        older.shutdown().await.unwrap();
        assert_eq!(ledger.lines(), expected(0..1).0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_instance_holds_up_nobody() {
    let store = Store::memory();
    let (ledger, client) = (Ledger::default(), Client::new(&store));
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let running = Runtime::new(&store)
        .serve(shop::service(Shop))
        .serve(bank::service(SlowBank { ledger: ledger.clone(), waits: Arc::default(), gate: gate.clone() }))
        .serve(kitchen::service(Kitchen(ledger.clone())))
        .start();
    for number in 0..10 {
        client.order(&order(number)).await.unwrap();
    }
    let others: Vec<u32> = (1..10).collect();
    assert_eq!(hear(&client, 9).await, expected(others.into_iter()).1);
    gate.add_permits(1);
    assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
    running.shutdown().await.unwrap();
}

/// Makes the first order wait at a gate, and says when it does.
struct SlowBank {
    ledger: Ledger,
    waits: Arc<tokio::sync::Notify>,
    gate: Arc<tokio::sync::Semaphore>,
}

impl bank::Bank for SlowBank {
    async fn on_ordered(&self, event: bank::Ordered, cx: &Context) -> chor_runtime::Answer<bank::OnOrdered> {
        if cx.key() == "o0" {
            self.waits.notify_one();
            self.gate.acquire().await?.forget();
        }
        bank::Bank::on_ordered(&Bank::honest(&self.ledger), event, cx).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_lets_running_handlers_finish_and_leaves_the_rest() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (ledger, client) = (Ledger::default(), Client::new(&store));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let waits = Arc::<tokio::sync::Notify>::default();
        let slow = SlowBank { ledger: ledger.clone(), waits: waits.clone(), gate: gate.clone() };
        let running = Runtime::new(&store).serve(shop::service(Shop)).serve(bank::service(slow)).start();
        client.order(&order(0)).await.unwrap();
        tokio::time::timeout(Duration::from_secs(60), waits.notified()).await.unwrap();
        let mut stopping = Box::pin(running.shutdown());
        let soon = tokio::time::timeout(Duration::from_millis(50), &mut stopping).await;
        assert!(soon.is_err(), "the bank is still thinking");
        client.order(&order(1)).await.unwrap();
        gate.add_permits(1);
        stopping.await.unwrap();
        assert_eq!(ledger.lines(), ["o0 Bank pays"], "what was begun is finished, nothing else is begun");

        let running = start(&store, &ledger, 3, |_| Ok(()));
        assert_eq!(hear(&client, 2).await, ["o0 brewed 1", "o1 brewed 2"]);
        running.shutdown().await.unwrap();
        assert_eq!(ledger.lines(), expected(0..2).0);
    }
}

/// Runtimes are dropped in the middle of their work, again and again, as if they had been killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runtime_that_is_dropped_has_lost_and_doubled_nothing() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (ledger, client) = (Ledger::default(), Client::new(&store));
        let listening = tokio::spawn({
            let client = client.clone();
            async move { hear(&client, 300).await }
        });
        for number in 0..300 {
            client.order(&order(number)).await.unwrap();
        }
        for round in 0..50 {
            let running = start(&store, &ledger, 3, |_| Ok(()));
            tokio::time::sleep(Duration::from_micros(300 * (round % 7))).await;
            drop(running);
        }
        let running = start(&store, &ledger, 3, |_| Ok(()));
        let heard = listening.await.unwrap();
        running.shutdown().await.unwrap();
        assert_eq!((ledger.lines(), heard), expected(0..300));
        assert_eq!(store.journal().await.unwrap(), []);
    }
}

#[tokio::test]
async fn one_who_watches_and_panics_stops_nothing() {
    let store = Store::memory();
    let running = open(&store, &Ledger::default()).observe(|_| panic!("I cannot look")).start();
    let client = Client::new(&store);
    client.order(&order(0)).await.unwrap();
    assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_service_is_served_once_in_a_runtime() {
    let store = Store::memory();
    let mut running = Runtime::new(&store).serve(shop::service(Shop)).serve(shop::service(Shop)).start();
    let ended = running.ended().await.unwrap_err().to_string();
    assert_eq!(ended, "Shop is to be served twice by one runtime: leave one of the two out");
    assert_eq!(running.shutdown().await.unwrap_err().to_string(), ended, "it can be asked again");
}

#[tokio::test]
async fn what_is_sent_is_checked_first() {
    let client = Client::new(&Store::memory());
    let check = async |id: &str, event: Order, expected: &str| {
        assert_eq!(client.order_with_id(id, &event).await.unwrap_err().to_string(), expected);
    };
    let good = || Order { order: "o0".to_owned(), cups: 1 };
    check("a", Order { cups: 101, ..good() }, "Order is invalid: cups must be at most 100, is 101").await;
    check("a", Order { order: String::new(), ..good() }, "Order is invalid: the key must not be empty").await;
    let long = Order { order: "x".repeat(513), ..good() };
    check("a", long, "Order is invalid: the key must have at most 512 bytes, has 513").await;
    check("", good(), "the id of an event has 1 to 128 bytes").await;
    check(&"x".repeat(129), good(), "the id of an event has 1 to 128 bytes").await;
}
