//! The waiter: passes orders on, and brings what comes of them.

use chor_runtime::{Answer, Context};

use crate::stubs::waiter::{
    DishCooked, DishOrdered, DishServed, DishSoldOut, KnownOnDishCooked, KnownOnDishSoldOut,
    OrderDeclined, OrderDish, Waiter,
};

/// Serves every table.
pub struct Staff;

/// What each method may answer is what `restaurant.chor` says; anything else does not compile.
impl Waiter for Staff {
    async fn on_order_dish(&self, event: OrderDish, _: &Context) -> Answer<DishOrdered> {
        println!("  Waiter passes {} on", event.dish);
        Ok(DishOrdered {
            order: event.order,
            dish: event.dish,
        })
    }

    /// `known` is what the waiter has heard and said about this order before.
    async fn on_dish_cooked(
        &self,
        event: DishCooked,
        known: KnownOnDishCooked,
        _: &Context,
    ) -> Answer<DishServed> {
        println!("  Waiter serves after {} minutes", event.minutes);
        Ok(DishServed {
            order: event.order,
            dish: known.order_dish.dish,
        })
    }

    async fn on_dish_sold_out(
        &self,
        event: DishSoldOut,
        known: KnownOnDishSoldOut,
        _: &Context,
    ) -> Answer<OrderDeclined> {
        println!("  Waiter apologises");
        let reason = format!("no {} left", known.order_dish.dish);
        Ok(OrderDeclined {
            order: event.order,
            reason,
        })
    }
}
