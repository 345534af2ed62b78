//! What others put on the server that is none of ours: it is recorded, nothing stops, and nothing is lost.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use chor_runtime::Store;

use super::{Server, VERSIONS, Version, store};
use crate::people::{Ledger, hear, open, order};
use crate::tea::customer::Client;

/// An order as a CloudEvent, with these headers changed; an empty one is left out.
fn headers(changed: &[(&str, &str)]) -> HeaderMap {
    let good =
        [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "Customer"), ("ce-type", "tea.Order")];
    let mut headers = HeaderMap::new();
    for (name, value) in good.iter().chain(changed) {
        headers.insert(*name, *value);
    }
    let left_out = changed.iter().filter(|(_, value)| value.is_empty()).map(|(name, _)| *name);
    let left_out: Vec<&str> = left_out.collect();
    let mut kept = HeaderMap::new();
    for (name, values) in headers.iter() {
        if let Some(value) = values.first().filter(|_| !left_out.contains(&name.as_ref())) {
            kept.insert(name.clone(), value.clone());
        }
    }
    kept
}

/// The journal, when it has so many lines: what it says of each key, in order of the keys.
async fn journal(store: &Store, lines: usize) -> Vec<(String, String)> {
    let began = Instant::now();
    loop {
        let journal = store.journal().await.unwrap();
        if journal.len() >= lines {
            let mut said: Vec<_> =
                journal.into_iter().map(|line| (line.instance.key.to_string(), line.reason)).collect();
            said.sort();
            return said;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{} of {lines} lines", journal.len());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_event_of_ours_is_recorded_and_goes_no_further() {
    for version in VERSIONS {
        let server = Server::start(version);
        let (store, ledger) = (store(&server, "tea").await, Ledger::default());
        let running = open(&store, &ledger).start();
        let stranger = async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap());
        let publish = async |key: &str, headers: HeaderMap, payload: &str| {
            let subject = format!("tea.Customer.tea-Tea.tea-Order.{key}");
            let sent = stranger.publish_with_headers(subject, headers, payload.to_owned().into());
            sent.await.unwrap().await.unwrap();
        };
        let json = |key: &str| format!("{{\"order\":\"{key}\",\"cups\":1}}");
        publish("a", HeaderMap::new(), &json("a")).await;
        publish("b", headers(&[("ce-id", "")]), &json("b")).await;
        publish("c", headers(&[("ce-specversion", "0.3")]), &json("c")).await;
        publish("d", headers(&[("ce-source", "Bank")]), &json("d")).await;
        publish("e", headers(&[("ce-type", "tea.Paid")]), &json("e")).await;
        publish("f", headers(&[("ce-subject", "o9")]), &json("f")).await;
        publish("g", headers(&[]), "{").await;
        publish("h", headers(&[("ce-chorseq", "Shop=first")]), &json("h")).await;
        publish("=zz", headers(&[]), &json("i")).await;
        // A place in what the shop is sent: no external has one.
        publish("j", headers(&[("ce-chorseq", "Shop=1")]), &json("j")).await;
        let said = journal(&store, 10).await;
        let expected = [
            ("=zz", "the last part of its subject tea.Customer.tea-Tea.tea-Order.=zz is no key"),
            ("a", "it is no CloudEvent: it has no header ce-specversion"),
            ("b", "it is no CloudEvent: it has no header ce-id"),
            ("c", "it is a CloudEvent of version 0.3: only 1.0 is known"),
            ("d", "its ce-source is Bank, its subject says Customer"),
            ("e", "its ce-type is tea.Paid, its subject says tea.Order"),
            ("f", "its ce-subject is o9, its subject says f"),
            ("g", "its payload is no JSON: EOF while parsing an object at line 1 column 1"),
            ("h", "its header ce-chorseq cannot be read"),
            (
                "j",
                "it has a header ce-chorseq, but Customer is an external, whose events have no places in what Shop is sent",
            ),
        ];
        assert_eq!(said, expected.map(|(key, reason)| (key.to_owned(), reason.to_owned())));

        // What is good is taken, whoever sends it.
        publish("k", headers(&[]), &json("k")).await;
        let client = Client::new(&store);
        assert_eq!(hear(&client, 1).await, ["k brewed 1"]);
        client.order(&order(0)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
        running.shutdown().await.unwrap();
        assert_eq!(store.quarantined().await.unwrap(), []);
    }
}

/// Each line of the journal has a subject and a size that the server takes, whatever was sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_malformed_may_be_of_any_size() {
    let server = Server::start(Version::Current);
    let (store, ledger) = (store(&server, "tea").await, Ledger::default());
    let running = open(&store, &ledger).start();
    let stranger = async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap());
    let publish = async |key: &str, headers: HeaderMap, payload: String| {
        let subject = format!("tea.Customer.tea-Tea.tea-Order.{key}");
        let sent = stranger.publish_with_headers(subject, headers, payload.into());
        sent.await.unwrap().await.unwrap();
    };
    let (long, quotes) = ("%".repeat(1300), "\"".repeat(60_000));
    publish(&long, headers(&[]), "{}".to_owned()).await;
    publish("a", headers(&[("ce-source", &quotes)]), "{}".to_owned()).await;
    // It would have to wait with more headers than it has: its key in two of them, three times as long as here.
    let key = "=C3=A9".repeat(250);
    publish(&key, headers(&[]), format!("\"{}\"", "x".repeat(1_044_000))).await;
    let said = journal(&store, 3).await;
    let lengths: Vec<_> = said.iter().map(|(key, reason)| (key.len(), reason.len() < 2100)).collect();
    assert_eq!(lengths, [(512, true), (1, true), (500, true)]);
    assert!(said.last().unwrap().1.starts_with("it has 1044"), "{:?}", said.last());

    let client = Client::new(&store);
    client.order(&order(0)).await.unwrap();
    assert_eq!(hear(&client, 1).await, ["o0 brewed 1"]);
    running.shutdown().await.unwrap();
}
