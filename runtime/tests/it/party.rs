//! A party with everything in it: two regions within a deadline, what is taken back, and another choreography
//! that begins by its end.
//!
//! ```text
//! choreography Party by order {
//!   Guest -> Host: Ask
//!   within 15m at Host {
//!     par { Host -> Cook: Cook      Cook -> Host: Cooked   undo Cook -> Host: Thrown }
//!     and { Host -> Band: Play      Band -> Host: Played }
//!     Host -> Cook, Band, Guest: Done
//!   } else {
//!     Host -> Cook, Band, Guest: Over
//!     rollback
//!   }
//! }
//! choreography Thanks by order { on Done -> Post   Post -> Guest: Card }
//! Press observes Done, Over
//! ```

mod machines;

use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ::chor_runtime::codegen as rt;
use chor_runtime::harness::{Harness, Run};
use chor_runtime::{Answer, Context, Runtime, Store};
use futures_util::future::BoxFuture;

/// Payloads of the key alone.
macro_rules! events {
    ($($name:ident),*) => {
        $(
            #[derive(Clone, Debug, rt::Serialize, rt::Deserialize)]
            #[serde(crate = "::chor_runtime::codegen::serde")]
            pub struct $name {
                pub order: String,
            }

            impl rt::Payload for $name {
                const TYPE: &'static str = concat!("party.", stringify!($name));
            }
        )*

        /// Answers with the event of this name.
        pub fn push(emit: &mut rt::Emissions, name: &str, order: &str) -> Answer<()> {
            match name {
                $(stringify!($name) => emit.push(&$name { order: order.to_owned() }, &[&order]),)*
                _ => Err(rt::HandlerError::permanent(format!("there is no event {name}"))),
            }
        }
    };
}

events!(Ask, Cook, Cooked, Thrown, Play, Played, Done, Over, Card);

/// A call of a handler, in words: `Host 2`.
pub type Calls = Arc<Mutex<Vec<String>>>;

/// What a service answers at each point: names of events, unless it is asked to do something else first.
type Says = fn(u32) -> &'static [&'static str];

/// Does something before a method answers.
pub type Before = Arc<dyn Fn(&'static str, u32, Context) -> BoxFuture<'static, Answer<()>> + Send + Sync>;

struct Stub {
    name: &'static str,
    says: Says,
    calls: Calls,
    before: Before,
}

impl rt::Handler for Stub {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let cx = input.context();
            (self.before)(self.name, point, cx.clone()).await?;
            self.calls.lock().unwrap().push(format!("{} {point}", self.name));
            let mut emit = rt::Emissions::new();
            for name in (self.says)(point) {
                push(&mut emit, name, cx.key())?;
            }
            Ok(emit)
        })
    }
}

const HOST_SAYS: Says = |point| match point {
    0 => &["Cook", "Play"],
    1 => &["Done"],
    2 => &["Over"],
    _ => &[],
};

/// Who takes part, each with what it says.
const SERVICES: [(&str, &[rt::Machine], Says); 5] = [
    ("Host", machines::HOST, HOST_SAYS),
    ("Cook", machines::COOK, |point| match point {
        0 => &["Cooked"],
        3 => &["Thrown"],
        _ => &[],
    }),
    ("Band", machines::BAND, |point| if point == 0 { &["Played"] } else { &[] }),
    ("Post", machines::POST, |_| &["Card"]),
    ("Press", machines::PRESS, |_| &[]),
];

/// All services; each does something before it answers.
pub fn services(calls: &Calls, before: &Before) -> Vec<rt::Service> {
    SERVICES.iter().map(|(name, machines, says)| service(name, machines, *says, calls, before)).collect()
}

fn service(
    name: &'static str,
    machines: &'static [rt::Machine],
    says: Says,
    calls: &Calls,
    before: &Before,
) -> rt::Service {
    rt::Service::new(name, machines, Stub { name, says, calls: calls.clone(), before: before.clone() })
}

/// Nothing is done before.
pub fn at_once() -> Before {
    Arc::new(|_, _, _| Box::pin(async { Ok(()) }))
}

/// All services, with a host who waits for 300 milliseconds.
pub fn hasty(store: &Store, calls: &Calls, before: &Before) -> Runtime {
    let host = service("Host", machines::HASTY_HOST, HOST_SAYS, calls, before);
    let others = services(calls, before).into_iter().skip(1);
    others.fold(Runtime::new(store).serve(host), Runtime::serve)
}

/// The host alone.
pub fn hasty_host(store: &Store, calls: &Calls) -> Runtime {
    Runtime::new(store).serve(service("Host", machines::HASTY_HOST, HOST_SAYS, calls, &at_once()))
}

/// How long a patient host waits.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// The services that are named, with a patient host.
pub fn patient(store: &Store, calls: &Calls, before: &Before, names: &str) -> Runtime {
    let named = SERVICES.iter().filter(|(name, ..)| names.contains(name));
    named.fold(Runtime::new(store), |runtime, (name, machines, says)| {
        let machines = if *name == "Host" { machines::PATIENT_HOST } else { machines };
        runtime.serve(service(name, machines, *says, calls, before))
    })
}

/// The guest.
pub fn guest(store: &Store) -> rt::Client {
    rt::Client::new(store, "Guest").hears(&["party.Done", "party.Over", "party.Card"])
}

/// The guest asks for a party.
pub async fn ask(store: &Store, order: &str) {
    let guest = guest(store);
    let event = Ask { order: order.to_owned() };
    guest.send("party.Party", &["Host"], format!("ask {order}"), &event, &[&order]).await.unwrap();
}

/// What the guest hears next, in words.
pub async fn heard(guest: &rt::Client) -> String {
    let read = |incoming: &rt::Incoming| Ok(incoming.event_type().to_owned());
    let next = tokio::time::timeout(Duration::from_secs(60), guest.next(read)).await;
    let delivery = next.unwrap_or_else(|_| panic!("the guest hears nothing")).unwrap();
    let key = delivery.key().to_owned();
    let name = delivery.done().await.unwrap();
    format!("{key} {}", name.trim_start_matches("party."))
}

/// An answer of the band, which it has put off.
pub async fn band_plays(store: &Store, order: &str) -> Result<(), rt::CompleteError> {
    completes(store, "Band", 0, &["Played"], order).await
}

/// An answer that this service has put off.
pub async fn completes(
    store: &Store,
    service: &str,
    point: u32,
    says: &[&str],
    order: &str,
) -> Result<(), rt::CompleteError> {
    let mut answer = rt::Emissions::new();
    for name in says {
        push(&mut answer, name, order).unwrap();
    }
    let (name, machines, _) = SERVICES.iter().find(|(name, ..)| *name == service).unwrap();
    rt::Completer::new(store, name, machines).complete("party.Party", &[&order], point, answer).await
}

pub fn harness(calls: &Calls, before: &Before) -> Harness {
    services(calls, before).into_iter().fold(Harness::new(), Harness::serve)
}

/// The band puts its answer off.
pub fn band_later() -> Before {
    Arc::new(|name, point, cx| {
        Box::pin(async move { if (name, point) == ("Band", 0) { Err(cx.later()) } else { Ok(()) } })
    })
}

/// What was published, without an order.
pub fn sorted(run: &Run, order: &str) -> Vec<String> {
    let mut lines = run.of(order);
    lines.sort();
    lines
}

/// Waits until this call has been made.
pub async fn until_called(calls: &Calls, call: &str) {
    let began = Instant::now();
    while !calls.lock().unwrap().iter().any(|it| it == call) {
        assert!(began.elapsed() < Duration::from_secs(20), "{call} is never called");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// All services, for [`patient`].
pub const ALL: &str = "Host Cook Band Post Press";

/// A child process; it is killed when this is dropped.
pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The guest hears this of its order, and nothing more.
pub async fn ends_with(store: &Store, last: &str) {
    let guest = guest(store);
    assert_eq!(heard(&guest).await, format!("o1 {last}"));
    let more = if last == "Done" { heard(&guest).await } else { String::new() };
    assert_eq!(more, if last == "Done" { "o1 Card" } else { "" });
    let more = tokio::time::timeout(Duration::from_millis(300), heard(&guest)).await;
    assert!(more.is_err(), "it ends once: {more:?}");
    assert_eq!(store.journal().await.unwrap(), []);
}
