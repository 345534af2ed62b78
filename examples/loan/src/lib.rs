//! A bank's loans: papers are asked for in rounds, a person decides, and what is granted is paid out.
//!
//! [`stubs`] is generated from `loan.chor`; [`clerk`], [`assessor`], [`treasury`] and [`statistics`] are what four
//! teams would write, each knowing its own stub alone.

pub mod assessor;
pub mod clerk;
pub mod statistics;
pub mod treasury;

/// What the choreographies say, as Rust: one module a participant.
pub mod stubs {
    chor_runtime::include_services!();
}
