//! What a service keeps in memory while a great many of its instances wait for something, each with a deadline in a
//! month: nothing of each, so the memory stays flat. `cargo bench -p chor-runtime --bench idle -- sqlite 1000000`
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

#[path = "checkout/memory.rs"]
mod memory;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chor_runtime::{Runtime, Store, Which, codegen as rt};
use futures_util::StreamExt as _;
use memory::resident;

/// So many events are on their way to the store at once.
const AT_ONCE: usize = 256;

static MACHINES: &[rt::Machine] = &[rt::Machine {
    choreography: "bench.Stay",
    participant: "Hotel",
    hash: 1,
    keeps: &["bench.Arrive"],
    states: &[
        rt::hears(&[rt::hear("bench.Arrive", rt::external("Guest"), 0, 1).enters(&[1])]),
        rt::hears(&[rt::hear("bench.Leave", rt::external("Guest"), 1, 2).scopes(&[1])])
            .expires(&[rt::expire(1, 30 * 24 * 60 * 60 * 1000, 2, 2)]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];

#[derive(Debug, rt::Serialize, rt::Deserialize)]
#[serde(crate = "::chor_runtime::codegen::serde")]
struct Arrive {
    stay: u64,
    name: String,
}

impl rt::Payload for Arrive {
    const TYPE: &'static str = "bench.Arrive";
}

/// Counts its guests.
struct Hotel(Arc<AtomicUsize>);

impl rt::Handler for Hotel {
    fn handle<'a>(&'a self, _point: u32, _input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(rt::Emissions::new()) })
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` calls this too: then it only has to work.
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let number = arguments.iter().find_map(|argument| argument.parse::<u64>().ok());
    let number = number.unwrap_or(if quick { 1000 } else { 100_000 });
    let asked = |name: &str| {
        let stores = ["memory", "sqlite", "nats"];
        let none = !arguments.iter().any(|argument| stores.iter().any(|store| argument.starts_with(store)));
        none || arguments.iter().any(|argument| argument.starts_with(name))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{:8} {:>10} {:>12} {:>10}", "", "instances", "a second", "MiB");
    if asked("memory") {
        runtime.block_on(fill("memory", Store::memory(), number));
    }
    if asked("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path().join("idle.db")).unwrap();
        runtime.block_on(fill("sqlite", store, number));
    }
    #[cfg(feature = "nats")]
    if let Some(url) = arguments.iter().find(|argument| argument.starts_with("nats://")) {
        runtime.block_on(async { fill("nats", Store::nats(url.as_str()).await.unwrap(), number).await });
    }
}

async fn fill(name: &str, store: Store, number: u64) {
    let heard = Arc::new(AtomicUsize::new(0));
    let hotel = rt::Service::new("Hotel", MACHINES, Hotel(Arc::clone(&heard)));
    let running = Runtime::new(&store).serve(hotel).start();
    let guest = rt::Client::new(&store, "Guest");
    let arrive = async |stay: u64| {
        let event = Arrive { stay, name: "A guest with a name of some length".to_owned() };
        guest.send("bench.Stay", &["Hotel"], rt::EventId::random(), &event, &[&stay]).await.unwrap();
    };
    println!("{name:8} {:>10} {:>12} {:>10}", 0, "", resident());
    let part = number.div_ceil(10);
    for first in (0..number).step_by(usize::try_from(part).unwrap()) {
        let began = Instant::now();
        let last = (first + part).min(number);
        futures_util::stream::iter(first..last).for_each_concurrent(AT_ONCE, &arrive).await;
        while heard.load(Ordering::Relaxed) < usize::try_from(last).unwrap() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let rate = u128::from(last - first) * 1000 / began.elapsed().as_millis().max(1);
        println!("{name:8} {last:>10} {rate:>12} {:>10}", resident());
    }
    // What is heard may not have been written yet.
    running.shutdown().await.unwrap();
    let began = Instant::now();
    let found = store.instances(&Which::default(), 100).await.unwrap();
    println!("{name:8} {:>10} listed in {:?}, {} MiB", found.total, began.elapsed(), resident());
}
