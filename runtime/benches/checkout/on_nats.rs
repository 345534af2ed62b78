//! Checkouts on a real NATS server, beside the same services written by hand, without and with a state.

use std::time::{Duration, Instant};

use chor_runtime::{NatsOptions, Store};

use crate::plain::Shop;
use crate::{Measured, measure, watch};

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../../../tests/support/nats.rs"]
mod server;
use server::{Server, Version};

/// Each on a server of its own, with nothing in it.
pub async fn beside_plain_services(open: usize, time: Duration) {
    let server = Server::start(Version::Current);
    let store = Store::nats(NatsOptions::new(server.url()).namespace("bench")).await.unwrap();
    let ours = measure(store, open, time).await;
    ours.print("nats", open);
    print_writes(writes(&server).await, ours.ended);
    for (state, title, what) in
        [(false, "  by hand, no state", "by hand"), (true, "  by hand, state", "by hand with state")]
    {
        let server = Server::start(Version::Current);
        let mut shop = Shop::open(&server.url(), state).await;
        let (before, began) = (watch::cpu(), Instant::now());
        let latencies = shop.sell(open, time).await;
        let cpu = watch::cpu().saturating_sub(before);
        let plain = Measured::new(latencies.len(), latencies, began.elapsed(), cpu);
        plain.print(title, open);
        print_writes(writes(&server).await, plain.ended);
        ours.print_beside(&plain, what, open);
    }
}

/// How many messages the server has written to all its streams.
async fn writes(server: &Server) -> u64 {
    use futures_util::TryStreamExt as _;
    let jetstream = async_nats::jetstream::new(async_nats::connect(server.url()).await.unwrap());
    let streams: Vec<_> = jetstream.streams().try_collect().await.unwrap();
    streams.iter().map(|stream| stream.state.last_sequence).sum()
}

fn print_writes(writes: u64, ended: usize) {
    println!("{:26} {:>18.1}", "  messages written each", writes as f64 / ended as f64);
}
