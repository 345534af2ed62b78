//! Kill any of the processes, or all, at any moment: every order ends exactly once in the state that its choices
//! imply, and no event is lost or doubled.
//!
//! Real processes work on one file, or on one NATS server, while orders come in. They are killed at random moments
//! (SIGKILL) and at every named point of the runtime (they abort themselves there), and started again; so is the
//! server. The oracle is the log: it must hold, for each order, exactly the events of the run that the order's
//! choices imply.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod file;
mod nats;
#[expect(dead_code, reason = "this test needs one version alone")]
#[path = "../../../../tests/support/nats.rs"]
mod server;
mod shop;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use checkout::customer::order;
use checkout::goods::{self, Ending};
use checkout::stubs::customer::Client;
use chor_runtime::{EventId, Uuid};

use shop::Shop;

/// The events of each order in the log, sorted, with their ids.
type Log = BTreeMap<String, Vec<(String, String)>>;

/// What the customer has heard: for each order, how often.
type Heard = Arc<Mutex<HashMap<Uuid, u32>>>;

/// The events of an order that ends like this, sorted.
fn expected(ending: Ending) -> Vec<&'static str> {
    let mut events = vec!["PlaceOrder", "OrderPlaced"];
    events.extend(match ending {
        Ending::Shipped => ["StockReserved", "PaymentApproved", "OrderConfirmed", "OrderShipped"].as_slice(),
        Ending::Declined => &["StockReserved", "PaymentDeclined", "OrderCancelled", "StockReleased"],
        Ending::SoldOut => &["StockMissing", "PaymentApproved", "OrderCancelled", "PaymentRefunded"],
        Ending::DeclinedAndSoldOut => &["StockMissing", "PaymentDeclined", "OrderCancelled"],
    });
    events.sort_unstable();
    events
}

async fn hear(client: Client, heard: Heard) {
    loop {
        let delivery = client.next().await.unwrap();
        let event = delivery.done().await.unwrap();
        *heard.lock().unwrap().entry(order(&event)).or_default() += 1;
    }
}

/// The number from which everything random follows.
fn seed() -> u64 {
    let given = std::env::var("CHOR_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("CHOR_SEED={seed}");
    seed
}

/// Places so many orders while `shop` is killed like this, one kill after the other. Says which order has which
/// number, and how often each kill has killed.
async fn place_orders<'a, K: AsRef<str>>(
    client: &Client,
    orders: u32,
    shop: &mut Shop,
    kills: &'a [K],
    kill: impl Fn(&mut Shop, &str) -> bool,
) -> (HashMap<Uuid, u32>, BTreeMap<&'a str, u32>) {
    let (mut placed, mut died) = (HashMap::new(), BTreeMap::<&str, u32>::new());
    for (round, name) in kills.iter().enumerate() {
        let until = orders * u32::try_from(round + 1).unwrap() / u32::try_from(kills.len()).unwrap();
        for number in u32::try_from(placed.len()).unwrap()..until {
            let order = goods::order(number, Uuid::new_v4());
            let id = EventId::random();
            client.place_order_with_id(id.clone(), &order).await.unwrap();
            // Sent again under its id, it is the same event.
            client.place_order_with_id(id, &order).await.unwrap();
            placed.insert(order.order, number);
        }
        let dead = tokio::task::block_in_place(|| kill(shop, name.as_ref()));
        *died.entry(name.as_ref()).or_default() += u32::from(dead);
    }
    println!("{} orders, killed: {died:?}", placed.len());
    (placed, died)
}

/// Every order has ended as its choices imply, and the customer has heard of it once.
fn check(placed: &HashMap<Uuid, u32>, log: &Log, heard: &Heard) {
    assert_eq!(log.len(), placed.len());
    for (order, number) in placed {
        let events: Vec<&str> = log[&order.to_string()].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(events, expected(goods::ending(*number)), "order {number}");
        assert_eq!(heard.lock().unwrap().get(order), Some(&1), "order {number}: what the customer heard");
    }
}
