//! Checkouts a second: in memory, in a SQLite file, and beside them raw SQLite writing the same rows in
//! batches of the same size. `cargo bench -p chor-runtime --bench checkout`
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::cast_precision_loss)]

mod floor;
mod services;
mod watch;

use std::time::{Duration, Instant};

use chor_runtime::{Runtime, Store, Uuid, codegen as rt};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use mimalloc::MiMalloc;

use services::{Line, OrderShipped, PlaceOrder};

/// As in the example: a service makes many small things on all cores, which the allocator of the system is slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What to measure can be narrowed: `cargo bench --bench checkout -- memory 256`.
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = |word: &str, kind: fn(&str) -> bool| {
        arguments.iter().any(|a| a == word) || !arguments.iter().any(|a| kind(a))
    };
    // `cargo test --benches` calls this too: then it only has to work.
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let time = if quick { Duration::from_millis(50) } else { Duration::from_secs(3) };
    let opens: Vec<usize> = [1, 16, 256]
        .into_iter()
        .filter(|open| asked(&open.to_string(), |a| a.parse::<usize>().is_ok()))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!(
        "{:26} {:>5} {:>12} {:>8} {:>11} {:>13}",
        "", "open", "checkouts/s", "p50 ms", "cpu us each", "steps/commit"
    );
    let is_store = |argument: &str| matches!(argument, "memory" | "sqlite");
    for open in opens.iter().filter(|_| asked("memory", is_store)) {
        runtime.block_on(measure(Store::memory(), *open, time)).print("memory", *open);
    }
    for open in opens.iter().filter(|_| asked("sqlite", is_store)) {
        beside_the_floor(&runtime, *open, time);
    }
}

fn beside_the_floor(runtime: &tokio::runtime::Runtime, open: usize, time: Duration) {
    let folder = tempfile::tempdir().unwrap();
    watch::reset();
    let store = Store::sqlite(folder.path().join("shop.db")).unwrap();
    let measured = runtime.block_on(measure(store, open, time));
    measured.print("sqlite", open);
    let before = watch::cpu();
    let began = Instant::now();
    let ended = floor::measure(&folder.path().join("floor.db"), measured.steps_a_commit, time);
    let floor = Measured {
        rate: ended as f64 / began.elapsed().as_secs_f64(),
        steps_a_commit: measured.steps_a_commit,
        median: Duration::ZERO,
        cpu_each: watch::cpu().saturating_sub(before) / u32::try_from(ended).unwrap(),
    };
    floor.print("  raw, same batches", open);
    println!("{:26} {open:>5} {:>11.0}%", "  of the floor", measured.rate / floor.rate * 100.0);
}

pub struct Measured {
    rate: f64,
    steps_a_commit: f64,
    median: Duration,
    cpu_each: Duration,
}

impl Measured {
    fn print(&self, what: &str, open: usize) {
        let (rate, steps, median) = (self.rate, self.steps_a_commit, self.median.as_secs_f64() * 1000.0);
        let cpu = self.cpu_each.as_secs_f64() * 1_000_000.0;
        println!("{what:26} {open:>5} {rate:>12.0} {median:>8.2} {cpu:>11.1} {steps:>13.1}");
    }
}

/// Keeps so many orders open for a while, and counts those that end.
async fn measure(store: Store, open: usize, time: Duration) -> Measured {
    let mut runtime = Runtime::new(&store);
    for service in services::all() {
        runtime = runtime.serve(service);
    }
    watch::install();
    let running = runtime.start();
    let before = watch::cpu();
    let customer = rt::Client::new(&store, "Customer");
    let measuring = tokio::spawn(customer_orders(customer, open, time));
    let (ended, elapsed, mut latencies) = measuring.await.unwrap();
    running.shutdown().await.unwrap();
    latencies.sort_unstable();
    Measured {
        rate: ended as f64 / elapsed.as_secs_f64(),
        steps_a_commit: watch::steps_a_commit(),
        median: latencies.get(latencies.len() / 2).copied().unwrap_or_default(),
        cpu_each: watch::cpu().saturating_sub(before) / u32::try_from(ended.max(1)).unwrap(),
    }
}

async fn customer_orders(
    customer: rt::Client,
    open: usize,
    time: Duration,
) -> (usize, Duration, Vec<Duration>) {
    let place = async |order: Uuid| {
        let lines = vec![Line { sku: "TEA-0042".to_owned(), quantity: 2 }];
        let event = PlaceOrder { order, lines, total: rt::Decimal::new(1999, 2) };
        customer
            .send("example.shop.Checkout", &["Orders"], rt::EventId::random(), &event, &[&order])
            .await
            .unwrap();
        (order, Instant::now())
    };
    let began = Instant::now();
    let mut placed = std::collections::HashMap::new();
    let mut placing: FuturesUnordered<_> = FuturesUnordered::new();
    let mut open_orders = open;
    let mut latencies = Vec::new();
    for _ in 0..open {
        let (order, at) = place(Uuid::new_v4()).await;
        placed.insert(order, at);
    }
    let again = async |delivery: rt::Delivery<OrderShipped>, stop: bool| {
        delivery.done().await.unwrap();
        if stop { None } else { Some(place(Uuid::new_v4()).await) }
    };
    while open_orders > 0 {
        tokio::select! {
            biased;
            Some(order) = placing.next(), if !placing.is_empty() => match order {
                Some((order, at)) => drop(placed.insert(order, at)),
                None => open_orders -= 1,
            },
            shipped = customer.next(rt::Incoming::event::<OrderShipped>) => {
                let shipped = shipped.unwrap();
                if let Some(at) = placed.remove(&shipped.event.order) {
                    latencies.push(at.elapsed());
                }
                placing.push(again(shipped, began.elapsed() >= time));
            }
        }
    }
    (latencies.len(), began.elapsed(), latencies)
}
