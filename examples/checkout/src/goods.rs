//! What the shop sells, and the orders that the customer places.

use chor_runtime::{Decimal, Uuid};

use crate::inventory::Warehouse;
use crate::payment::Bank;
use crate::stubs::customer::{Line, PlaceOrder};

/// A cup of tea: always there, never too dear.
pub const TEA: &str = "TEA-0042";
/// A harpsichord: there, but beyond what the bank covers.
pub const HARPSICHORD: &str = "KEY-1720";
/// A rug that is sold out.
pub const RUG: &str = "RUG-0404";

/// The bank of the example: it covers up to 1000.
pub fn bank() -> Bank {
    Bank { limit: Decimal::from(1000) }
}

/// The warehouse of the example: there are no rugs.
pub fn warehouse() -> Warehouse {
    Warehouse { sold_out: vec![RUG.to_owned()] }
}

/// How an order must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// Paid and reserved: shipped.
    Shipped,
    /// Reserved, but not paid: cancelled, and the goods are put back.
    Declined,
    /// Paid, but not to be had: cancelled, and the money is let go.
    SoldOut,
    /// Neither: cancelled.
    DeclinedAndSoldOut,
}

/// The order with this number, counted from zero. Four numbers in a row end in the four possible ways.
pub fn order(number: u32, id: Uuid) -> PlaceOrder {
    let (skus, total): (&[&str], u32) = match ending(number) {
        Ending::Shipped => (&[TEA], 4),
        Ending::Declined => (&[TEA, HARPSICHORD], 24_000),
        Ending::SoldOut => (&[RUG], 120),
        Ending::DeclinedAndSoldOut => (&[HARPSICHORD, RUG], 24_120),
    };
    let lines = skus.iter().map(|sku| Line { sku: (*sku).to_owned(), quantity: 1 }).collect();
    PlaceOrder { order: id, lines, total: Decimal::from(total) }
}

/// How the order with this number must end.
pub fn ending(number: u32) -> Ending {
    match number % 4 {
        0 => Ending::Shipped,
        1 => Ending::Declined,
        2 => Ending::SoldOut,
        _ => Ending::DeclinedAndSoldOut,
    }
}

/// What is ordered, for the screen: `TEA-0042, KEY-1720 for 24000`.
pub fn told(order: &PlaceOrder) -> String {
    let skus: Vec<&str> = order.lines.iter().map(|line| line.sku.as_str()).collect();
    format!("{} for {}", skus.join(", "), order.total)
}
