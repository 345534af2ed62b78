//! An instance that cannot be read holds up nobody else.

use chor_runtime::{InstanceId, Key, Runtime, Store, Timestamp, Which};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::people::{Ledger, Shop, hear, open, order};
use crate::tea::customer::Client;
use crate::tea::shop;
use crate::trouble::until;

/// A store of which one instance can be read and written by hand: that of the shop, with this key.
struct ByHand<R, W> {
    store: Store,
    read: R,
    write: W,
}

impl<R: AsyncFn(&str) -> String, W: AsyncFn(&str, &str)> ByHand<R, W> {
    async fn check(self) {
        let Self { store, read, write } = self;
        let (ledger, client) = (Ledger::default(), Client::new(&store));
        let running = Runtime::new(&store).serve(shop::service(Shop)).start();
        for number in [0, 1, 4] {
            client.order(&order(number)).await.unwrap();
        }
        let of_shop = |key| InstanceId {
            service: "Shop".into(),
            choreography: "tea.Tea".into(),
            key: Key::from_text(key),
        };
        for key in ["o1", "o4"] {
            until("the orders", async || store.status(&of_shop(key)).await.unwrap()).await;
        }
        running.shutdown().await.unwrap();
        let before = (read("o1").await, read("o4").await);
        let of_newer_version = before.1.replace(r#""format":2"#, r#""format":99"#);
        assert_ne!(of_newer_version, before.1);
        write("o1", "{}").await;
        write("o4", &of_newer_version).await;

        let running = open(&store, &ledger).start();
        // All but the shop go on with the other as well.
        assert_eq!(hear(&client, 3).await, ["o0 brewed 1", "o1 brewed 2", "o4 brewed 2"]);
        for key in ["o1", "o4"] {
            let line = until("a line in the journal", async || {
                store.journal().await.unwrap().into_iter().find(|line| line.instance == of_shop(key))
            });
            let line = line.await;
            assert_eq!(line.verdict, "held");
            assert!(line.reason.contains("it holds what this program did not write ("), "{}", line.reason);
        }
        let found = store.instances(&Which::default(), 9).await.unwrap();
        let mut unreadable: Vec<_> = found.unreadable.into_iter().map(|(id, _)| id).collect();
        unreadable.sort();
        assert_eq!(unreadable, [of_shop("o1"), of_shop("o4")]);
        assert_eq!(store.quarantined().await.unwrap(), []);
        assert!(store.prunable(Timestamp::now()).await.unwrap().flows <= 1, "two of three stay");
        client.order(&order(3)).await.unwrap();
        assert_eq!(hear(&client, 1).await, ["o3 brewed 1"]);
        running.shutdown().await.unwrap();

        write("o1", &before.0).await;
        write("o4", &before.1).await;
        let running = open(&store, &ledger).start();
        for key in ["o1", "o4"] {
            until("the shop to go on", async || {
                store.status(&of_shop(key)).await.unwrap().filter(|status| status.finished)
            })
            .await;
        }
        running.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    let store = Store::sqlite(&path).unwrap();
    let file = || Connection::open(&path).unwrap();
    let read = async |key: &str| {
        let text = "SELECT progress FROM instance WHERE service = 'Shop' AND key = ?1";
        file().query_row(text, [key], |row| row.get(0)).unwrap()
    };
    let write = async |key: &str, progress: &str| {
        let text = "UPDATE instance SET progress = ?2 WHERE service = 'Shop' AND key = ?1";
        assert_eq!(file().execute(text, [key, progress]).unwrap(), 1);
    };
    ByHand { store, read, write }.check().await;
}

#[cfg(feature = "nats")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_server() {
    use crate::nats::server::{Server, Version};
    let server = Server::start(Version::Oldest);
    let store = crate::nats::store(&server, "tea").await;
    let jetstream = async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap());
    let subject = |key: &str| format!("tea-state.Shop.at.tea-Tea.{key}");
    let read = async |key: &str| {
        let instances = jetstream.get_stream("tea-Shop").await.unwrap();
        let last = instances.get_last_raw_message_by_subject(&subject(key)).await.unwrap();
        String::from_utf8(last.payload.to_vec()).unwrap()
    };
    let write = async |key: &str, state: &str| {
        jetstream.publish(subject(key), state.to_owned().into()).await.unwrap().await.unwrap();
    };
    ByHand { store, read, write }.check().await;
}
