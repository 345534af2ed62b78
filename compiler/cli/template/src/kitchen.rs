//! The kitchen: cooks while there is something to cook from.

use std::sync::atomic::{AtomicU32, Ordering};

use chor_runtime::{Answer, Context};

use crate::stubs::kitchen::{DishCooked, DishOrdered, DishSoldOut, Kitchen, OnDishOrdered};

/// A stove, and what is left to cook.
pub struct Stove {
    portions: AtomicU32,
}

impl Stove {
    /// So many portions are left.
    pub fn with(portions: u32) -> Self {
        Self { portions: AtomicU32::new(portions) }
    }
}

impl Kitchen for Stove {
    /// The kitchen decides: this is the `choice at Kitchen` of `restaurant.chor`.
    async fn on_dish_ordered(&self, event: DishOrdered, _: &Context) -> Answer<OnDishOrdered> {
        let take = |left: u32| left.checked_sub(1);
        let order = event.order;
        Ok(match self.portions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => DishCooked { order, minutes: 12 }.into(),
            Err(_) => DishSoldOut { order }.into(),
        })
    }
}
