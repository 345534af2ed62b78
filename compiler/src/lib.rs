//! The compiler of the chor choreography language.

pub mod check;
pub mod diag;
pub mod emit;
pub mod model;
pub mod project;
pub mod source;
