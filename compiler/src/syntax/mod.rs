//! The text as a tree: what was written, nothing looked up yet.

pub mod parse;
pub mod print;
pub mod tree;
