//! The only room that touches the disk: reads `.chor` files, writes what was generated, and is a build
//! script's one call.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "this room exists so that no other one needs to do I/O"
)]

mod find;
mod load;
#[cfg(test)]
mod tests;
mod write;

pub use find::Folders;
pub use load::{LARGEST_FILE, LARGEST_TOTAL, LoadError, Loaded, Problem, load};
pub use write::{WriteError, Written, write};
