//! The tests of the whole, in one binary: one module a subject.

// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod any_text;
mod corpus;
mod flow;
mod golden;
mod handlers;
mod messages;
mod pages;
mod payloads;
mod two_runs;
