//! `Desk` answers the end of both parts with what it may say only when the deadline has passed.
use chor_runtime::{Answer, Context};
use chor_tests::hard::desk::{
    CookedOrSpoiled, Desk, KnownExpireMissed, KnownOnPrepared, Missed, Mixed, Order, Ordered, Thrown,
};

struct Counter;

impl Desk for Counter {
    async fn on_order(&self, _event: Order, _cx: &Context) -> Answer<Ordered> {
        unreachable!()
    }

    async fn on_thrown(&self, _event: Thrown, _cx: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_prepared(
        &self,
        _stove: CookedOrSpoiled,
        bar: Mixed,
        _known: KnownOnPrepared,
        _cx: &Context,
    ) -> Answer<Missed> {
        Ok(Missed { table: bar.table })
    }

    async fn expire_missed(&self, known: KnownExpireMissed, _cx: &Context) -> Answer<Missed> {
        Ok(Missed { table: known.order.table })
    }
}

fn main() {}
