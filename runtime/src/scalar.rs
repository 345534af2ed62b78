//! The scalars of the language that Rust does not bring.

mod bytes;
mod time;

pub use bytes::Bytes;
pub use time::{Date, Duration, NotATime, Timestamp};
