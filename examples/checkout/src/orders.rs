//! Orders: accepts orders, hears how payment and inventory decided, and says how the order ends.

use chor_runtime::{Answer, Context};

use crate::stubs::orders::{
    CancelReason, KnownOnOrderShipped, KnownOnPaidInVain, KnownOnPaymentApproved, KnownOnPaymentDeclined,
    KnownOnPaymentRefunded, KnownOnStockMissing, KnownOnStockReleased, KnownOnStockReserved, OrderCancelled,
    OrderConfirmed, OrderPlaced, OrderShipped, Orders, PaymentApproved, PaymentDeclined, PaymentRefunded,
    PlaceOrder, StockMissing, StockReleased, StockReserved,
};

/// The shop's counter.
#[derive(Clone, Debug, Default)]
pub struct Counter;

impl Orders for Counter {
    async fn on_place_order(&self, event: PlaceOrder, _: &Context) -> Answer<OrderPlaced> {
        Ok(OrderPlaced { order: event.order, lines: event.lines, total: event.total })
    }

    async fn on_stock_reserved(&self, _: StockReserved, _: KnownOnStockReserved, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_stock_missing(&self, _: StockMissing, _: KnownOnStockMissing, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_payment_approved(
        &self,
        event: PaymentApproved,
        _: KnownOnPaymentApproved,
        _: &Context,
    ) -> Answer<OrderConfirmed> {
        Ok(OrderConfirmed { order: event.order })
    }

    async fn on_paid_in_vain(
        &self,
        event: PaymentApproved,
        _: KnownOnPaidInVain,
        _: &Context,
    ) -> Answer<OrderCancelled> {
        Ok(OrderCancelled { order: event.order, reason: CancelReason::OutOfStock })
    }

    async fn on_payment_declined(
        &self,
        event: PaymentDeclined,
        _: KnownOnPaymentDeclined,
        _: &Context,
    ) -> Answer<OrderCancelled> {
        Ok(OrderCancelled { order: event.order, reason: CancelReason::Declined })
    }

    async fn on_order_shipped(&self, event: OrderShipped, _: KnownOnOrderShipped, _: &Context) -> Answer<()> {
        tracing::info!(tracking = event.tracking, "the order is done");
        Ok(())
    }

    async fn on_stock_released(&self, _: StockReleased, _: KnownOnStockReleased, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_payment_refunded(
        &self,
        _: PaymentRefunded,
        _: KnownOnPaymentRefunded,
        _: &Context,
    ) -> Answer<()> {
        Ok(())
    }
}
