//! Contracts: what a checked workspace promises to whoever is deployed at another time, in one value that can be kept.
//!
//! ```text
//! Checked ──take──▶ Contracts ◀──parse── lock file
//! ```

mod lock;
mod snapshot;
mod take;

pub use lock::{FORMAT, Unreadable, parse, write};
pub use snapshot::{
    Contracts, Deadline, Flow, Length, Member, Message, NamedType, Part, Party, Shape, Value, Variant,
};
pub use take::take;
