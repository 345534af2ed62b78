//! Handlers that are called so many times at once, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chor_runtime::{Answer, Context, HandlerError};
use tokio::sync::Semaphore;

use crate::people::{Bank, Ledger, expected, hear, open_with, order};
use crate::stores::stores;
use crate::tea::bank::{self, OnOrdered};
use crate::tea::customer::Client;
use crate::trouble::until;

type Honest = Bank<fn(&Context) -> Result<(), HandlerError>>;

/// A bank with a door: it pays whoever comes in, and counts who is there.
struct Door {
    bank: Honest,
    inside: Arc<AtomicU32>,
    most: Arc<AtomicU32>,
    /// How many may leave.
    exit: Arc<Semaphore>,
}

impl Door {
    fn new(ledger: &Ledger) -> Self {
        let exit = Arc::new(Semaphore::new(0));
        Self { bank: Bank::honest(ledger), inside: Arc::default(), most: Arc::default(), exit }
    }
}

impl bank::Bank for Door {
    async fn on_ordered(&self, event: bank::Ordered, cx: &Context) -> Answer<OnOrdered> {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        self.exit.acquire().await.unwrap().forget();
        self.inside.fetch_sub(1, Ordering::SeqCst);
        self.bank.on_ordered(event, cx).await
    }
}

async fn all_order(client: &Client, orders: u32) {
    for number in 0..orders {
        client.order(&order(number)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_handlers_are_called_at_once_than_were_allowed() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (ledger, client) = (Ledger::default(), Client::new(&store));
        let door = Door::new(&ledger);
        let (inside, most, exit) = (Arc::clone(&door.inside), Arc::clone(&door.most), Arc::clone(&door.exit));
        let running = open_with(&store, &ledger, door).concurrency_limit(3).start();
        all_order(&client, 12).await;
        until("three inside", async || (inside.load(Ordering::SeqCst) == 3).then_some(())).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(inside.load(Ordering::SeqCst), 3, "nobody else comes in");
        exit.add_permits(12);
        assert_eq!(hear(&client, 12).await, expected(0..12).1);
        running.shutdown().await.unwrap();
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert_eq!(ledger.lines(), expected(0..12).0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_turn_does_not_hold_up_the_end_and_is_not_lost() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (ledger, client) = (Ledger::default(), Client::new(&store));
        let door = Door::new(&ledger);
        let (inside, exit) = (Arc::clone(&door.inside), Arc::clone(&door.exit));
        let running = open_with(&store, &ledger, door).concurrency_limit(0).start();
        all_order(&client, 6).await;
        until("one inside", async || (inside.load(Ordering::SeqCst) == 1).then_some(())).await;
        let mut ending = Box::pin(running.shutdown());
        let early = tokio::time::timeout(Duration::from_millis(200), &mut ending).await;
        assert!(early.is_err(), "whoever is inside leaves first");
        exit.add_permits(1);
        tokio::time::timeout(Duration::from_secs(20), ending).await.unwrap().unwrap();
        let served = ledger.lines();
        assert_eq!(served.iter().filter(|line| line.contains("Bank")).count(), 1, "{served:?}");

        let running = open_with(&store, &ledger, Bank::honest(&ledger)).start();
        assert_eq!(hear(&client, 6).await, expected(0..6).1);
        running.shutdown().await.unwrap();
        assert_eq!(ledger.lines(), expected(0..6).0);
    }
}
