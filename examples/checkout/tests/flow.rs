//! The four endings of an order, in memory and without waiting: whatever arrives first, and even if events come
//! twice and services die between their handler and the commit.

#![allow(clippy::unwrap_used)]

use checkout::goods;
use checkout::orders::Counter;
use checkout::shipping::Carrier;
use checkout::stubs;
use checkout::stubs::customer::Client;
use chor_runtime::Uuid;
use chor_runtime::harness::Harness;

fn shop() -> Harness {
    Harness::new()
        .serve(stubs::orders::service(Counter))
        .serve(stubs::payment::service(goods::bank()))
        .serve(stubs::inventory::service(goods::warehouse()))
        .serve(stubs::shipping::service(Carrier))
}

/// Places the order with this number, and compares what is published; in many orders of arrival.
async fn check(number: u32, expected: &[&str]) {
    for seed in 0..50 {
        let mut shop = shop().seed(seed).with_faults();
        let id = Uuid::from_u128(1);
        Client::new(shop.store()).place_order(&goods::order(number, id)).await.unwrap();
        let run = shop.run().await.unwrap();
        run.ended().unwrap();
        assert_eq!(run.of(&id.to_string()), expected, "{run}");
    }
}

#[tokio::test]
async fn what_is_paid_and_reserved_is_shipped() {
    check(
        0,
        &[
            "Customer -> Orders: PlaceOrder",
            "Orders -> Payment, Inventory: OrderPlaced",
            "Inventory -> Orders, Shipping: StockReserved",
            "Payment -> Orders: PaymentApproved",
            "Orders -> Payment, Inventory, Shipping: OrderConfirmed",
            "Shipping -> Customer, Orders: OrderShipped",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_not_paid_is_put_back() {
    check(
        1,
        &[
            "Customer -> Orders: PlaceOrder",
            "Orders -> Payment, Inventory: OrderPlaced",
            "Inventory -> Orders, Shipping: StockReserved",
            "Payment -> Orders: PaymentDeclined",
            "Orders -> Customer, Inventory, Shipping: OrderCancelled",
            "Inventory -> Orders: StockReleased",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_sold_out_is_not_paid_for() {
    check(
        2,
        &[
            "Customer -> Orders: PlaceOrder",
            "Orders -> Payment, Inventory: OrderPlaced",
            "Inventory -> Orders: StockMissing",
            "Payment -> Orders: PaymentApproved",
            "Orders -> Customer, Payment: OrderCancelled",
            "Payment -> Orders: PaymentRefunded",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_neither_paid_nor_there_is_called_off() {
    check(
        3,
        &[
            "Customer -> Orders: PlaceOrder",
            "Orders -> Payment, Inventory: OrderPlaced",
            "Inventory -> Orders: StockMissing",
            "Payment -> Orders: PaymentDeclined",
            "Orders -> Customer: OrderCancelled",
        ],
    )
    .await;
}
