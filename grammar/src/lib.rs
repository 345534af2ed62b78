//! The grammar of the chor choreography language, and the parser that pest derives from it.
//!
//! The grammar is `chor.pest` beside this crate's manifest: read it as the language's definition.

// The derived rules carry no docs of their own.
#![allow(missing_docs)]

// pest's derived code names its strings and boxes so, as it is used here without std (see the workspace's manifest).
extern crate alloc;

use pest_derive::Parser;

/// The parser derived from the grammar.
#[derive(Debug, Parser)]
#[grammar = "../chor.pest"]
pub struct ChorParser;
