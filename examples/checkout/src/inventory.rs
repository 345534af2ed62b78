//! Inventory: sets goods aside, and later hands them over or puts them back.

use chor_runtime::{Answer, Context};

use crate::stubs::inventory::{
    Inventory, KnownOnOrderCancelled, KnownOnOrderConfirmed, OnOrderPlaced, OrderCancelled, OrderConfirmed,
    OrderPlaced, StockMissing, StockReleased, StockReserved,
};

/// A warehouse that has everything but a few articles.
#[derive(Clone, Debug)]
pub struct Warehouse {
    /// The articles that cannot be had.
    pub sold_out: Vec<String>,
}

impl Inventory for Warehouse {
    async fn on_order_placed(&self, event: OrderPlaced, _: &Context) -> Answer<OnOrderPlaced> {
        let order = event.order;
        let missing = event.lines.into_iter().find(|line| self.sold_out.contains(&line.sku));
        Ok(match missing {
            Some(line) => StockMissing { order, sku: line.sku }.into(),
            None => StockReserved { order, warehouse: "Rotterdam".to_owned() }.into(),
        })
    }

    async fn on_order_confirmed(
        &self,
        _: OrderConfirmed,
        known: KnownOnOrderConfirmed,
        _: &Context,
    ) -> Answer<()> {
        tracing::info!(warehouse = known.stock_reserved.warehouse, "the goods are handed over");
        Ok(())
    }

    async fn on_order_cancelled(
        &self,
        event: OrderCancelled,
        known: KnownOnOrderCancelled,
        _: &Context,
    ) -> Answer<StockReleased> {
        tracing::info!(warehouse = known.stock_reserved.warehouse, "the goods are put back");
        Ok(StockReleased { order: event.order })
    }
}
