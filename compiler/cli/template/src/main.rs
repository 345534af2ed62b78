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

use chor_runtime::{Runtime, Store, Uuid};

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
    Runtime::new(store)
        .serve(stubs::waiter::service(Staff))
        .serve(stubs::kitchen::service(Stove::with(portions)))
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
    use super::*;

    #[tokio::test]
    async fn who_comes_too_late_goes_hungry() {
        let store = Store::memory();
        let running = restaurant(&store, 1).start();
        let guest = Client::new(&store);
        assert!(matches!(
            dine(&guest, "dumplings").await.unwrap(),
            Heard::DishServed(_)
        ));
        assert!(matches!(
            dine(&guest, "dumplings").await.unwrap(),
            Heard::OrderDeclined(_)
        ));
        running.shutdown().await.unwrap();
    }
}
