//! Processes that are killed, at random moments and at every named place; and the server, under load.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chor_runtime::{NatsOptions, Store};
use tempfile::TempDir;

use super::{Server, VERSIONS, Version, log, store};
use crate::people::{Ledger, expected, hear, open, order};
use crate::tea::customer::Client;

/// The ledger of a child process is in this folder; its store is at this address, in this namespace.
const FOLDER: &str = "CHOR_TEST_NATS_FOLDER";
const URL: &str = "CHOR_TEST_NATS_URL";
const NAMESPACE: &str = "CHOR_TEST_NATS_NAMESPACE";

/// What a child process does: it serves the tea shop until it is stopped. In the test run itself it has
/// nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let (url, namespace) = (std::env::var(URL).unwrap(), std::env::var(NAMESPACE).unwrap());
    let store = Store::nats(NatsOptions::new(url).namespace(namespace)).await.unwrap();
    let ledger = Ledger::file(&Path::new(&folder).join("ledger"));
    open(&store, &ledger).run().await.unwrap();
}

/// Where the processes of one test work.
#[derive(Clone)]
struct Place {
    url: String,
    namespace: String,
    folder: std::sync::Arc<TempDir>,
}

impl Place {
    fn spawn(&self, failpoint: Option<&str>) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "nats::kill::child", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(URL, &self.url)
            .env(NAMESPACE, &self.namespace);
        if let Some(failpoint) = failpoint {
            command.env("CHOR_FAILPOINT", failpoint);
        }
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Places orders while `disturb` does its worst, and sees that all end as they should.
async fn check(server: &Server, namespace: &str, orders: u32, disturb: impl FnOnce(&Place) + Send + 'static) {
    let folder = std::sync::Arc::new(TempDir::new().unwrap());
    let place = Place { url: server.url(), namespace: namespace.to_owned(), folder };
    let store = store(server, namespace).await;
    let client = Client::new(&store);
    let placing = async {
        for number in 0..orders {
            client.order(&order(number)).await.unwrap();
        }
    };
    let there = place.clone();
    let disturbing = tokio::task::spawn_blocking(move || {
        disturb(&there);
        // Whatever was killed is started again, for good.
        there.spawn(None)
    });
    let (heard, (), last) = tokio::join!(hear(&client, orders as usize), placing, disturbing);
    let lines = Ledger::file(&place.folder.path().join("ledger")).lines();
    end(last.unwrap());
    assert_eq!((lines, heard), expected(0..orders), "{namespace}");
    assert_eq!(store.journal().await.unwrap(), []);
    check_log(server, namespace, orders).await;
}

/// Each order's events are in the log, each once.
async fn check_log(server: &Server, namespace: &str, orders: u32) {
    let events = log::events(server, namespace).await;
    assert_eq!(events.len(), orders as usize);
    for number in 0..orders {
        let order = order(number);
        let sold: &[&str] = &["Order", "Ordered", "Paid", "Brewed"];
        let expected = if order.cups > 10 { &["Order", "Ordered", "Refused", "Sorry"] } else { sold };
        assert_eq!(events[&order.order], expected, "{namespace}: order {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_killed_in_turn() {
    let server = Server::start(Version::Current);
    check(&server, "turn", 100, |place| {
        let mut children = [place.spawn(None), place.spawn(None)];
        for round in 0..10 {
            std::thread::sleep(Duration::from_millis(60 + 30 * (round % 3)));
            let killed = std::mem::replace(&mut children[usize::from(round % 2 == 0)], place.spawn(None));
            end(killed);
        }
        children.into_iter().for_each(end);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_killed_under_load() {
    for version in VERSIONS {
        let mut server = Server::start(version);
        let (store, ledger) = (store(&server, "tea").await, Ledger::default());
        let client = Client::new(&store);
        let running = open(&store, &ledger).start();
        let hearing = tokio::spawn({
            let client = client.clone();
            async move { hear(&client, 120).await }
        });
        for number in 0..120 {
            if number % 20 == 10 {
                server.kill();
                server.start_again();
            }
            client.order(&order(number)).await.unwrap();
        }
        let heard = hearing.await.unwrap();
        running.shutdown().await.unwrap();
        assert_eq!((ledger.lines(), heard), expected(0..120));
        check_log(&server, "tea", 120).await;
    }
}

/// `cargo test -p chor-runtime --features failpoints,nats`
#[cfg(feature = "failpoints")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_named_place() {
    let server = Server::start(Version::Oldest);
    let places = [
        "before_handler",
        "after_handler",
        "before_commit",
        "after_wakes",
        "after_state",
        "while_publishing",
        "before_ack",
        "after_commit",
    ];
    let checks = places.map(|place| {
        check(&server, place, 30, move |there| {
            let died: Vec<bool> = [1, 2, 5, 8]
                .into_iter()
                .map(|times| dies(there.spawn(Some(&format!("{place}:{times}")))))
                .collect();
            // The later ones may find too little left to do.
            assert!(died.starts_with(&[true, true]), "{place}: {died:?}");
        })
    });
    futures_util::future::join_all(checks).await;
}

/// Whether the process dies by itself before long. If not, it is killed.
#[cfg(feature = "failpoints")]
fn dies(mut child: Child) -> bool {
    for _ in 0..1000 {
        if let Some(status) = child.try_wait().unwrap() {
            return !status.success();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    end(child);
    false
}
