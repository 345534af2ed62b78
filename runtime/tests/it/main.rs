//! The runtime, seen from outside: through code as the generator writes it.
#![allow(missing_docs, unreachable_pub, clippy::pedantic)]

mod flow;
mod harness;
mod people;
mod tea;
mod trouble;
