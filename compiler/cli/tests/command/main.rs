//! The command as users call it: arguments and files in, exit code, standard output and standard error out.

// A test that cannot go on has failed, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod allow;
mod bad_input;
mod baseline;
mod breaking;
mod build;
mod check;
mod ci;
mod config;
mod deploy;
mod explain;
mod format;
mod json_schema;
mod lock;
mod new;
mod operate;
mod outputs;
mod runs;
mod schema;
mod shell;
mod stats;
mod tutorial;

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// What came of a call.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

/// Calls `chor` in a folder with these files.
fn chor(arguments: &[&str], files: &[(&str, &str)]) -> Ran {
    chor_in(folder(files).path(), arguments)
}

/// Calls `chor` in this folder.
fn chor_in(folder: &Path, arguments: &[&str]) -> Ran {
    ran(command(folder, arguments).output().unwrap())
}

/// The call, in an environment that is the same everywhere.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chor"));
    command.args(arguments).current_dir(folder);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "SOURCE_DATE_EPOCH"] {
        command.env_remove(variable);
    }
    command
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code: {}", self.status)?;
        for (name, text) in [("output", &self.stdout), ("errors", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "\n{name}:\n{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}
