//! The tests of the whole, in one binary: one module a subject.

// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod any_text;
mod corpus;
mod edits;
mod examples;
mod explore;
mod flow;
mod format;
mod golden;
mod handlers;
mod messages;
mod pages;
mod payloads;
#[path = "../shared/pieces.rs"]
mod pieces;
mod real;
mod slips_in_blocks;
mod slips_in_loops;
mod slips_in_runs;
mod stats;
mod two_runs;
mod values;
#[path = "../shared/whole.rs"]
mod whole;

use chor_compiler::diag::{Code, Level};
use chor_compiler::lint::{Date, Options};
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, compile_with};

/// Compiles on a day that is the same for ever, with every lint at its own level but those that are to be on.
fn compile_with_lints(sources: &Sources, on: impl IntoIterator<Item = &'static Code>) -> Compilation {
    let mut options = Options { today: Date::new(2027, 1, 1), ..Options::default() };
    for code in on {
        options.lints.levels.set(code, Level::Warn);
    }
    compile_with(sources, &options)
}
