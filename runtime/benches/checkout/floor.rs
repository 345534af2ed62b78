//! Raw SQLite writing the rows of checkouts, so many steps a transaction: what no runtime on it can beat.

use std::path::Path;
use std::time::{Duration, Instant};

use chor_runtime::Uuid;
use rusqlite::{Connection, Transaction, params};

const PLACED: &str = r#"{"order":"ORDER","lines":[{"sku":"TEA-0042","quantity":2}],"total":"19.99"}"#;
const SHORT: &str = r#"{"order":"ORDER","authorization":"visa 4242"}"#;

/// The steps of one checkout, in waves: who hears, how often before, what is kept, what is published and who
/// hears that; the first is the customer's, the last the customer's taking of the parcel.
type Step = (&'static str, u32, usize, &'static [(&'static str, &'static str, &'static [&'static str])]);
const STEPS: &[Step] = &[
    ("", 0, 0, &[("PlaceOrder", PLACED, &["Orders"])]),
    ("Orders", 0, 0, &[("OrderPlaced", PLACED, &["Payment", "Inventory"])]),
    ("Payment", 0, 1, &[("PaymentApproved", SHORT, &["Orders"])]),
    ("Inventory", 0, 0, &[("StockReserved", SHORT, &["Orders", "Shipping"])]),
    ("Orders", 1, 0, &[]),
    ("Shipping", 0, 1, &[]),
    ("Orders", 2, 0, &[("OrderConfirmed", SHORT, &["Payment", "Inventory", "Shipping"])]),
    ("Payment", 1, 0, &[]),
    ("Inventory", 1, 0, &[]),
    ("Shipping", 1, 0, &[("OrderShipped", SHORT, &["Orders", "Customer"])]),
    ("Orders", 3, 0, &[]),
    ("Customer", 0, 0, &[]),
];

/// How many checkouts it wrote in that time.
pub fn measure(path: &Path, steps_a_commit: f64, time: Duration) -> usize {
    // The tables are the store's own.
    drop(chor_runtime::Store::sqlite(path).unwrap());
    let mut connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "synchronous", "full").unwrap();
    connection.pragma_update(None, "cache_size", -16_000).unwrap();
    let (began, mut ended, mut owed) = (Instant::now(), 0, 0.0);
    while began.elapsed() < time {
        // As many checkouts side by side as fill one transaction with one step each; now one less, now one more, so that
        // the mean is as it was asked for.
        let mut side_by_side = 0;
        owed += steps_a_commit.max(1.0);
        while owed >= 1.0 {
            (owed, side_by_side) = (owed - 1.0, side_by_side + 1);
        }
        let mut open: Vec<Open> = (0..side_by_side).map(|_| Open::new()).collect();
        for step in STEPS {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
            for checkout in &mut open {
                checkout.step(&transaction, step);
            }
            transaction.commit().unwrap();
        }
        ended += side_by_side;
    }
    ended
}

struct Open {
    key: String,
    /// What waits: subscriber and event.
    deliveries: Vec<(&'static str, i64)>,
}

impl Open {
    fn new() -> Self {
        Self { key: Uuid::new_v4().to_string(), deliveries: Vec::new() }
    }

    fn step(&mut self, transaction: &Transaction<'_>, (who, before, kept, emits): &Step) {
        if !matches!(*who, "" | "Customer") {
            self.change(transaction, who, *before, *kept);
        }
        for (event, payload, to) in *emits {
            self.publish(transaction, event, payload, to, who.is_empty());
        }
        if let Some(index) = self.deliveries.iter().position(|(subscriber, _)| subscriber == who) {
            let (subscriber, event) = self.deliveries.remove(index);
            transaction
                .prepare_cached("DELETE FROM delivery WHERE subscriber = ?1 AND event = ?2")
                .unwrap()
                .execute(params![subscriber, event])
                .unwrap();
        }
    }

    fn change(&self, transaction: &Transaction<'_>, who: &str, before: u32, kept: usize) {
        let mut progress = r#"{"machine":"0000000000000001","at":2,"heard":[["Orders",1]],"emitted":[["Payment",1],["Inventory",1]]"#.to_owned();
        if kept > 0 {
            progress.push_str(r#","known":[["example.shop.OrderPlaced","#);
            progress.push_str(PLACED);
            progress.push_str("]]");
        }
        progress.push('}');
        let sql = if before == 0 {
            "INSERT INTO instance (key, choreography, service, revision, progress, changed)
             VALUES (?1, ?2, ?3, ?4 + 1, ?5, 1800000000000)"
        } else {
            "UPDATE instance SET revision = ?4 + 1, progress = ?5, changed = 1800000000000
             WHERE key = ?1 AND choreography = ?2 AND service = ?3 AND revision = ?4"
        };
        let mut statement = transaction.prepare_cached(sql).unwrap();
        let changed =
            statement.execute(params![self.key, "example.shop.Checkout", who, before, progress]).unwrap();
        assert_eq!(changed, 1);
    }

    fn publish(
        &mut self,
        transaction: &Transaction<'_>,
        event: &str,
        payload: &str,
        to: &[&'static str],
        from_outside: bool,
    ) {
        let id = Uuid::new_v4().simple().to_string();
        let causation = (!from_outside).then_some("0123456789abcdef0123456789abcdef");
        transaction
            .prepare_cached(
                "INSERT INTO event (id, source, choreography, key, type, payload, causation, at)
                 VALUES (?1, 'Orders', 'example.shop.Checkout', ?2, 'example.shop.' || ?3, ?4, ?5, 1800000000000)",
            )
            .unwrap()
            .execute(params![id, self.key, event, payload.replace("ORDER", &self.key), causation])
            .unwrap();
        let number = transaction.last_insert_rowid();
        for subscriber in to {
            transaction
                .prepare_cached("INSERT INTO delivery (subscriber, event, sequence) VALUES (?1, ?2, 1)")
                .unwrap()
                .execute(params![subscriber, number])
                .unwrap();
            self.deliveries.push((subscriber, number));
        }
    }
}
