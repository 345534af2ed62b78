//! `Cashier` goes round its loop once more and presents the bill, which stands behind the loop's end.
use chor_runtime::Answer;
use chor_tests::hard::cashier::{Again, Billed, OnRefilled, Refilled};

fn answer(event: Refilled) -> Answer<OnRefilled> {
    let (table, round) = (event.table, event.round + 1);
    Ok(OnRefilled::Enough { enough: Again { table, round }, billed: Billed { table, cents: 700 } })
}

fn main() {
    let _ = answer;
}
