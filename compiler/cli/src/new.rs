//! `chor new`: a package with two services and an external, which builds and runs at once.

mod checkout;
mod name;
mod template;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::Verdict;
use crate::args::New;
use crate::failure::Failure;
use crate::terminal::Terminal;
use checkout::Dependencies;

/// Writes the package into a folder that does not exist yet.
pub(crate) fn run(new: &New, terminal: &Terminal) -> Result<Verdict, Failure> {
    let folder = &new.name;
    let name = name::of_package(folder)?;
    if fs::symlink_metadata(folder).is_ok() {
        let message = format!("`{}` exists already", folder.display());
        return Err(Failure::new(message, "choose another name, or remove it"));
    }
    let dependencies = checkout::dependencies(new.path.as_deref())?;
    for (path, content) in template::files(&name, &dependencies) {
        put(&folder.join(path), &content)?;
    }
    if !terminal.quiet {
        terminal.print(&said(&name, folder, &dependencies))?;
    }
    Ok(Verdict::Clean)
}

fn put(path: &Path, content: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    let failed = |error: io::Error| {
        let message = format!("`{}` cannot be written: {error}", path.display());
        Failure::new(message, "check that the folder may be written to")
    };
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(path, content).map_err(failed)
}

fn said(name: &str, folder: &Path, dependencies: &Dependencies) -> String {
    let mut text = format!("created the package `{name}`");
    if let Dependencies::Checkout(path) = dependencies {
        let _ = write!(text, ", with the runtime and the compiler of {}", path.display());
    }
    let folder = folder.display();
    let _ = write!(text, "\n\n  cd {folder}\n  cargo run       an evening in a restaurant\n  cargo test\n");
    text
}
