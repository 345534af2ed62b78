//! The runtime, seen from outside: through code as the generator writes it.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod care;
mod damage;
mod file;
mod flow;
mod foreign;
mod harness;
mod kill;
mod later;
mod limit;
mod log;
#[cfg(feature = "nats")]
mod nats;
mod overdue;
mod party;
mod people;
mod prune;
mod renamed;
#[cfg(feature = "metrics")]
mod status;
mod stores;
mod tea;
mod time;
mod trouble;
