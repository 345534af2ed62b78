//! `Shipping` does not say what it does when an order is cancelled.
use chor_runtime::{Answer, Context};
use chor_tests::checkout::shipping::{KnownOnOrderConfirmed, OrderConfirmed, OrderShipped, Shipping, StockReserved};

struct Depot;

impl Shipping for Depot {
    async fn on_stock_reserved(&self, _event: StockReserved, _cx: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_order_confirmed(
        &self,
        event: OrderConfirmed,
        _known: KnownOnOrderConfirmed,
        _cx: &Context,
    ) -> Answer<OrderShipped> {
        Ok(OrderShipped { order: event.order, tracking: "T1".into() })
    }
}

fn main() {}
