//! Three servers of which one is killed at a time.

use chor_runtime::{NatsOptions, Store};

use super::server::free_port;
use super::{Server, Version, log};
use crate::people::{Ledger, expected, hear, open, order};
use crate::tea::customer::Client;

/// Servers that know each other.
fn cluster() -> [Server; 3] {
    let ports = [free_port(), free_port(), free_port()];
    let routes = ports.map(|port| format!("\"nats://127.0.0.1:{port}\"")).join(", ");
    ports.map(|port| {
        let listen = format!("cluster {{ name: tea, listen: \"127.0.0.1:{port}\", routes: [{routes}] }}");
        Server::start_with(Version::Current, &format!("server_name: \"n{port}\"\n{listen}"))
    })
}

/// Everything is kept three times: what one server does not have, the two others know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_three_may_be_killed() {
    let mut servers = cluster();
    let all = servers.each_ref().map(Server::url).join(",");
    let store = Store::nats(NatsOptions::new(all).namespace("tea").replicas(3)).await.unwrap();
    let (ledger, client) = (Ledger::default(), Client::new(&store));
    let running = open(&store, &ledger).start();
    let hearing = tokio::spawn({
        let client = client.clone();
        async move { hear(&client, 60).await }
    });
    for number in 0..60 {
        if number % 20 == 10 {
            servers[number as usize / 20].kill();
        }
        client.order(&order(number)).await.unwrap();
        if number % 20 == 19 {
            servers[number as usize / 20].start_again();
        }
    }
    let heard = hearing.await.unwrap();
    running.shutdown().await.unwrap();
    assert_eq!((ledger.lines(), heard), expected(0..60));
    assert_eq!(store.journal().await.unwrap(), []);
    assert_eq!(log::events(&servers[0], "tea").await.len(), 60);
}
