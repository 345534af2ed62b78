//! A travel agency: a trip is a flight, a room and a car, or nothing at all.
//!
//! [`stubs`] is generated from `travel.chor`; [`agency`], [`flights`], [`hotels`] and [`cars`] are what four teams
//! would write, each knowing its own stub alone. [`stock`] is what the firms have to offer.

pub mod agency;
pub mod cars;
pub mod flights;
pub mod hotels;
pub mod stock;

/// What the choreography says, as Rust: one module a participant.
pub mod stubs {
    chor_runtime::include_services!();
}
