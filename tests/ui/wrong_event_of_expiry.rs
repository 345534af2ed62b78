//! `Desk` answers the passing of its deadline with what it may say only in time.
use chor_runtime::{Answer, Context};
use chor_tests::hard::desk::{
    CookedOrSpoiled, Desk, KnownExpireMissed, KnownOnPrepared, Mixed, Order, Ordered, Served, Thrown,
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
    ) -> Answer<Served> {
        Ok(Served { table: bar.table })
    }

    async fn expire_missed(&self, known: KnownExpireMissed, _cx: &Context) -> Answer<Served> {
        Ok(Served { table: known.order.table })
    }
}

fn main() {}
