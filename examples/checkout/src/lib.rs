//! An online shop in which payment, inventory and shipping complete an order by reacting to each other's
//! events.
//!
//! [`stubs`] is generated from `checkout.chor`; [`orders`], [`payment`], [`inventory`] and [`shipping`] are what
//! four teams would write, each knowing its own stub alone. [`goods`] are the orders that the customer places,
//! [`flow`] prints what happens.

pub mod customer;
pub mod flow;
pub mod goods;
pub mod inventory;
pub mod orders;
pub mod payment;
pub mod shipping;

/// What the choreography says, as Rust: one module a participant.
pub mod stubs {
    chor_runtime::include_services!();
}
