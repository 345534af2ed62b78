//! Fuzzing: texts and payloads that nobody has thought of, for as long as is asked.
//!
//! ```text
//! cargo test -p chor-tests --test fuzz                              a few seconds for each target
//! CHOR_FUZZ_SECONDS=1200 cargo test -p chor-tests --test fuzz       an hour for all three
//! ```
//!
//! Each target keeps what it runs with: no panic, no hang, no memory above a bound. An input that breaks this is made
//! smaller and written to `fuzz/seeds/TARGET/`; what is there is run first, each time.
//! `CHOR_FUZZ_SEED` repeats the order of a run.

// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// The random choreographies that the compiler's oracle tries.
#[path = "../../../compiler/src/explore/oracle/random.rs"]
mod choreographies;
mod hunt;
mod mutate;
mod payloads;
#[path = "../shared/pieces.rs"]
mod pieces;
/// The random programs that the formatter is tried with.
#[path = "../all/format/programs.rs"]
mod programs;
mod shrink;
#[path = "../shared/spoil.rs"]
mod spoil;
mod texts;
mod watch;
#[path = "../shared/whole.rs"]
mod whole;

use hunt::hunt;

#[test]
fn parser() {
    hunt(&texts::PARSER);
}

#[test]
fn checker() {
    hunt(&texts::CHECKER);
}

#[test]
fn payload_readers() {
    hunt(&payloads::READERS);
}
