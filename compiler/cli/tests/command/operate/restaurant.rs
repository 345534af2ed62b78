//! A restaurant whose kitchen cooks no soup, on a store of its own.

use std::time::{Duration, Instant};

use chor_runtime::codegen as rt;
use chor_runtime::{Running, Runtime, Store};

const GUEST: rt::Receiver = rt::external("Guest");
const WAITER: rt::Receiver = rt::service("Waiter");
const KITCHEN: rt::Receiver = rt::service("Kitchen");

/// Waits for the kitchen for two days and a little.
static WAITERS: &[rt::Machine] = &[rt::Machine {
    choreography: "restaurant.Dinner",
    participant: "Waiter",
    hash: 1,
    states: &[
        rt::hears(&[rt::hear("restaurant.OrderDish", GUEST, 0, 1).enters(&[1])]),
        rt::emits(&[rt::emit("restaurant.DishOrdered", &[KITCHEN], 2).scopes(&[1])]),
        rt::hears(&[
            rt::hear("restaurant.DishCooked", KITCHEN, 1, 3).scopes(&[1]),
            rt::hear("restaurant.DishSoldOut", KITCHEN, 1, 3).scopes(&[1]),
        ])
        .expires(&[rt::expire(1, (48 * 60 + 30) * 60 * 1000, 2, 3)]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];

static KITCHENS: &[rt::Machine] = &[rt::Machine {
    choreography: "restaurant.Dinner",
    participant: "Kitchen",
    hash: 2,
    states: &[
        rt::hears(&[rt::hear("restaurant.DishOrdered", WAITER, 0, 1).scopes(&[1])]),
        rt::emits(&[rt::emit("restaurant.DishCooked", &[WAITER], 2).scopes(&[1])]),
        rt::ends(&[]),
    ],
    ..rt::Machine::EMPTY
}];

#[derive(Debug, rt::Serialize, rt::Deserialize)]
#[serde(crate = "::chor_runtime::codegen::serde")]
struct OrderDish {
    order: String,
}

impl rt::Payload for OrderDish {
    const TYPE: &'static str = "restaurant.OrderDish";
}

#[derive(Debug, rt::Serialize, rt::Deserialize)]
#[serde(crate = "::chor_runtime::codegen::serde")]
struct DishOrdered {
    order: String,
    dish: String,
}

impl rt::Payload for DishOrdered {
    const TYPE: &'static str = "restaurant.DishOrdered";
}

#[derive(Debug, rt::Serialize, rt::Deserialize)]
#[serde(crate = "::chor_runtime::codegen::serde")]
struct DishCooked {
    order: String,
}

impl rt::Payload for DishCooked {
    const TYPE: &'static str = "restaurant.DishCooked";
}

struct Waiter;

impl rt::Handler for Waiter {
    fn handle<'a>(&'a self, point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let (mut emit, order) = (rt::Emissions::new(), input.context().key().to_owned());
            if point == 0 {
                let dish = if order.starts_with("soup") { "soup" } else { "pie" }.to_owned();
                emit.push(&DishOrdered { order: order.clone(), dish }, &[&order])?;
            }
            Ok(emit)
        })
    }
}

/// Cooks no soup, unless it is told to.
struct Kitchen {
    soup: bool,
}

impl rt::Handler for Kitchen {
    fn handle<'a>(&'a self, _point: u32, input: rt::Input<'a>) -> rt::HandlerFuture<'a> {
        Box::pin(async move {
            let cook: DishOrdered = input.event()?;
            if cook.dish == "soup" && !self.soup {
                return Err(rt::HandlerError::permanent("the pot has a hole"));
            }
            let mut emit = rt::Emissions::new();
            emit.push(&DishCooked { order: cook.order.clone() }, &[&cook.order])?;
            Ok(emit)
        })
    }
}

fn serve(store: &Store, soup: bool) -> Running {
    Runtime::new(store)
        .serve(rt::Service::new("Waiter", WAITERS, Waiter))
        .serve(rt::Service::new("Kitchen", KITCHENS, Kitchen { soup }))
        .start()
}

pub(super) async fn ask(store: &Store, order: &str) {
    let event = OrderDish { order: order.to_owned() };
    let guest = rt::Client::new(store, "Guest");
    guest.send("restaurant.Dinner", &["Waiter"], order, &event, &[&order]).await.unwrap();
}

async fn until(mut done: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < Duration::from_secs(20), "waited in vain");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Two soups that cannot be cooked, and one pie that was.
pub(super) async fn fill(store: &Store) {
    let running = serve(store, false);
    for order in ["soup-1", "soup-2", "pie-1"] {
        ask(store, order).await;
    }
    until(async || {
        let aside = store.quarantined().await.unwrap().len();
        let over = chor_runtime::Which::default().key("pie-1");
        aside == 2 && store.status_of_waiter().await && store.instances(&over, 9).await.unwrap().total == 0
    })
    .await;
    running.shutdown().await.unwrap();
}

/// Serves until nothing is set aside any more and all is over.
pub(super) async fn finish(store: &Store) {
    let running = serve(store, true);
    let all = chor_runtime::Which::default();
    until(async || store.instances(&all, 9).await.unwrap().total == 0).await;
    running.shutdown().await.unwrap();
}

trait Waiters {
    async fn status_of_waiter(&self) -> bool;
}

impl Waiters for Store {
    /// Whether the waiter has begun with all three.
    async fn status_of_waiter(&self) -> bool {
        let waiter = chor_runtime::Which::default().service("Waiter").and_over();
        self.instances(&waiter, 9).await.unwrap().total == 3
    }
}
