//! A restaurant without a coordinator: waiter and kitchen react to what they hear, and to nothing else.
//!
//! Here both run in one process, on a store in memory. Each could be a process of its own: they share the
//! store alone, and `Store::sqlite("restaurant.db")` is one that several processes can open.

mod kitchen;
mod waiter;

/// What the build script made of `restaurant.chor`: one module for each service and external.
mod stubs {
    chor_runtime::include_services!();
}

use std::error::Error;

use chor_runtime::{Runtime, Service, Store, Uuid};

use crate::kitchen::Stove;
use crate::stubs::guest::{Client, Heard, OrderDish};
use crate::waiter::Staff;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::memory();
    let running = restaurant(&store, 2).start();
    let guest = Client::new(&store);
    let dishes = ["dumplings", "noodles", "soup"];
    let mut served = 0;
    for dish in dishes {
        println!("Guest orders {dish}");
        match dine(&guest, dish).await? {
            Heard::DishServed(event) => {
                println!("Guest eats {}", event.dish);
                served += 1;
            }
            Heard::OrderDeclined(event) => println!("Guest goes hungry: {}", event.reason),
        }
    }
    running.shutdown().await?;
    println!("{served} of {} dishes were served", dishes.len());
    Ok(())
}

/// Both services on this store; the kitchen has this many portions.
fn restaurant(store: &Store, portions: u32) -> Runtime {
    let [waiter, kitchen] = services(portions);
    Runtime::new(store).serve(waiter).serve(kitchen)
}

fn services(portions: u32) -> [Service; 2] {
    [
        stubs::waiter::service(Staff),
        stubs::kitchen::service(Stove::with(portions)),
    ]
}

/// Orders a dish and waits for what comes of it.
async fn dine(guest: &Client, dish: &str) -> Result<Heard, Box<dyn Error>> {
    guest
        .order_dish(&OrderDish {
            order: Uuid::new_v4(),
            dish: dish.to_owned(),
        })
        .await?;
    let heard = guest.next().await?;
    // Until it is `done`, an event comes again: a crash here loses nothing.
    Ok(heard.done().await?)
}

#[cfg(test)]
mod tests {
    use chor_runtime::harness::Harness;

    use super::*;

    #[tokio::test]
    async fn who_comes_too_late_goes_hungry() {
        let [waiter, kitchen] = services(1);
        let mut restaurant = Harness::new().serve(waiter).serve(kitchen);
        let guest = Client::new(restaurant.store());

        let early = order(&guest).await;
        let run = restaurant.run().await.unwrap();
        assert_eq!(
            run.of(&early.to_string()),
            [
                "Guest -> Waiter: OrderDish",
                "Waiter -> Kitchen: DishOrdered",
                "Kitchen -> Waiter: DishCooked",
                "Waiter -> Guest: DishServed",
            ]
        );

        let late = order(&guest).await;
        let run = restaurant.run().await.unwrap();
        assert_eq!(
            run.of(&late.to_string()),
            [
                "Guest -> Waiter: OrderDish",
                "Waiter -> Kitchen: DishOrdered",
                "Kitchen -> Waiter: DishSoldOut",
                "Waiter -> Guest: OrderDeclined",
            ]
        );
        run.ended().unwrap();
    }

    async fn order(guest: &Client) -> Uuid {
        let order = Uuid::new_v4();
        let dish = "dumplings".to_owned();
        guest.order_dish(&OrderDish { order, dish }).await.unwrap();
        order
    }
}
