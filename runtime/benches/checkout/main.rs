//! Checkouts a second: in memory; in a SQLite file, beside raw SQLite writing the same rows in batches of the same size;
//! and on NATS, beside the same services written by hand. `cargo bench -p chor-runtime --features nats --bench checkout`
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a bench may fail loudly"
)]

mod floor;
mod memory;
#[cfg(feature = "nats")]
mod on_nats;
#[cfg(feature = "nats")]
mod plain;
mod services;
mod soak;
mod watch;

use std::time::{Duration, Instant};

use chor_runtime::{Running, Runtime, Store, Uuid, codegen as rt};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use mimalloc::MiMalloc;

use services::{Line, OrderShipped, PlaceOrder};

/// As in the example: a service makes many small things on all cores, which the allocator of the system is slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What to measure can be narrowed: `cargo bench --bench checkout -- memory 256`, or `-- soak nats`.
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
    let is_store = |argument: &str| matches!(argument, "memory" | "sqlite" | "nats");
    if arguments.iter().any(|argument| argument == "soak") || quick {
        let (rounds, round) = if quick { (2, time) } else { (20, Duration::from_secs(30)) };
        runtime.block_on(soak(rounds, round, |store| asked(store, is_store)));
        if !quick {
            return;
        }
    }
    println!(
        "{:26} {:>5} {:>12} {:>8} {:>8} {:>11}",
        "", "open", "checkouts/s", "p50 ms", "p99 ms", "cpu us each"
    );
    for open in opens.iter().filter(|_| asked("memory", is_store)) {
        runtime.block_on(measure(&Shop::on(&Store::memory()), *open, time)).print("memory", *open);
    }
    for open in opens.iter().filter(|_| asked("sqlite", is_store)) {
        beside_the_floor(&runtime, *open, time);
    }
    #[cfg(feature = "nats")]
    for open in opens.iter().filter(|_| asked("nats", is_store)) {
        runtime.block_on(on_nats::beside_plain_services(*open, time));
    }
}

async fn soak(rounds: u32, round: Duration, asked: impl Fn(&str) -> bool) {
    if asked("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path().join("shop.db")).unwrap();
        soak::soak("sqlite", &Shop::on(&store), rounds, round).await;
    }
    #[cfg(feature = "nats")]
    if asked("nats") {
        on_nats::soak(rounds, round).await;
    }
}

fn beside_the_floor(runtime: &tokio::runtime::Runtime, open: usize, time: Duration) {
    let folder = tempfile::tempdir().unwrap();
    watch::reset();
    let store = Store::sqlite(folder.path().join("shop.db")).unwrap();
    let measured = runtime.block_on(measure(&Shop::on(&store), open, time));
    measured.print("sqlite", open);
    let (before, began) = (watch::cpu(), Instant::now());
    let steps = watch::steps_a_commit();
    let ended = floor::measure(&folder.path().join("floor.db"), steps, time);
    let floor = Measured::new(ended, Vec::new(), began.elapsed(), watch::cpu().saturating_sub(before));
    floor.print(&format!("  raw, {steps:.1} steps a commit"), open);
    measured.print_beside(&floor, "the floor", open);
}

pub struct Measured {
    #[cfg_attr(not(feature = "nats"), allow(dead_code, reason = "on NATS alone, messages are counted"))]
    ended: usize,
    rate: f64,
    median: Duration,
    /// One of a hundred takes longer.
    late: Duration,
    cpu_each: Duration,
}

impl Measured {
    fn new(ended: usize, mut latencies: Vec<Duration>, elapsed: Duration, cpu: Duration) -> Self {
        latencies.sort_unstable();
        let at = |part: usize| latencies.get(latencies.len() * part / 100).copied().unwrap_or_default();
        Self {
            ended,
            rate: ended as f64 / elapsed.as_secs_f64(),
            median: at(50),
            late: at(99),
            cpu_each: cpu / u32::try_from(ended.max(1)).unwrap(),
        }
    }

    fn print(&self, what: &str, open: usize) {
        let (median, late) = (self.median.as_secs_f64() * 1000.0, self.late.as_secs_f64() * 1000.0);
        let (rate, cpu) = (self.rate, self.cpu_each.as_secs_f64() * 1_000_000.0);
        println!("{what:26} {open:>5} {rate:>12.0} {median:>8.2} {late:>8.2} {cpu:>11.1}");
    }

    fn print_beside(&self, other: &Self, what: &str, open: usize) {
        println!("{:26} {open:>5} {:>11.0}%", format!("  of {what}"), self.rate / other.rate * 100.0);
    }
}

/// What each of the services, and the customer, sees of the store.
pub struct Shop {
    services: [Store; 4],
    customer: Store,
}

impl Shop {
    fn on(store: &Store) -> Self {
        Self { services: std::array::from_fn(|_| store.clone()), customer: store.clone() }
    }

    /// The services, running, and the customer.
    fn open(&self) -> (Vec<Running>, rt::Client) {
        let serving = self.services.iter().zip(services::all());
        let running = serving.map(|(store, service)| Runtime::new(store).serve(service).start());
        let customer = rt::Client::new(&self.customer, "Customer").hears(&["example.shop.OrderShipped"]);
        (running.collect(), customer)
    }
}

/// Keeps so many orders open for a while, and counts those that end.
async fn measure(shop: &Shop, open: usize, time: Duration) -> Measured {
    watch::install();
    let (running, customer) = shop.open();
    let before = watch::cpu();
    let measuring = tokio::spawn(customer_orders(customer, open, time));
    let (elapsed, latencies) = measuring.await.unwrap();
    for running in running {
        running.shutdown().await.unwrap();
    }
    Measured::new(latencies.len(), latencies, elapsed, watch::cpu().saturating_sub(before))
}

async fn customer_orders(customer: rt::Client, open: usize, time: Duration) -> (Duration, Vec<Duration>) {
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
    (began.elapsed(), latencies)
}
