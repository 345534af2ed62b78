//! Makes up a `.chor` file and generates its readers, and a table of them.

mod text;

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use chor_compiler::emit::rust::{Options, Style, emit};
use chor_compiler::source::Sources;
use chor_compiler::{compile, host};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=text.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo's OUT_DIR is not set")?);
    let text = text::text();
    let mut sources = Sources::new();
    sources.add("schemas.chor", text.as_str())?;
    let compilation = compile(&sources);
    let refused = || format!("{:?}\n{text}", compilation.diagnostics);
    let checked = compilation.checked.as_ref().ok_or_else(refused)?;
    let reader = checked.model().services.iter().find(|(_, service)| service.header.name.text == "Reader");
    let only = reader.map(|(id, _)| vec![id]);
    host::write(&out, &emit(checked, &Options { only, style: Style::BuildScript }))?;
    let mut table = "&[\n".to_owned();
    for event in checked.model().events.values() {
        let name = &event.header.name.text;
        writeln!(table, "    (\"{name}\", read::<reader::{name}>),")?;
    }
    fs::write(out.join("table.rs"), table + "]\n")?;
    fs::write(out.join("schemas.chor"), text)?;
    Ok(())
}
