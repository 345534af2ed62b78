//! Payment: asks the bank, and later takes the money or lets it go.

use chor_runtime::{Answer, Context, Decimal};

use crate::stubs::payment::{
    DeclineReason, KnownOnOrderCancelled, KnownOnOrderConfirmed, OnOrderPlaced, OrderCancelled,
    OrderConfirmed, OrderPlaced, Payment, PaymentApproved, PaymentDeclined, PaymentRefunded,
};

/// A bank that covers every order up to a limit.
#[derive(Clone, Debug)]
pub struct Bank {
    /// The most that it covers.
    pub limit: Decimal,
}

impl Payment for Bank {
    async fn on_order_placed(&self, event: OrderPlaced, cx: &Context) -> Answer<OnOrderPlaced> {
        let order = event.order;
        if event.total > self.limit {
            return Ok(PaymentDeclined { order, reason: DeclineReason::InsufficientFunds }.into());
        }
        // The same key after a crash: a real bank books a repeated request once.
        let authorization = cx.idempotency_key().clone();
        Ok(PaymentApproved { order, authorization }.into())
    }

    async fn on_order_confirmed(
        &self,
        _: OrderConfirmed,
        known: KnownOnOrderConfirmed,
        _: &Context,
    ) -> Answer<()> {
        tracing::info!(authorization = known.payment_approved.authorization, "the money is taken");
        Ok(())
    }

    async fn on_order_cancelled(
        &self,
        event: OrderCancelled,
        known: KnownOnOrderCancelled,
        _: &Context,
    ) -> Answer<PaymentRefunded> {
        tracing::info!(authorization = known.payment_approved.authorization, "the money is let go");
        Ok(PaymentRefunded { order: event.order })
    }
}
