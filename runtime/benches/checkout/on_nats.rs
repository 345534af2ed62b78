//! Checkouts on a real NATS server, beside the same services written by hand, without and with a state.

use std::time::{Duration, Instant};

use chor_runtime::{NatsOptions, Store};

use crate::{Measured, Shop, measure, plain, watch};

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../../../tests/support/nats.rs"]
mod server;
use server::{Server, Version};

/// Each on a server of its own, with nothing in it.
pub async fn beside_plain_services(open: usize, time: Duration) {
    let server = Server::start(Version::Current);
    let ours = measure(&shop(&server).await, open, time).await;
    ours.print("nats", open);
    print_server(&server, ours.ended).await;
    for (state, title, what) in
        [(false, "  by hand, no state", "by hand"), (true, "  by hand, state", "by hand with state")]
    {
        let server = Server::start(Version::Current);
        let mut shop = plain::Shop::open(&server.url(), state).await;
        let (before, began) = (watch::cpu(), Instant::now());
        let latencies = shop.sell(open, time).await;
        let cpu = watch::cpu().saturating_sub(before);
        let plain = Measured::new(latencies.len(), latencies, began.elapsed(), cpu);
        plain.print(title, open);
        print_server(&server, plain.ended).await;
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

/// The memory of the services over a long run.
pub async fn soak(rounds: u32, round: Duration) {
    let server = Server::start(Version::Current);
    crate::soak::soak("nats", &shop(&server).await, rounds, round).await;
}

/// Each is a process of its own, with its own connection.
async fn shop(server: &Server) -> Shop {
    let store = async || Store::nats(NatsOptions::new(server.url()).namespace("bench")).await.unwrap();
    let services = [store().await, store().await, store().await, store().await];
    Shop { services, customer: store().await }
}

/// What each checkout has cost the server, since it was started.
async fn print_server(server: &Server, ended: usize) {
    let cpu = watch::cpu_of(&server.process().to_string()).as_secs_f64() * 1_000_000.0;
    println!("{:26} {:>48.1}", "  the server", cpu / ended as f64);
    println!("{:26} {:>18.1}", "  messages written each", writes(server).await as f64 / ended as f64);
}
