//! The log as it is on the server, read by a client that knows nothing of this project.

use std::collections::BTreeMap;

use super::Server;

/// The events of each key, in the order of the log: the types, without their namespace. Panics if an event is there
/// twice.
pub async fn events(server: &Server, namespace: &str) -> BTreeMap<String, Vec<String>> {
    read(async_nats::connect(server.url()).await.unwrap(), namespace).await
}

/// The same on a server that asks who one is.
pub async fn events_as(server: &Server, user: &str, namespace: &str) -> BTreeMap<String, Vec<String>> {
    let options = async_nats::ConnectOptions::with_user_and_password(user.to_owned(), user.to_owned());
    read(options.connect(server.url()).await.unwrap(), namespace).await
}

async fn read(client: async_nats::Client, namespace: &str) -> BTreeMap<String, Vec<String>> {
    let stream = async_nats::jetstream::new(client).get_stream(namespace).await.unwrap();
    let (mut events, mut ids) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
    for number in 1..=stream.cached_info().state.last_sequence {
        let message = stream.direct_get(number).await.unwrap();
        let header = |name: &str| message.headers.get(name).unwrap().as_str().to_owned();
        let (event, key) = (header("ce-type"), header("ce-subject"));
        let (_, name) = event.rsplit_once('.').unwrap();
        events.entry(key).or_default().push(name.to_owned());
        ids.push((header("ce-source"), header("ce-id")));
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "an event is in the log twice");
    events
}
