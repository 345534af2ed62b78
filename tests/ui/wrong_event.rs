//! `Payment` answers to `OrderPlaced` with an event that it never emits.
use chor_runtime::Answer;
use chor_tests::checkout::inventory::StockMissing;
use chor_tests::checkout::payment::{OnOrderPlaced, OrderPlaced};

fn answer(event: OrderPlaced) -> Answer<OnOrderPlaced> {
    Ok(StockMissing { order: event.order, sku: "TEA-0042".into() }.into())
}

fn main() {
    let _ = answer;
}
