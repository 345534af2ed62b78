//! The only room that touches the disk: reads `.chor` files, writes them and what was generated, and is a build
//! script's one call.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "this room exists so that no other one needs to do I/O"
)]

mod build;
mod config;
mod find;
mod load;
mod problems;
mod select;
#[cfg(test)]
mod tests;
mod today;
mod write;

pub use build::{Build, BuildError, build};
pub use config::{Config, schema};
pub use find::Folders;
pub use load::{LARGEST_FILE, LARGEST_TOTAL, Loaded, load, load_any, load_text, load_with};
pub use problems::{Problem, Problems};
pub use select::select;
pub use today::today;
pub use write::{WriteError, Written, rewrite, write};
