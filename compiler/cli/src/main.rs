//! `chor`, the command: checks choreographies and compiles them to one Rust module per service.

mod args;
mod baseline;
mod breaking;
mod build;
mod check;
mod completions;
mod deploy;
mod dlq;
mod explain;
mod failure;
mod findings;
mod fingerprint;
mod fmt;
mod formats;
mod instances;
mod lock;
mod markdown;
mod new;
mod operate;
mod prune;
mod rules;
mod simulate;
mod stats;
mod summary;
mod terminal;
mod verify;

use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser as _;
use failure::Failure;
use mimalloc::MiMalloc;
use terminal::Terminal;

/// A check makes many small things, on all cores, which the allocator of the system is slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What a command that ran has to say by its exit code.
enum Verdict {
    /// No error was found.
    Clean,
    /// At least one was.
    Findings,
    /// A file could not be read as what it should be.
    Unable,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new(arguments.color, arguments.quiet);
    match run(arguments.command, &terminal) {
        Ok(Verdict::Clean) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Ok(Verdict::Unable) => ExitCode::from(2),
        Err(failure) => {
            terminal.fail(&failure);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, terminal: &Terminal) -> Result<Verdict, Failure> {
    match command {
        Command::Check(check) => check::run(&check, terminal),
        Command::Verify(verify) => verify::run(&verify, terminal),
        Command::Simulate(simulate) => simulate::run(&simulate, terminal),
        Command::Build(build) => build::run(&build, terminal),
        Command::Fmt(fmt) => fmt::run(&fmt, terminal),
        Command::Breaking(breaking) => breaking::run(&breaking, terminal),
        Command::Lock(lock) => lock::run(&lock, terminal),
        Command::Stats(stats) => stats::run(&stats, terminal),
        Command::Explain(explain) => explain::run(&explain, terminal),
        Command::New(new) => new::run(&new, terminal),
        Command::Deploy(to) => deploy::run(&to, terminal),
        Command::Instances(instances) => instances::run(&instances, terminal),
        Command::Dlq(dlq) => dlq::run(&dlq, terminal),
        Command::Prune(prune) => prune::run(&prune, terminal),
        Command::Completions(completions) => completions::run(&completions, terminal),
    }
}
