//! `Payment` reads of `OrderPlaced` what it has stated to read, and nothing else.
use chor_tests::checkout::payment::OrderPlaced;

fn count(event: &OrderPlaced) -> usize {
    event.lines.len()
}

fn main() {
    let _ = count;
}
