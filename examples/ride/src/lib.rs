//! A ride: drivers bid in rounds until the time is up, and the nearest one drives.
//!
//! [`stubs`] is generated from `ride.chor`; [`dispatch`] and [`drivers`] are what two teams would write, each knowing
//! its own stub alone. [`screen`] prints what happens.

pub mod dispatch;
pub mod drivers;
pub mod screen;

/// What the choreography says, as Rust: one module a participant.
pub mod stubs {
    chor_runtime::include_services!();
}
