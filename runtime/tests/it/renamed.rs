//! An event gets another name while instances are open: readers follow first, then who publishes it.
//!
//! ```text
//! choreography Checkout by order {
//!   Customer -> Orders: Place
//!   Orders -> Payment, Customer: Placed      // later: @was("Placed") event Submitted
//!   Customer -> Orders: Confirm
//!   Orders -> Payment: Confirmed
//!   Payment -> Customer: Receipt
//! }
//! choreography Points by order { on Placed -> Loyalty   Loyalty -> Customer: Earned }
//! ```

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ::chor_runtime::codegen as rt;
use chor_runtime::{Runtime, Store};

use crate::stores::stores;

const CUSTOMER: rt::Receiver = rt::external("Customer");
const ORDERS: rt::Receiver = rt::service("Orders");
const PAYMENT: rt::Receiver = rt::service("Payment");

const NEW_NAME: &[rt::Renamed] = &[rt::renamed("shop.Placed", "shop.Submitted", &["shop.Sent"])];

macro_rules! machines {
    ($orders:ident, $payment:ident, $loyalty:ident, $renamed:expr) => {
        static $orders: &[rt::Machine] = &[rt::Machine {
            choreography: "shop.Checkout",
            participant: "Orders",
            hash: 0x04de,
            states: &[
                rt::hears(&[rt::hear("shop.Place", CUSTOMER, 0, 1)]),
                rt::emits(&[rt::emit("shop.Placed", &[PAYMENT, CUSTOMER], 2)]),
                rt::hears(&[rt::hear("shop.Confirm", CUSTOMER, 1, 3)]),
                rt::emits(&[rt::emit("shop.Confirmed", &[PAYMENT], 4)]),
                rt::ends(&[]),
            ],
            renamed: $renamed,
            ..rt::Machine::EMPTY
        }];
        static $payment: &[rt::Machine] = &[rt::Machine {
            choreography: "shop.Checkout",
            participant: "Payment",
            hash: 0x9a11,
            keeps: &["shop.Placed"],
            states: &[
                rt::hears(&[rt::hear("shop.Placed", ORDERS, 0, 1)]),
                rt::hears(&[rt::hear("shop.Confirmed", ORDERS, 1, 2)]),
                rt::emits(&[rt::emit("shop.Receipt", &[CUSTOMER], 3)]),
                rt::ends(&[]),
            ],
            renamed: $renamed,
            ..rt::Machine::EMPTY
        }];
        static $loyalty: &[rt::Machine] = &[rt::Machine {
            choreography: "shop.Points",
            participant: "Loyalty",
            hash: 0x1071,
            states: &[
                rt::hears(&[rt::on("shop.Placed", 0, 1)]),
                rt::emits(&[rt::emit("shop.Earned", &[CUSTOMER], 2)]),
                rt::ends(&[]),
            ],
            renamed: $renamed,
            ..rt::Machine::EMPTY
        }];
    };
}

machines!(OLD_ORDERS, OLD_PAYMENT, OLD_LOYALTY, &[]);
machines!(NEW_ORDERS, NEW_PAYMENT, NEW_LOYALTY, NEW_NAME);

macro_rules! events {
    ($($name:ident $ty:literal $wire:literal;)*) => {
        $(
            #[derive(Clone, Debug, rt::Serialize, rt::Deserialize)]
            #[serde(crate = "::chor_runtime::codegen::serde")]
            struct $name {
                order: String,
                total: u32,
            }

            impl rt::Payload for $name {
                const TYPE: &'static str = $ty;
                const NAME: &'static str = $wire;
            }
        )*
    };
}

events! {
    Place "shop.Place" "shop.Place";
    Placed "shop.Placed" "shop.Placed";
    Submitted "shop.Placed" "shop.Submitted";
    Confirm "shop.Confirm" "shop.Confirm";
    Confirmed "shop.Confirmed" "shop.Confirmed";
    Receipt "shop.Receipt" "shop.Receipt";
    Earned "shop.Earned" "shop.Earned";
}

#[derive(Clone, Copy, PartialEq)]
enum Version {
    Old,
    New,
}

/// The calls of handlers, in words: `Payment 0 o1`.
type Calls = Arc<Mutex<Vec<String>>>;

struct Stub(&'static str, Version, Calls);

impl rt::Handler for Stub {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        let Self(name, version, calls) = self;
        Box::pin(async move {
            let order = input.context().key().to_owned();
            let mut answer = rt::Emissions::new();
            match (*name, point) {
                ("Orders", 0) => {
                    let Place { order, total } = input.event()?;
                    match version {
                        Version::Old => answer.push(&Placed { order: order.clone(), total }, &[&order])?,
                        Version::New => answer.push(&Submitted { order: order.clone(), total }, &[&order])?,
                    }
                }
                ("Orders", _) => answer.push(&Confirmed { order: order.clone(), total: 0 }, &[&order])?,
                ("Payment", 0) => {
                    input.event::<Submitted>()?;
                }
                ("Payment", _) => {
                    let total = match version {
                        Version::Old => input.known::<Placed>()?.total,
                        Version::New => input.known::<Submitted>()?.total,
                    };
                    answer.push(&Receipt { order: order.clone(), total }, &[&order])?;
                }
                _ => answer.push(&Earned { order: order.clone(), total: 1 }, &[&order])?,
            }
            calls.lock().unwrap().push(format!("{name} {point} {order}"));
            Ok(answer)
        })
    }
}

/// Whoever listens is there before anybody publishes.
fn serve(store: &Store, calls: &Calls, readers: Version, orders: Version) -> Runtime {
    let service = |name, version, old, new| {
        let machines = if version == Version::Old { old } else { new };
        rt::Service::new(name, machines, Stub(name, version, calls.clone()))
    };
    Runtime::new(store)
        .serve(service("Loyalty", readers, OLD_LOYALTY, NEW_LOYALTY))
        .serve(service("Payment", readers, OLD_PAYMENT, NEW_PAYMENT))
        .serve(service("Orders", orders, OLD_ORDERS, NEW_ORDERS))
}

fn customer(store: &Store) -> rt::Client {
    let hears = &["shop.Submitted", "shop.Placed", "shop.Sent", "shop.Receipt", "shop.Earned"];
    rt::Client::new(store, "Customer").hears(hears)
}

async fn place(store: &Store, order: &str, total: u32) {
    say(store, order, &format!("place {order}"), &Place { order: order.to_owned(), total }).await;
}

async fn confirm(store: &Store, order: &str) {
    say(store, order, &format!("confirm {order}"), &Confirm { order: order.to_owned(), total: 0 }).await;
}

async fn say<T: rt::Payload>(store: &Store, order: &str, id: &str, event: &T) {
    customer(store).send("shop.Checkout", &["Orders"], id.to_owned(), event, &[&order]).await.unwrap();
}

/// What the customer hears next, so many events, in words; in alphabetical order.
async fn heard(customer: &rt::Client, count: usize) -> Vec<String> {
    let read = |incoming: &rt::Incoming| {
        let name = incoming.event_type().trim_start_matches("shop.").to_owned();
        Ok((name, incoming.event::<Receipt>()?.total))
    };
    let mut all = Vec::new();
    for _ in 0..count {
        let next = tokio::time::timeout(Duration::from_secs(60), customer.next(read)).await;
        let delivery = next.unwrap_or_else(|_| panic!("the customer hears no more than {all:?}")).unwrap();
        let key = delivery.key().to_owned();
        let (name, total) = delivery.done().await.unwrap();
        all.push(format!("{key} {name} {total}"));
    }
    all.sort();
    all
}

async fn until_called(calls: &Calls, call: &str) {
    let end = Instant::now() + Duration::from_secs(60);
    while !calls.lock().unwrap().iter().any(|it| it == call) {
        assert!(Instant::now() < end, "{call} is not in {:?}", calls.lock().unwrap());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_instances_go_on_and_both_names_are_heard() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (calls, customer) = (Calls::default(), customer(&store));
        let running = serve(&store, &calls, Version::Old, Version::Old).start();
        place(&store, "o1", 11).await;
        assert_eq!(heard(&customer, 2).await, ["o1 Earned 1", "o1 Placed 11"]);
        until_called(&calls, "Payment 0 o1").await;
        running.shutdown().await.unwrap();

        // The readers know the new name, and whoever publishes it does not.
        let running = serve(&store, &calls, Version::New, Version::Old).start();
        place(&store, "o2", 22).await;
        assert_eq!(heard(&customer, 2).await, ["o2 Earned 1", "o2 Placed 22"]);
        until_called(&calls, "Payment 0 o2").await;
        confirm(&store, "o1").await;
        assert_eq!(heard(&customer, 1).await, ["o1 Receipt 11"]);
        running.shutdown().await.unwrap();

        let running = serve(&store, &calls, Version::New, Version::New).start();
        confirm(&store, "o2").await;
        assert_eq!(heard(&customer, 1).await, ["o2 Receipt 22"]);
        place(&store, "o3", 33).await;
        assert_eq!(heard(&customer, 2).await, ["o3 Earned 1", "o3 Submitted 33"]);
        confirm(&store, "o3").await;
        assert_eq!(heard(&customer, 1).await, ["o3 Receipt 33"]);
        running.shutdown().await.unwrap();
        assert_eq!(store.journal().await.unwrap(), []);
    }
}

/// What a new version has written, an old one reads: both know the event by the name that it had first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_may_go_back_as_long_as_nobody_publishes_the_new_name() {
    let (_place, stores) = stores().await;
    for store in stores {
        let (calls, customer) = (Calls::default(), customer(&store));
        let running = serve(&store, &calls, Version::New, Version::Old).start();
        place(&store, "o1", 11).await;
        assert_eq!(heard(&customer, 2).await, ["o1 Earned 1", "o1 Placed 11"]);
        until_called(&calls, "Payment 0 o1").await;
        running.shutdown().await.unwrap();
        let running = serve(&store, &calls, Version::Old, Version::Old).start();
        confirm(&store, "o1").await;
        assert_eq!(heard(&customer, 1).await, ["o1 Receipt 11"]);
        running.shutdown().await.unwrap();
        assert_eq!(store.journal().await.unwrap(), []);
    }
}
