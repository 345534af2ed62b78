//! The customer: what it hears of its orders.

use std::fmt;

use chor_runtime::Uuid;

use crate::stubs::customer::{CancelReason, Heard};

/// How orders have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Endings {
    /// Parcels on their way.
    pub shipped: u32,
    /// Orders that the bank did not cover.
    pub declined: u32,
    /// Orders that could not be had.
    pub out_of_stock: u32,
}

impl Endings {
    /// Counts one more.
    pub fn count(&mut self, heard: &Heard) {
        let counted = match heard {
            Heard::OrderShipped(_) => &mut self.shipped,
            Heard::OrderCancelled(cancelled) => match cancelled.reason {
                CancelReason::Declined => &mut self.declined,
                CancelReason::OutOfStock => &mut self.out_of_stock,
            },
        };
        *counted += 1;
    }
}

impl fmt::Display for Endings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shipped, declined, out_of_stock } = self;
        let cancelled = declined + out_of_stock;
        write!(
            f,
            "{shipped} shipped, {cancelled} cancelled ({declined} declined, {out_of_stock} out of stock)"
        )
    }
}

/// The order that an event is about.
pub fn order(heard: &Heard) -> Uuid {
    match heard {
        Heard::OrderShipped(shipped) => shipped.order,
        Heard::OrderCancelled(cancelled) => cancelled.order,
    }
}

/// What the event says, in a word or two.
pub fn told(heard: &Heard) -> &'static str {
    match heard {
        Heard::OrderShipped(_) => "shipped",
        Heard::OrderCancelled(cancelled) => match cancelled.reason {
            CancelReason::Declined => "cancelled: declined",
            CancelReason::OutOfStock => "cancelled: out of stock",
        },
    }
}
