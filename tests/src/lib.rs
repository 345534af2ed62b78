//! Generated code, compiled for real: the tests call it, and clippy holds it to what it holds our own to.

/// The checkout, as `chor build --out` writes it.
pub mod checkout {
    include!(concat!(env!("OUT_DIR"), "/checkout/mod.rs"));
}

/// Everything that is hard in Rust, as a build script writes it.
pub mod hard {
    chor_runtime::include_services!();
}
