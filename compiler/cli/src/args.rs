//! The words of the command line.

mod operate;

use std::path::PathBuf;

use chor_compiler::contract::Mode;
use chor_compiler::explore::{Deadlines, Limits};
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use operate::{Dlq, Instances, List, Login, Place, Prune, Retry, Server, SetAside, Skip, Which};

/// Choreographies of services: written once, checked, and taken apart into what each service must know.
///
/// A `.chor` file says which service publishes which event and who hears it. `chor check` finds what cannot
/// work, `chor build` writes one Rust module per service.
#[derive(Debug, Parser)]
#[command(
    name = "chor",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Exit code: 0 no errors, 1 errors were found, 2 the command could not run.",
    after_long_help = "\
Begin with a project that runs:
  chor new shop && cd shop && cargo run

Check all `.chor` files below the current folder:
  chor check

Exit code: 0 no errors (warnings alone are none), 1 errors were found, 2 the command could not run."
)]
pub(crate) struct Arguments {
    /// Whether to use colour.
    ///
    /// `auto` uses it on a terminal, unless `NO_COLOR` or `CLICOLOR=0` is set; `CLICOLOR_FORCE=1` forces it.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,

    /// Print findings only, no summary.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Verify(Verify),
    Simulate(Simulate),
    Build(Build),
    Fmt(Fmt),
    Lock(Lock),
    Breaking(Breaking),
    Stats(Stats),
    #[command(subcommand)]
    Deploy(Deploy),
    Instances(Instances),
    #[command(subcommand)]
    Dlq(Dlq),
    Prune(Prune),
    Explain(Explain),
    New(New),
    Completions(Completions),
}

/// Check choreographies and report everything that is wrong
///
/// All files are checked together, as one workspace: a file may use what another declares. Findings go to
/// standard output, each with its place, what belongs to it and what to do.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor check                        every `.chor` file below the current folder
  chor check checkout.chor          one file
  chor check shop/ --format json    for programs
  chor check --list-rules           what is denied, what is a warning, and what is allowed

`chor.toml` sets levels (`[lints]`, for some paths `[[overrides]]`) and which files are read (`include`, `exclude`).")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) input: Input,

    /// Findings that may stay: those of this file are not reported
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// Write the findings that are there now into the baseline
    #[arg(long, requires = "baseline")]
    pub(crate) update_baseline: bool,

    /// List the rules that have a level, and the level that each has here, instead of checking
    #[arg(long)]
    pub(crate) list_rules: bool,
}

/// Run what the participants are made to do together, in every order, and report what goes wrong
///
/// `chor check` proves on the text that a choreography can be carried out. This tries the result: the machines that are
/// generated for the participants, over every order in which events can arrive, with deadlines that pass at any moment.
/// It finds an event that comes to somebody who does not expect it, somebody who can never go on, somebody who has acted
/// and waits for ever, and parts of a machine to which no run leads. Each is told as a shortest run.
///
/// Within the limits, nothing of this happens where none is reported; where a limit is reached, that is said. Where it is
/// that of situations or of steps, the search was cut short, and the exit code is 2. Lines and rounds have no end where
/// somebody may run ahead of others for ever: what is beyond these limits is left out, and is no failure. Nothing is
/// said of handlers, payloads and how long anything takes, nor of what services do that break down or loop for ever.
/// Duplicates are left out: the runtime knows them by their numbers. An external is taken to answer what it was asked.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor verify                                every choreography below the current folder
  chor verify checkout.chor --situations 1000000
  chor verify --format json                  for programs

Exit code: 0 no fault was found, 1 a fault, or an error that `chor check` reports, 2 the command could not run, or stopped
at `--situations` or `--steps` before it had seen everything.")]
pub(crate) struct Verify {
    /// Files, and folders that are searched for `.chor` files [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The configuration [default: the nearest `chor.toml` in a folder around the paths]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// How to report
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Told,

    /// How many situations of one choreography to look at
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().worlds)]
    pub(crate) situations: usize,

    /// How long a run may be
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().steps)]
    pub(crate) steps: usize,

    /// How many events may be under way from one participant to another
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().line)]
    pub(crate) line: usize,

    /// How many times a deadline may have passed at one participant more than at another
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().rounds)]
    pub(crate) rounds: u32,
}

impl Verify {
    /// What to read.
    pub(crate) fn input(&self) -> Input {
        Input { paths: self.paths.clone(), config: self.config.clone(), format: Format::Human }
    }

    /// The limits that are asked for.
    pub(crate) fn limits(&self) -> Limits {
        Limits { line: self.line, steps: self.steps, worlds: self.situations, rounds: self.rounds }
    }
}

/// Run a choreography without any code, and draw what happens
///
/// Decisions are taken by chance: the same `--seed` gives the same run, `--all` gives every run. Each is drawn as a
/// sequence diagram, or listed where the terminal is too narrow for one. Everybody hears at once here; `chor verify` tries
/// every order in which events can arrive.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor simulate checkout.chor                       one run
  chor simulate checkout.chor --seed 7              another
  chor simulate checkout.chor --all                 all runs, the parts of a `par` one after the other
  chor simulate shop/ --choreography Checkout --deadlines always")]
pub(crate) struct Simulate {
    /// The file, or the folder that is searched for `.chor` files
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Which choreography, where there are several
    #[arg(long, short, value_name = "NAME")]
    pub(crate) choreography: Option<String>,

    /// What decides
    #[arg(long, value_name = "NUMBER", default_value_t = 0, conflicts_with = "all")]
    pub(crate) seed: u64,

    /// All runs, instead of one by chance
    #[arg(long)]
    pub(crate) all: bool,

    /// Whether deadlines pass
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) deadlines: WhenPassed,

    /// How often one step may happen in one run
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    pub(crate) repeats: usize,

    /// How many runs `--all` shows
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub(crate) runs: usize,

    /// How to report
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Told,
}

/// How runs are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Told {
    /// For reading
    #[default]
    Human,
    /// For programs
    Json,
}

impl Simulate {
    /// What to read.
    pub(crate) fn input(&self) -> Input {
        Input { paths: vec![self.file.clone()], config: None, format: Format::Human }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenPassed {
    /// By chance, like every decision; both ways with `--all`
    #[default]
    May,
    /// Only where nothing else can happen
    Never,
    /// As soon as they run
    Always,
}

impl From<WhenPassed> for Deadlines {
    fn from(when: WhenPassed) -> Self {
        match when {
            WhenPassed::May => Self::May,
            WhenPassed::Never => Self::Never,
            WhenPassed::Always => Self::Always,
        }
    }
}

/// Check choreographies and write one Rust module per service
///
/// Nothing is written when an error is found, nor where a module would replace a file that was not generated. A module
/// that has not changed is not touched, and files of yours in the same folder are left alone. In a package, a build
/// script is less to keep in mind: `chor_compiler::build("checkout.chor")`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor build --out src/services                        every service of the current folder
  chor build contracts/ --out src --service Payment    one team's service alone")]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) input: Input,

    /// The folder to write to; it is made where it does not exist
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,

    /// A service or an external to write a module for [default: all]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) service: Vec<String>,
}

/// Write the contracts of a workspace into one file
///
/// The file holds what others rely on: events with their fields, who reads which of them, and what each participant of a
/// choreography does. Committed, or kept with a release, it is what a later version can be compared with. Comments, docs
/// and the order of declarations are not in it: the same contracts give the same bytes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 done, 1 the file is stale (`--check`) or an error was found, 2 the command could not run.",
    after_long_help = "\
Examples:
  chor lock                                 `chor.lock.json` of the current folder
  chor lock shop/ --out releases/1.4.json   of a release
  chor lock --check                         in CI: is it what the files say?

Exit code: 0 done, 1 the file is stale (`--check`) or an error was found, 2 the command could not run."
)]
pub(crate) struct Lock {
    /// Files, and folders that are searched for `.chor` files [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The configuration [default: the nearest `chor.toml` in a folder around the paths]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "chor.lock.json")]
    pub(crate) out: PathBuf,

    /// Write nothing; tell whether the file is what would be written
    #[arg(long)]
    pub(crate) check: bool,
}

impl Lock {
    /// What to read.
    pub(crate) fn input(&self) -> Input {
        Input { paths: self.paths.clone(), config: self.config.clone(), format: Format::Human }
    }
}

/// Compare with another version, and report what breaks whom
///
/// Each finding says what has changed, who reads it, whether new readers still read old events and old readers new ones,
/// what to deploy first, and, where something is refused or misread, an event that shows it. A field that a service does
/// not read does not break it.
///
/// The other version is a git ref, a folder, or a lock file (`chor lock`). Several are a history, the oldest first, and so
/// is a folder of lock files; modes that are not transitive compare with the last of it. A name that an older version of the
/// history had for something else is told in each mode but `forward`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor breaking --against main                        what this branch changes
  chor breaking contracts/ --against v1.4.0           since a release
  chor breaking --against chor.lock.json              since the lock file was written
  chor breaking --against releases/ --mode backward-transitive
                                                      can all old events still be read?

Levels of the rules (C09) are set in `chor.toml`, and `@allow` stands above what has changed. There is no baseline: the
other version is one.
Exit code: 0 nothing breaks, 1 something does, 2 the command could not run.")]
pub(crate) struct Breaking {
    #[command(flatten)]
    pub(crate) input: Input,

    /// The other version: a git ref, a folder, or a lock file
    #[arg(long, required = true, value_name = "REF|FOLDER|LOCKFILE")]
    pub(crate) against: Vec<String>,

    /// Which readers meet which events
    #[arg(long, value_enum, value_name = "MODE", default_value_t)]
    pub(crate) mode: Compatibility,
}

/// Which readers meet which events, and whether the whole history counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compatibility {
    /// New readers, old events
    Backward,
    /// Old readers, new events
    Forward,
    /// Both
    #[default]
    Full,
    /// New readers, the events of every version
    BackwardTransitive,
    /// The readers of every version, new events
    ForwardTransitive,
    /// Both
    FullTransitive,
}

impl Compatibility {
    pub(crate) fn mode(self) -> Mode {
        match self {
            Self::Backward | Self::BackwardTransitive => Mode::Backward,
            Self::Forward | Self::ForwardTransitive => Mode::Forward,
            Self::Full | Self::FullTransitive => Mode::Full,
        }
    }

    pub(crate) fn is_transitive(self) -> bool {
        matches!(self, Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive)
    }
}

/// Write choreographies in the one style that all have
///
/// Files are changed in their place. Comments stay where they are; a file with syntax errors is left as it is, and
/// its errors are shown.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 done, 1 something would change (`--check`), 2 a file has syntax errors or cannot be read.",
    after_long_help = "\
Examples:
  chor fmt                    every `.chor` file below the current folder
  chor fmt --check shop/      change nothing, show what would be changed
  chor fmt - < shop.chor      from standard input to standard output

Exit code: 0 done, 1 something would change (`--check`), 2 a file has syntax errors or cannot be read."
)]
pub(crate) struct Fmt {
    /// Files, folders that are searched for `.chor` files, or `-` for standard input [default: the current folder]
    ///
    /// Hidden folders, `target` and `node_modules` are not searched, nor what the nearest `chor.toml` leaves out.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Change nothing; print what would change as a unified diff
    #[arg(long)]
    pub(crate) check: bool,
}

/// What to read and how to report.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// Files, and folders that are searched for `.chor` files [default: the current folder]
    ///
    /// Hidden folders, `target` and `node_modules` are not searched.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The configuration [default: the nearest `chor.toml` in a folder around the paths]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// How to report
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading, with the places in the text
    #[default]
    Human,
    /// For programs: one object with `findings` and `summary`
    Json,
    /// For code scanning and editors: SARIF 2.1.0
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// XML like that of `JUnit`: a suite a file, a case a finding
    Junit,
    /// XML like that of Checkstyle
    Checkstyle,
}

/// Count what there is, what a run costs, and where it is too much
///
/// Services, events and who is bound to whom; for each way that a choreography can go, how many messages it takes and how
/// many of them wait for each other; and where somebody in charge, or one service instead of two, would be simpler. The
/// thresholds are those of the rules (`max` in the `[lints]` of `chor.toml`), and so are the numbers.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor stats                                    every `.chor` file below the current folder
  chor stats shop/ --json                       for programs
  chor stats shop/ --format dot | dot -Tsvg > shop.svg
  chor stats shop/ --format mermaid             for Markdown

Exit code: 0 counted, 1 an error that `chor check` reports, 2 the command could not run.")]
pub(crate) struct Stats {
    /// Files, and folders that are searched for `.chor` files [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The configuration [default: the nearest `chor.toml` in a folder around the paths]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// How to tell
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Counted,

    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

impl Stats {
    /// What to read.
    pub(crate) fn input(&self) -> Input {
        Input { paths: self.paths.clone(), config: self.config.clone(), format: Format::Human }
    }

    /// How to tell.
    pub(crate) fn told(&self) -> Counted {
        if self.json { Counted::Json } else { self.format }
    }
}

/// How numbers are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counted {
    /// For reading
    #[default]
    Human,
    /// For programs: everything that is counted
    Json,
    /// The graph of services, for Graphviz
    Dot,
    /// The graph of services, for Markdown
    Mermaid,
}

/// Create on a server what services need there, before any of them runs
#[derive(Debug, Subcommand)]
pub(crate) enum Deploy {
    Nats(DeployNats),
}

/// Create the streams and consumers of all participants on a NATS server
///
/// One stream holds all events, one the instances of each participant, and each kind of event that a participant hears has
/// a consumer. What is there stays as it is, so it can be run again. Services that are started with
/// `NatsOptions::deployed` then create nothing.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor deploy nats --dry-run                           what is missing on the server of this machine
  chor deploy nats shop/ --server nats://nats:4222     create it
  chor deploy nats --permissions > users.conf          a user for each participant, who may do what it needs

Exit code: 0 done, 1 an error was found in the files, 2 the command could not run.")]
pub(crate) struct DeployNats {
    /// Files, and folders that are searched for `.chor` files [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The configuration [default: the nearest `chor.toml` in a folder around the paths]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) server: Server,

    /// Create nothing; tell what would be
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print what each participant must be allowed to do, as a configuration of nats-server, and ask no server
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) permissions: bool,

    /// On how many servers of a cluster each stream is kept that is created: 1, 3 or 5
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) replicas: usize,
}

impl DeployNats {
    /// What to read.
    pub(crate) fn input(&self) -> Input {
        Input { paths: self.paths.clone(), config: self.config.clone(), format: Format::Human }
    }
}

/// Explain a finding, with an example and how to mend it
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor explain                                  the list of all findings
  chor explain C0107                            the page of one
  chor explain choice-unknown-to-participant    the same, by name")]
pub(crate) struct Explain {
    /// The number or the name of a finding; without it, all are listed
    pub(crate) code: Option<String>,
}

/// Make a package with a small choreography that builds and runs at once
///
/// The package has two services and an external, a `.chor` file, a build script that compiles it, and a test. The
/// crates of chor are not on crates.io yet: they are taken from the checkout that this `chor` was built from, while
/// it exists.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Example:
  chor new shop && cd shop && cargo run")]
pub(crate) struct New {
    /// The new folder; its last part is the name of the package
    #[arg(value_name = "NAME")]
    pub(crate) name: PathBuf,

    /// A checkout of chor from which to take the runtime and the compiler
    #[arg(long, value_name = "DIR")]
    pub(crate) path: Option<PathBuf>,
}

/// Print the script that completes `chor` in a shell
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  chor completions bash > ~/.local/share/bash-completion/completions/chor
  chor completions zsh  > ~/.zfunc/_chor
  chor completions fish > ~/.config/fish/completions/chor.fish")]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}
