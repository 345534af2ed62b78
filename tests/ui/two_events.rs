//! `Payment` approves and declines in one answer.
use chor_runtime::Answer;
use chor_tests::checkout::payment::{DeclineReason, OnOrderPlaced, OrderPlaced, PaymentApproved, PaymentDeclined};

fn answer(event: OrderPlaced) -> Answer<OnOrderPlaced> {
    let approved = PaymentApproved { order: event.order, authorization: "A1".into() };
    let declined = PaymentDeclined { order: event.order, reason: DeclineReason::SuspectedFraud };
    Ok((approved, declined).into())
}

fn main() {
    let _ = answer;
}
