//! `Stove` takes back what it cooked by cooking it once more.
use chor_runtime::{Answer, Context};
use chor_tests::hard::stove::{
    Cooked, KnownOnMissed, KnownOnReady, Missed, OnOrdered, Ordered, Served, Stove,
};

struct Cook;

impl Stove for Cook {
    async fn on_ordered(&self, event: Ordered, _cx: &Context) -> Answer<OnOrdered> {
        Ok(Cooked { table: event.table, dish: event.dish }.into())
    }

    async fn undo_cooked(&self, event: Cooked, _cx: &Context) -> Answer<Cooked> {
        Ok(event)
    }

    async fn on_ready(&self, _event: Served, _known: KnownOnReady, _cx: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_missed(&self, _event: Missed, _known: KnownOnMissed, _cx: &Context) -> Answer<()> {
        Ok(())
    }
}

fn main() {}
