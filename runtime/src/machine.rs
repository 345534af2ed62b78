//! A participant's machine: what it may hear and emit, and in which order. Pure: no clock, no I/O.
//!
//! [`judge`] says what an event is to an instance; [`take`], [`park`] and the others say where the instance
//! stands afterwards, and what is published. They only compute: the store makes it true.

mod data;
mod judge;
mod progress;
mod step;
#[cfg(test)]
mod tests;

pub use data::{
    Emit, Expire, Hear, Machine, Receiver, Site, State, Undo, Undone, emit, emits, ends, expire, external,
    fork, gather, hear, hears, on, rollback, service, undo, undone,
};
pub(crate) use judge::{Verdict, awaits, judge, judge_parked};
pub(crate) use progress::Progress;
#[cfg(test)]
pub(crate) use step::Taken;
pub(crate) use step::{dismiss, park, quarantine, release, start, take};
