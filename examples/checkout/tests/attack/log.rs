//! The log of all events, read without the runtime.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use futures_util::StreamExt as _;

use crate::server::Server;

/// The events of each key: their names and ids, in the order of the log.
pub(crate) type Log = BTreeMap<String, Vec<(String, String)>>;

pub(crate) fn of_file(store: &Path) -> Log {
    let file = rusqlite::Connection::open(store).unwrap();
    let mut rows = file.prepare("SELECT key, type, id FROM event ORDER BY number").unwrap();
    let mut rows = rows.query([]).unwrap();
    let mut log = Log::new();
    while let Some(row) = rows.next().unwrap() {
        let event: String = row.get(1).unwrap();
        log.entry(row.get(0).unwrap()).or_default().push((short(&event), row.get(2).unwrap()));
    }
    log
}

pub(crate) async fn of_server(server: &Server) -> Log {
    let client = async_nats::connect(server.url()).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream("chor").await.unwrap();
    let config =
        pull::Config { ack_policy: AckPolicy::None, memory_storage: true, ..pull::Config::default() };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut messages = consumer.stream().max_messages_per_batch(1000).messages().await.unwrap();
    let mut log = Log::new();
    for _ in 0..consumer.cached_info().num_pending {
        let next = tokio::time::timeout(Duration::from_secs(30), messages.next()).await;
        let message = next.expect("the log goes on").unwrap().unwrap();
        let header = |name: &str| Some(message.headers.as_ref()?.get(name)?.as_str().to_owned());
        // What strangers have put there may have none.
        if let (Some(event), Some(id), Some(key)) = (header("ce-type"), header("ce-id"), header("ce-subject"))
        {
            log.entry(key).or_default().push((short(&event), id));
        }
    }
    log
}

fn short(event: &str) -> String {
    event.rsplit('.').next().unwrap_or_default().to_owned()
}
