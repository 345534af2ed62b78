//! Generated code, compiled for real: the tests call it, and clippy holds it to what it holds our own to.

/// The checkout, as `chor build --out` writes it: the golden copy itself.
#[rustfmt::skip]
#[path = "../golden/checkout/mod.rs"]
pub mod checkout;

/// Everything that is hard in Rust, as a build script writes it.
pub mod hard {
    chor_runtime::include_services!();
}
