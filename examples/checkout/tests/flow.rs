//! The four endings of an order, in memory and without waiting: whatever arrives first, and even if events come
//! twice and services die between their handler and the commit.

#![allow(clippy::unwrap_used)]

use checkout::goods;
use checkout::orders::Counter;
use checkout::shipping::Carrier;
use checkout::stubs;
use checkout::stubs::customer::Client;
use chor_runtime::Uuid;
use chor_runtime::harness::{Harness, explore, trace};

fn shop(harness: Harness) -> Harness {
    harness
        .serve(stubs::orders::service(Counter))
        .serve(stubs::payment::service(goods::bank()))
        .serve(stubs::inventory::service(goods::warehouse()))
        .serve(stubs::shipping::service(Carrier))
}

#[tokio::test]
async fn what_is_paid_and_reserved_is_shipped() {
    explore(0..50, async |harness| {
        let mut shop = shop(harness);
        let id = Uuid::from_u128(1);
        Client::new(shop.store()).place_order(&goods::order(0, id)).await.unwrap();
        let run = shop.run().await.unwrap();
        run.ended().unwrap();
        run.expect(
            &id.to_string(),
            trace![
                Customer -> Orders: PlaceOrder;
                Orders -> Payment, Inventory: OrderPlaced;
                Inventory -> Orders, Shipping: StockReserved;
                Payment -> Orders: PaymentApproved;
                Orders -> Payment, Inventory, Shipping: OrderConfirmed;
                Shipping -> Customer, Orders: OrderShipped;
            ],
        );
    })
    .await
    .unwrap();
}

/// Places the order with this number, and compares what is published.
async fn check(number: u32, expected: &[&'static str]) {
    explore(0..50, async |harness| {
        let mut shop = shop(harness);
        let id = Uuid::from_u128(1);
        Client::new(shop.store()).place_order(&goods::order(number, id)).await.unwrap();
        let run = shop.run().await.unwrap();
        run.ended().unwrap();
        run.expect(&id.to_string(), expected);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_is_not_paid_is_put_back() {
    check(
        1,
        &trace![
            Customer -> Orders: PlaceOrder;
            Orders -> Payment, Inventory: OrderPlaced;
            Inventory -> Orders, Shipping: StockReserved;
            Payment -> Orders: PaymentDeclined;
            Orders -> Customer, Inventory, Shipping: OrderCancelled;
            Inventory -> Orders: StockReleased;
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_sold_out_is_not_paid_for() {
    check(
        2,
        &trace![
            Customer -> Orders: PlaceOrder;
            Orders -> Payment, Inventory: OrderPlaced;
            Inventory -> Orders: StockMissing;
            Payment -> Orders: PaymentApproved;
            Orders -> Customer, Payment: OrderCancelled;
            Payment -> Orders: PaymentRefunded;
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_neither_paid_nor_there_is_called_off() {
    check(
        3,
        &trace![
            Customer -> Orders: PlaceOrder;
            Orders -> Payment, Inventory: OrderPlaced;
            Inventory -> Orders: StockMissing;
            Payment -> Orders: PaymentDeclined;
            Orders -> Customer: OrderCancelled;
        ],
    )
    .await;
}

/// The first of these tests stands in the README, word for word.
#[test]
fn the_readme_shows_a_test_that_passes() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let (_, section) = readme.split_once("## Testing").unwrap();
    let (_, block) = section.split_once("```rust\n").unwrap();
    let (shown, _) = block.split_once("```").unwrap();
    assert!(include_str!("flow.rs").contains(shown), "{shown}");
}
