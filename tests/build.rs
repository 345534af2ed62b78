//! Generates what the library of this package compiles, and the golden copy when asked to.

use std::error::Error;
use std::path::Path;

use chor_compiler::emit::Files;
use chor_compiler::emit::rust::{Options, Style, emit};
use chor_compiler::{Build, compile, host};

fn main() -> Result<(), Box<dyn Error>> {
    Build::new().path("hard").compile()?;
    println!("cargo::rerun-if-env-changed=CHOR_BLESS");
    if std::env::var_os("CHOR_BLESS").is_some() {
        // Here and not in a test: the library holds the copy, and a stale one may not even compile.
        println!("cargo::rerun-if-changed=../examples/checkout/checkout.chor");
        bless(Path::new("golden/checkout"), &checkout()?)?;
    }
    Ok(())
}

/// What `chor build --out` generates for the checkout.
fn checkout() -> Result<Files, Box<dyn Error>> {
    let sources = host::load(&["../examples/checkout/checkout.chor"])?.sources;
    let checked = compile(&sources).checked.ok_or("the checkout is refused; see `chor check`")?;
    Ok(emit(&checked, &Options { only: None, style: Style::Modules }))
}

/// Makes the folder hold these files and no others.
fn bless(folder: &Path, files: &Files) -> Result<(), Box<dyn Error>> {
    host::write(folder, files)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| files.contains_key(name)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
