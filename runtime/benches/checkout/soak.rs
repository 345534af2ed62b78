//! The memory of the services over a long run at full load, drawn: it must stay flat.
//! `cargo bench -p chor-runtime --features nats --bench checkout -- soak` takes ten minutes for each store.

use std::time::Duration;

use crate::memory::resident;
use crate::{Shop, customer_orders};

/// So many orders are open at once.
const OPEN: usize = 64;

/// So wide is the widest bar.
const WIDTH: u64 = 40;

/// Sells for a number of rounds of this length.
pub async fn soak(name: &str, shop: &Shop, rounds: u32, round: Duration) {
    let (running, customer) = shop.open();
    let mut widest = 1;
    println!("{name:8} {:>8} {:>12} {:>8}", "minutes", "checkouts/s", "MiB");
    for number in 1..=rounds {
        let selling = tokio::spawn(customer_orders(customer.clone(), OPEN, round));
        let (elapsed, latencies) = selling.await.unwrap();
        let (rate, memory) = (latencies.len() as f64 / elapsed.as_secs_f64(), resident());
        widest = memory.max(widest);
        let minutes = (round * number).as_secs_f64() / 60.0;
        let bar = "#".repeat(usize::try_from(memory * WIDTH / widest).unwrap());
        println!("{name:8} {minutes:>8.1} {rate:>12.0} {memory:>8} {bar}");
    }
    for running in running {
        running.shutdown().await.unwrap();
    }
}
