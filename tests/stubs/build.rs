//! Generates the stubs of every accepted program of the corpus, each in a module of its own.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use chor_compiler::emit::rust::{Options, Style, emit};
use chor_compiler::{compile, host};

const CORPUS: &str = "../corpus/accepted";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={CORPUS}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo's OUT_DIR is not set")?);
    let mut modules = String::new();
    // An empty file is refused by name, before there is anything to generate.
    for program in programs()?.into_iter().filter(|program| !program.ends_with("empty.chor")) {
        let name = program.file_stem().and_then(|name| name.to_str()).ok_or("a name that is no text")?;
        let sources = host::load(&[&program])?.sources;
        let compilation = compile(&sources);
        let refused = || format!("{name}: {:?}", compilation.diagnostics);
        let checked = compilation.checked.as_ref().ok_or_else(refused)?;
        let folder = out.join("corpus").join(name);
        host::write(&folder, &emit(checked, &Options { only: None, style: Style::Modules }))?;
        let path = folder.join("mod.rs");
        let path = path.to_str().ok_or("a path that is no text")?;
        writeln!(modules, "/// `{name}.chor`\n#[path = {path:?}]\npub mod {name};")?;
    }
    fs::write(out.join("corpus.rs"), modules)?;
    Ok(())
}

/// The programs, in order: files, and folders of files.
fn programs() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(Path::new(CORPUS))?.map(|entry| Ok(entry?.path()));
    let mut programs = entries.collect::<Result<Vec<_>, std::io::Error>>()?;
    programs.sort();
    Ok(programs)
}
