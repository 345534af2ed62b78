//! `Desk` does not say what it does when both parts are over, nor when the deadline has passed.
use chor_runtime::{Answer, Context};
use chor_tests::hard::desk::{Desk, Order, Ordered, Thrown};

struct Counter;

impl Desk for Counter {
    async fn on_order(&self, _event: Order, _cx: &Context) -> Answer<Ordered> {
        unreachable!()
    }

    async fn on_thrown(&self, _event: Thrown, _cx: &Context) -> Answer<()> {
        Ok(())
    }
}

fn main() {}
