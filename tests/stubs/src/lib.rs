//! What is generated from every accepted program of the corpus.
//!
//! Nothing is run here: that it compiles, without a word from clippy's pedantic lints, is what it is for. `build.rs` makes one
//! module of each program.

include!(concat!(env!("OUT_DIR"), "/corpus.rs"));
