//! Contracts: what a checked workspace promises to whoever is deployed at another time, in one value that can be kept.
//!
//! ```text
//! Checked ──take──▶ Contracts ◀──parse── lock file
//!                       │
//!        old, new ──compare──▶ changes ──told──▶ findings
//! ```
//!
//! `compare` asks for both directions whether a reader takes what a writer writes (`differ`), of each service that reads
//! the field. What it says breaks is shown by an event (`plain`, `sample`, `keys`) that a reader by the contract (`read`) does
//! not take. `renamed` puts events that have another name now side by side. `ends` asks whether somebody is left at both ends
//! of an event, `protocol` what open instances meet, and `reuse` which names of an earlier version are back for something
//! else.

mod change;
mod clash;
mod compare;
mod differ;
mod ends;
mod found;
mod keys;
mod lock;
mod matching;
mod pairs;
mod pattern;
mod place;
mod plain;
mod protocol;
pub mod read;
mod renamed;
mod reuse;
mod same;
mod sample;
mod snapshot;
mod take;
#[cfg(test)]
mod tests;
mod told;
mod within;
mod words;

pub use change::{Change, Mode, Order, Subject, Verdict, Witness};
pub use compare::compare;
pub use lock::{FORMAT, Unreadable, parse, write};
pub use reuse::reused;
pub use snapshot::{
    Contracts, Deadline, Flow, Length, Member, Message, NamedType, Part, Party, Shape, Value, Variant,
};
pub use take::take;
pub use told::finding;
