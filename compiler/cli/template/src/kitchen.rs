//! The kitchen: cooks while there is something to cook from.

use std::sync::Mutex;

use chor_runtime::{Answer, Context};

use crate::stubs::kitchen::{DishCooked, DishOrdered, DishSoldOut, Kitchen, OnDishOrdered};

/// A stove, and what is left to cook.
pub struct Stove {
    portions: Mutex<u32>,
}

impl Stove {
    /// So many portions are left.
    pub fn with(portions: u32) -> Self {
        Self {
            portions: Mutex::new(portions),
        }
    }
}

impl Kitchen for Stove {
    /// The kitchen decides: this is the `choice at Kitchen` of `restaurant.chor`.
    async fn on_dish_ordered(&self, event: DishOrdered, _: &Context) -> Answer<OnDishOrdered> {
        let order = event.order;
        let mut portions = self.portions.lock().unwrap();
        if *portions == 0 {
            println!("  Kitchen has no {} left", event.dish);
            return Ok(DishSoldOut { order }.into());
        }
        *portions -= 1;
        println!("  Kitchen cooks {}", event.dish);
        Ok(DishCooked { order, minutes: 12 }.into())
    }
}
