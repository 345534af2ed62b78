//! A participant's machine: what it may hear and emit, and in which order. Pure: no clock, no I/O.

mod data;

pub use data::{Emit, Hear, Machine, Receiver, State};
