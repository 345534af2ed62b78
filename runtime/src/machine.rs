//! A participant's machine: what it may hear and emit, and in which order. Pure: no clock, no I/O.
//!
//! [`judge`] says what an event is to an instance; a [`Walk`] computes the step that follows, question by
//! question; [`park`] and the others say where an instance stands without one. They only compute: the store
//! makes it true.

mod data;
mod judge;
mod legend;
mod place;
mod progress;
mod step;
#[cfg(test)]
pub(crate) mod tests;
mod walk;

pub use data::{
    Emit, Expire, Hear, Machine, Receiver, Renamed, Site, State, Undo, Undone, emit, emits, ends, expire,
    external, fork, gather, hear, hears, on, renamed, request, rollback, service, undo, undone,
};
pub(crate) use judge::{Verdict, awaits, held, judge, judge_parked, may_leave};
pub(crate) use legend::Legend;
pub use legend::{Awaited, Awaits};
#[cfg(any(feature = "sqlite", feature = "nats", test))]
pub(crate) use place::{Cause, Decision, Open, Place, Thread};
pub(crate) use progress::Progress;
#[cfg(any(feature = "sqlite", feature = "nats"))]
pub(crate) use progress::{Entry, Live, Timer};
pub(crate) use step::{dismiss, drop_failed, park, quarantine, release};
#[cfg(test)]
pub(crate) use walk::Taken;
pub(crate) use walk::{About, Next, Question, Walk, deadline};
