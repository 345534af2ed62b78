//! The tests of the whole, in one binary: one module a subject.

// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod any_text;
mod corpus;
mod golden;
mod messages;
mod pages;
mod two_runs;
