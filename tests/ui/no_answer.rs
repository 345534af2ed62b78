//! `Payment` owes an answer and gives none.
use chor_runtime::Answer;
use chor_tests::checkout::payment::{OnOrderPlaced, OrderPlaced};

fn answer(_event: OrderPlaced) -> Answer<OnOrderPlaced> {
    Ok(())
}

fn main() {
    let _ = answer;
}
