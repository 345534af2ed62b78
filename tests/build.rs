//! Generates what the library of this package compiles.

use std::error::Error;
use std::path::Path;

use chor_compiler::diag::plain;
use chor_compiler::emit::rust::{Options, Style, emit};
use chor_compiler::{compile, host};

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let out = Path::new(&out);
    // As a user's build script does, and as `chor build --out` does.
    generate("hard", out, Style::BuildScript)?;
    generate("../examples/checkout/checkout.chor", &out.join("checkout"), Style::Modules)
}

fn generate(source: &str, out: &Path, style: Style) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={source}");
    let sources = host::load(&[source])?.sources;
    let compilation = compile(&sources);
    let findings: Vec<String> =
        compilation.diagnostics.iter().map(|finding| plain(finding, &sources)).collect();
    let checked = compilation.checked.ok_or_else(|| findings.join("\n"))?;
    host::write(out, &emit(&checked, &Options { style, ..Options::default() }))?;
    Ok(())
}
