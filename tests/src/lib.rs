//! Generated code, compiled for real: the tests call it, and clippy holds it to what it holds our own to.

/// The checkout, as `chor build --out` writes it.
#[path = "../golden/checkout/mod.rs"]
pub mod checkout;
