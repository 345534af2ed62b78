//! What others put beside the orders that is none of ours. It is recorded with the reason, and nothing else happens.

use std::collections::BTreeSet;

use async_nats::HeaderMap;
use checkout::stubs::customer::PlaceOrder;
use chor_runtime::codegen::{Client, Payload};
use chor_runtime::{Store, Uuid};
use serde_json::{Value, json};

use crate::place::Place;

/// The ids of events that strangers publish begin with this.
pub(crate) const STRANGER: &str = "stranger";

/// What must be in the journal: the key, and what it is said to be.
pub(crate) type Expected = BTreeSet<(String, String)>;

/// An event of any shape that is said to be a `PlaceOrder`.
#[derive(serde::Serialize, serde::Deserialize)]
struct Loose(Value);

impl Payload for Loose {
    const TYPE: &'static str = "example.shop.PlaceOrder";
}

/// Somebody who has the address, and little else.
pub(crate) struct Strangers {
    store: Store,
    raw: Option<async_nats::jetstream::Context>,
    pub(crate) journal: Expected,
    /// How many events they have put there, and how often they have come.
    pub(crate) count: usize,
    pub(crate) visits: usize,
}

impl Strangers {
    pub(crate) async fn new(place: &Place, store: &Store) -> Self {
        let raw = match &place.server {
            Some(server) => {
                let options = async_nats::ConnectOptions::new();
                Some(async_nats::jetstream::new(options.connect(server.url()).await.unwrap()))
            }
            None => None,
        };
        Self { store: store.clone(), raw, journal: Expected::new(), count: 0, visits: 0 }
    }

    /// Puts one of each kind there. `order` has been placed already.
    pub(crate) async fn come(&mut self, order: &PlaceOrder, random: &mut fastrand::Rng) {
        self.visits += 1;
        let mut other = || Uuid::from_u128(random.u128(..)).to_string();
        let good =
            |key: &str| json!({"order": key, "lines": [{"sku": "TEA-0042", "quantity": 1}], "total": "4"});

        // The poison: no repetition can mend it.
        let key = other();
        self.send(&key, json!({"order": key, "lines": [], "total": "4"}), "quarantined").await;
        let key = other();
        self.send(&key, good(&other()), "quarantined").await;
        // An order that there is already, with an id of its own.
        let key = order.order.to_string();
        self.send(&key, serde_json::to_value(order).unwrap(), "duplicate start").await;

        let text = |key: &str| good(key).to_string();
        let key = other();
        self.publish(&key, &[], "{", "malformed").await;
        let key = other();
        self.publish(&key, &[("ce-source", "Payment")], &text(&key), "malformed").await;
        // It claims a place in what Orders is sent by Customer, who has none.
        let key = other();
        self.publish(&key, &[("ce-chorseq", "Orders=1")], &text(&key), "malformed").await;
    }

    /// Publishes by the runtime's own client, on every store.
    async fn send(&mut self, key: &str, event: Value, verdict: &str) {
        self.count += 1;
        let customer = Client::new(&self.store, "Customer");
        let id = format!("{STRANGER} {}", self.count);
        customer.send("example.shop.Checkout", &["Orders"], id, &Loose(event), &[&key]).await.unwrap();
        self.journal.insert((key.to_owned(), verdict.to_owned()));
    }

    /// Publishes by a client that knows nothing of the runtime, on NATS.
    async fn publish(&mut self, key: &str, changed: &[(&str, &str)], payload: &str, verdict: &str) {
        let Some(raw) = &self.raw else { return };
        self.count += 1;
        let mut headers = HeaderMap::new();
        headers.insert("ce-specversion", "1.0");
        headers.insert("ce-id", format!("{STRANGER} {}", self.count));
        headers.insert("ce-source", "Customer");
        headers.insert("ce-type", "example.shop.PlaceOrder");
        for (name, value) in changed {
            headers.insert(*name, *value);
        }
        headers.insert("Nats-Msg-Id", format!("{STRANGER} {}", self.count));
        let subject = format!("chor.Customer.example-shop-Checkout.example-shop-PlaceOrder.{key}");
        // The server may be dead at the moment.
        for _ in 0..100 {
            let sent = raw.publish_with_headers(subject.clone(), headers.clone(), payload.to_owned().into());
            if let Ok(acknowledged) = sent.await
                && acknowledged.await.is_ok()
            {
                self.journal.insert((key.to_owned(), verdict.to_owned()));
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the server takes nothing");
    }
}
