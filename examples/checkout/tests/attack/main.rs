//! The attack: services are killed, frozen and slowed down, the server is killed, disks are full, clocks jump, strangers put
//! what is none of ours beside the orders. Every order ends exactly once in the state that its choices imply, what was done outside is what a
//! sequential reading of the choreography does, and nothing is lost, done twice or stuck.
//!
//! Each service is a process of its own, Payment is two. They die at random moments (SIGKILL) and at every named point of the
//! runtime (they abort themselves there), and are started again. One oracle judges both stores ([`oracle`]).
//!
//! ```sh
//! cargo test --package checkout --test attack                                   # 2,000 orders on each store
//! CHOR_ATTACK_ORDERS=100000 cargo test --release --package checkout --test attack on_
//! CHOR_SEED=7 cargo test --package checkout --test attack on_nats               # the same orders and kills again
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attack;
mod customer;
mod kills;
mod ledger;
mod log;
mod mutations;
mod oracle;
mod people;
mod place;
mod processes;
mod reading;
mod report;
#[expect(dead_code, reason = "this test needs one version alone")]
#[path = "../../../../tests/support/nats.rs"]
mod server;
mod strangers;

use attack::Attack;
use place::Place;

/// How many orders are placed on each store.
fn orders() -> usize {
    std::env::var("CHOR_ATTACK_ORDERS").ok().and_then(|orders| orders.parse().ok()).unwrap_or(2_000)
}

/// The number from which all that is random follows: orders, kills and their order.
fn seed() -> u64 {
    let given = std::env::var("CHOR_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| fastrand::u64(..))
}

/// What a process does: it plays one service until it is killed. In the test run itself it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn service() {
    people::play().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let (orders, seed) = (orders(), seed());
    Attack::new("SQLite", orders, kills::on_sqlite(orders, seed), seed)
        .run(Place::file())
        .await
        .assert_good();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_nats() {
    let (orders, seed) = (orders(), seed());
    Attack::new("NATS", orders, kills::on_nats(orders, seed), seed).run(Place::nats()).await.assert_good();
}
