//! Processes on one NATS server, which is killed as well; two of them are replicas of Payment.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use checkout::goods;
use checkout::stubs::customer::Client;
use chor_runtime::{InstanceId, Key, Store, Uuid};

use super::server::{Server, Version};
use super::shop::{Place, Shop};
use super::{Heard, Log, check, expected, hear, place_orders, seed};

const SERVICES: &[&str] = &["orders", "payment", "payment", "inventory", "shipping"];
const ORDERS: u32 = 80;

/// Where a step can be cut in two here.
const PLACES: &[&str] = &[
    "before_handler",
    "after_handler",
    "before_commit",
    "after_state",
    "while_publishing",
    "before_ack",
    "after_commit",
];

/// What a client reads from the log that knows nothing of this project.
async fn log(server: &Server) -> Log {
    let client = async_nats::connect(server.url()).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream("chor").await.unwrap();
    let mut log = Log::new();
    for number in 1..=stream.cached_info().state.last_sequence {
        let message = stream.direct_get(number).await.unwrap();
        let header = |name: &str| message.headers.get(name).unwrap().as_str().to_owned();
        let (event, id) = (header("ce-type"), header("ce-id"));
        let name = event.rsplit('.').next().unwrap_or_default().to_owned();
        log.entry(header("ce-subject")).or_default().push((name, id));
    }
    for events in log.values_mut() {
        events.sort();
    }
    log
}

/// Waits until the log holds everything that must come.
async fn complete_log(server: &Server, placed: &HashMap<Uuid, u32>) -> Log {
    let all: usize = placed.values().map(|number| expected(goods::ending(*number)).len()).sum();
    let patience = Instant::now() + Duration::from_mins(1);
    loop {
        let log = log(server).await;
        let there = log.values().map(Vec::len).sum::<usize>();
        if there >= all {
            return log;
        }
        assert!(Instant::now() < patience, "{} events are never published", all - there);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Waits until nobody who takes part in these orders has anything to do.
async fn all_finished(store: &Store, placed: &HashMap<Uuid, u32>) {
    let patience = Instant::now() + Duration::from_mins(1);
    for order in placed.keys() {
        for service in ["Orders", "Payment", "Inventory", "Shipping"] {
            let choreography = "example.shop.Checkout".into();
            let key = Key::new(&[order]).unwrap();
            let instance = InstanceId { service: service.into(), choreography, key };
            while store.status(&instance).await.unwrap().is_some_and(|status| !status.finished) {
                assert!(Instant::now() < patience, "{service} still waits in {order}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_ends_once_whoever_is_killed_and_whenever() {
    let server = RefCell::new(Server::start(Version::Current));
    let url = server.borrow().url();
    let store = Store::nats(url.as_str()).await.unwrap();
    let (client, heard) = (Client::new(&store), Heard::default());
    let hearing = tokio::spawn(hear(client.clone(), Heard::clone(&heard)));
    let mut shop = Shop::open(Place::Nats(url), SERVICES, seed());

    let mut kills: Vec<&str> = PLACES.iter().flat_map(|name| [*name; 2]).collect();
    kills.extend(["at random"; 12]);
    kills.extend(["server"; 3]);
    shop.random.shuffle(&mut kills);
    let kill = |shop: &mut Shop, name: &str| match name {
        "at random" => {
            shop.kill_at_random();
            true
        }
        "server" => {
            let mut server = server.borrow_mut();
            server.kill();
            server.start_again();
            true
        }
        place => shop.kill_at(place),
    };
    let (placed, died) = place_orders(&client, ORDERS, &mut shop, &kills, kill).await;
    let server = server.into_inner();
    let log = complete_log(&server, &placed).await;
    all_finished(&store, &placed).await;
    hearing.abort();

    assert!(died.values().sum::<u32>() > 15, "nobody died at a named place: {died:?}");
    assert_eq!(placed.len(), ORDERS as usize);
    assert_eq!(store.journal().await.unwrap(), [], "something was refused");
    check(&placed, &log, &heard);
}
