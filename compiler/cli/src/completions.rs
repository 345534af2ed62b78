//! `chor completions`: what a shell needs to complete the command's words.

use clap::CommandFactory as _;

use crate::Verdict;
use crate::args::{Arguments, Completions};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Prints the script.
pub(crate) fn run(completions: &Completions, terminal: &Terminal) -> Result<Verdict, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Arguments::command(), "chor", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Verdict::Clean)
}
