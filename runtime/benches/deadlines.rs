//! How many deadlines a second a service deals with, all of which have passed while it was down.
//! `cargo bench -p chor-runtime --features nats --bench deadlines -- nats 10000`
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a bench may fail loudly")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[cfg(feature = "nats")]
use chor_runtime::NatsOptions;
use chor_runtime::{Happening, Running, Runtime, Store, What, codegen as rt};
use futures_util::StreamExt as _;

#[cfg(feature = "nats")]
#[allow(dead_code, reason = "tests use more of it")]
#[path = "../../tests/support/nats.rs"]
mod server;

/// So many events are on their way to the store at once.
const AT_ONCE: usize = 256;

/// A hotel whose guests have to leave after so many milliseconds.
macro_rules! hotel {
    ($stay:expr) => {
        &[rt::Machine {
            choreography: "bench.Stay",
            participant: "Hotel",
            hash: 1,
            states: &[
                rt::hears(&[rt::hear("bench.Arrive", rt::external("Guest"), 0, 1).enters(&[1])]),
                rt::hears(&[rt::hear("bench.Leave", rt::external("Guest"), 1, 2).scopes(&[1])])
                    .expires(&[rt::expire(1, $stay, 2, 2)]),
                rt::ends(&[]),
            ],
            ..rt::Machine::EMPTY
        }]
    };
}

/// As long as it takes until all have arrived.
const LONG: Duration = Duration::from_secs(15);
const SHORT: Duration = Duration::from_millis(800);
static LONG_STAY: &[rt::Machine] = hotel!(15_000);
static SHORT_STAY: &[rt::Machine] = hotel!(800);

#[derive(Debug, rt::Serialize, rt::Deserialize)]
#[serde(crate = "::chor_runtime::codegen::serde")]
struct Arrive {
    stay: u64,
}

impl rt::Payload for Arrive {
    const TYPE: &'static str = "bench.Arrive";
}

/// Says nothing to anything.
struct Hotel;

impl rt::Handler for Hotel {
    fn handle<'a>(&'a self, _point: u32, _input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async { Ok(rt::Emissions::new()) })
    }
}

/// How many guests have arrived, and how many had to leave: what of it is on durable ground.
#[derive(Clone, Default)]
struct Guests {
    arrived: Arc<AtomicUsize>,
    left: Arc<AtomicUsize>,
}

impl Guests {
    /// Serves the hotel, and counts its guests.
    fn start(&self, store: &Store, machines: &'static [rt::Machine]) -> Running {
        let guests = self.clone();
        let count = move |happening: &Happening<'_>| match happening.what {
            What::Heard => drop(guests.arrived.fetch_add(1, Ordering::Relaxed)),
            What::Due => drop(guests.left.fetch_add(1, Ordering::Relaxed)),
            what => panic!("{what:?}"),
        };
        Runtime::new(store).serve(rt::Service::new("Hotel", machines, Hotel)).observe(count).start()
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` calls this too: then it only has to work.
    let quick = !arguments.iter().any(|argument| argument == "--bench");
    let number = arguments.iter().find_map(|argument| argument.parse().ok());
    let number = number.unwrap_or(if quick { 20 } else { 5_000 });
    let asked = |name: &str| {
        let is_store = |argument: &String| matches!(&**argument, "sqlite" | "nats");
        arguments.iter().any(|argument| argument == name) || !arguments.iter().any(is_store)
    };
    let stay = if quick { (SHORT, SHORT_STAY) } else { (LONG, LONG_STAY) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{:8} {:>10} {:>12}", "", "deadlines", "a second");
    if asked("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::sqlite(folder.path().join("hotel.db")).unwrap();
        runtime.block_on(measure("sqlite", &store, number, stay));
    }
    #[cfg(feature = "nats")]
    if asked("nats") {
        let server = server::Server::start(server::Version::Current);
        runtime.block_on(async {
            let store = Store::nats(NatsOptions::new(server.url()).namespace("bench")).await.unwrap();
            measure("nats", &store, number, stay).await;
        });
    }
}

/// All arrive, nobody is there when they have to leave, and then somebody is.
async fn measure(name: &str, store: &Store, number: usize, stay: (Duration, &'static [rt::Machine])) {
    let (longest, machines) = stay;
    let guests = Guests::default();
    let running = guests.start(store, machines);
    let guest = rt::Client::new(store, "Guest");
    let arrive = async |stay: usize| {
        let event = Arrive { stay: stay as u64 };
        guest.send("bench.Stay", &["Hotel"], rt::EventId::random(), &event, &[&event.stay]).await.unwrap();
    };
    futures_util::stream::iter(0..number).for_each_concurrent(AT_ONCE, arrive).await;
    until(&guests.arrived, number).await;
    running.shutdown().await.unwrap();
    assert_eq!(
        guests.left.load(Ordering::Relaxed),
        0,
        "all must have arrived within {longest:?}: take fewer"
    );
    tokio::time::sleep(longest).await;
    let began = Instant::now();
    let running = guests.start(store, machines);
    until(&guests.left, number).await;
    let rate = number as u128 * 1_000_000 / began.elapsed().as_micros().max(1);
    println!("{name:8} {number:>10} {rate:>12}");
    running.shutdown().await.unwrap();
}

async fn until(count: &AtomicUsize, expected: usize) {
    while count.load(Ordering::Relaxed) < expected {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
