//! `Stove` does not say how it takes back what it has cooked.
use chor_runtime::{Answer, Context};
use chor_tests::hard::stove::{
    Cooked, KnownOnMissed, KnownOnReady, Missed, OnOrdered, Ordered, Served, Stove,
};

struct Cook;

impl Stove for Cook {
    async fn on_ordered(&self, event: Ordered, _cx: &Context) -> Answer<OnOrdered> {
        Ok(Cooked { table: event.table, dish: event.dish }.into())
    }

    async fn on_ready(&self, _event: Served, _known: KnownOnReady, _cx: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_missed(&self, _event: Missed, _known: KnownOnMissed, _cx: &Context) -> Answer<()> {
        Ok(())
    }
}

fn main() {}
