//! `Payment` answers to `OrderCancelled` with what it may say to `OrderPlaced` only.
use chor_runtime::{Answer, Context};
use chor_tests::checkout::payment::{
    KnownOnOrderCancelled, KnownOnOrderConfirmed, OnOrderPlaced, OrderCancelled, OrderConfirmed, OrderPlaced,
    Payment, PaymentApproved, PaymentDeclined,
};

struct Bank;

impl Payment for Bank {
    async fn on_order_placed(&self, event: OrderPlaced, _cx: &Context) -> Answer<OnOrderPlaced> {
        Ok(PaymentApproved { order: event.order, authorization: "A1".into() }.into())
    }

    async fn on_order_confirmed(
        &self,
        _event: OrderConfirmed,
        _known: KnownOnOrderConfirmed,
        _cx: &Context,
    ) -> Answer<()> {
        Ok(())
    }

    async fn on_order_cancelled(
        &self,
        _event: OrderCancelled,
        _known: KnownOnOrderCancelled,
        _cx: &Context,
    ) -> Answer<PaymentDeclined> {
        unreachable!()
    }
}

fn main() {}
