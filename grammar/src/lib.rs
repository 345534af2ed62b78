//! The grammar of the chor choreography language, and the parser that pest derives from it.
//!
//! The grammar is `chor.pest` beside this crate's manifest: read it as the language's definition.

// The derived rules carry no docs of their own.
#![allow(missing_docs)]

use pest_derive::Parser;

/// The parser derived from the grammar.
#[derive(Debug, Parser)]
#[grammar = "../chor.pest"]
pub struct ChorParser;
