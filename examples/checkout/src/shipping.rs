//! Shipping: packs what was reserved, and sends it when the order is confirmed.

use chor_runtime::{Answer, Context};

use crate::stubs::shipping::{
    KnownOnOrderCancelled, KnownOnOrderConfirmed, OrderCancelled, OrderConfirmed, OrderShipped, Shipping,
    StockReserved,
};

/// A carrier that numbers its parcels.
#[derive(Clone, Debug, Default)]
pub struct Carrier;

impl Shipping for Carrier {
    async fn on_stock_reserved(&self, event: StockReserved, _: &Context) -> Answer<()> {
        tracing::info!(warehouse = event.warehouse, "a parcel is packed");
        Ok(())
    }

    async fn on_order_confirmed(
        &self,
        event: OrderConfirmed,
        _: KnownOnOrderConfirmed,
        cx: &Context,
    ) -> Answer<OrderShipped> {
        Ok(OrderShipped { order: event.order, tracking: cx.idempotency_key().clone() })
    }

    async fn on_order_cancelled(
        &self,
        _: OrderCancelled,
        known: KnownOnOrderCancelled,
        _: &Context,
    ) -> Answer<()> {
        tracing::info!(warehouse = known.stock_reserved.warehouse, "the parcel is unpacked");
        Ok(())
    }
}
