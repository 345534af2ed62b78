//! The words for those who look after what runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

/// Show where each instance stands, and what it waits for
///
/// One line for each instance at each service that is not over, the one that has stood the longest first; and who has not
/// taken the events that were published for it. Nothing but the store is needed: services leave there what their states
/// mean, each version of them its own.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 done, 2 the command could not run.",
    after_long_help = "\
Examples:
  chor instances shop.db                                what is under way, in a SQLite file
  chor instances nats://localhost:4222                  on a NATS server
  chor instances shop.db --key 4f7c0c4e-2f6e --all      everybody who has a part in one instance
  chor instances shop.db --service Payment --json       for programs

Exit code: 0 done, 2 the command could not run."
)]
pub(crate) struct Instances {
    #[command(flatten)]
    pub(crate) place: Place,

    /// Only the instances with this key
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) key: Option<String>,

    #[command(flatten)]
    pub(crate) which: Which,

    /// Those that are over, too
    #[arg(long)]
    pub(crate) all: bool,

    /// How many to show
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub(crate) limit: usize,

    /// For programs: one object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Look after instances that were set aside, and after events that were refused
///
/// An instance is set aside where its service has failed at it too often, or for good. What comes for it waits in it; all
/// others go on.
#[derive(Debug, Subcommand)]
pub(crate) enum Dlq {
    List(List),
    Show(SetAside),
    Retry(Retry),
    Skip(Skip),
}

/// List the instances that were set aside, and what the journal says besides
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 nothing is set aside, 1 something is, 2 the command could not run.",
    after_long_help = "\
Examples:
  chor dlq list shop.db
  chor dlq list nats://localhost:4222 --service Payment --json

Exit code: 0 nothing is set aside, 1 something is, 2 the command could not run."
)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) place: Place,

    /// Only the instances with this key
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) key: Option<String>,

    #[command(flatten)]
    pub(crate) which: Which,

    /// How many lines of the journal to show, the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: usize,

    /// For programs: one object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show what an instance was set aside for: the event, the error, and where it stands
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 done, 1 nothing of this is set aside, 2 the command could not run.",
    after_long_help = "\
Examples:
  chor dlq show shop.db 4f7c0c4e-2f6e
  chor dlq show nats://localhost:4222 4f7c0c4e-2f6e --service Payment --json

Exit code: 0 done, 1 nothing of this is set aside, 2 the command could not run."
)]
pub(crate) struct SetAside {
    #[command(flatten)]
    pub(crate) place: Place,

    /// The key of the instance
    #[arg(value_name = "KEY")]
    pub(crate) key: String,

    #[command(flatten)]
    pub(crate) which: Which,

    /// For programs: one object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Let instances go on that were set aside, from the event that they failed at
///
/// The event is taken again, and after it what has come meanwhile. If the fault is still there, they are set aside once more.
#[derive(Debug, Args)]
#[command(
    override_usage = "chor dlq retry [OPTIONS] <STORE> <KEY|--all>",
    after_help = "Exit code: 0 done, 1 nothing of this is set aside, 2 the command could not run.",
    after_long_help = "\
Examples:
  chor dlq retry shop.db 4f7c0c4e-2f6e              one instance
  chor dlq retry shop.db --all --service Payment    all that Payment has set aside

Exit code: 0 done, 1 nothing of this is set aside, 2 the command could not run."
)]
pub(crate) struct Retry {
    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) select: Select,

    #[command(flatten)]
    pub(crate) which: Which,
}

/// Drop the event that an instance was set aside for, and let the instance go on without it
///
/// The service goes on as if the event had never come: whoever waits for its answer goes on waiting. That is the right
/// thing for an event from outside that should not have been sent; where the service is to blame, mend it and `retry`. What
/// was dropped is noted in the journal, and printed.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 done, 1 nothing was dropped, 2 the command could not run.",
    after_long_help = "\
Example:
  chor dlq skip shop.db 4f7c0c4e-2f6e

Exit code: 0 done, 1 nothing was dropped, 2 the command could not run."
)]
pub(crate) struct Skip {
    #[command(flatten)]
    pub(crate) place: Place,

    /// The key of the instance
    #[arg(value_name = "KEY")]
    pub(crate) key: String,

    #[command(flatten)]
    pub(crate) which: Which,
}

/// Remove instances that have been over for long, with their events
///
/// An instance goes when it is over, or may be, at all its participants, and nobody has still to take an event of it; and
/// with it what the journal says of it. Services may run meanwhile. It leaves nothing behind: what comes from outside for it later begins a new one, so keep what
/// is younger than anything that may come twice.
///
/// The store keeps everything until it is told so; a line in a crontab is enough.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 done, 2 the command could not run.",
    after_long_help = "\
Examples:
  chor prune shop.db --older-than 30d --dry-run    what would go
  chor prune nats://localhost:4222 --older-than 30d

A SQLite file does not shrink: what is free in it is used again.

Exit code: 0 done, 2 the command could not run."
)]
pub(crate) struct Prune {
    #[command(flatten)]
    pub(crate) place: Place,

    /// Only what has been over for so long: `30d`, `12h`, `2 weeks`; no months or years
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub(crate) older_than: Duration,

    /// Say what would go, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A time in words, with days of 24 hours.
fn age(text: &str) -> Result<Duration, String> {
    let form = |why: &str| format!("{why}; write it as 30d, 12h or 90m (units: w, d, h, m, s)");
    let span: jiff::Span = text.parse().map_err(|_| form("it is no time"))?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err(form("years and months are not all of one length"));
    }
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    let duration = span.to_duration(days).map_err(|_| form("it is too long"))?;
    Duration::try_from(duration).map_err(|_| form("it lies in the future"))
}

/// One instance, or all.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Select {
    /// The key of the instance
    #[arg(value_name = "KEY")]
    pub(crate) key: Option<String>,

    /// All that are set aside
    #[arg(long)]
    pub(crate) all: bool,
}

/// Whose instances.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only those at this service
    #[arg(long, short, value_name = "NAME")]
    pub(crate) service: Option<String>,

    /// Only those of this choreography
    #[arg(long, short, value_name = "NAME")]
    pub(crate) choreography: Option<String>,
}

/// Where instances are kept.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// A SQLite file, or the address of a NATS server: `nats://localhost:4222`
    #[arg(value_name = "STORE")]
    pub(crate) store: String,

    #[command(flatten)]
    pub(crate) login: Login,
}

/// Which NATS server, and who one is there.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The server, or several of a cluster, separated by commas
    #[arg(long = "server", value_name = "URL", default_value = "nats://localhost:4222")]
    pub(crate) url: String,

    #[command(flatten)]
    pub(crate) login: Login,
}

/// Who one is at a NATS server.
#[derive(Debug, Args)]
#[command(next_help_heading = "NATS")]
pub(crate) struct Login {
    /// What the names of streams and subjects begin with
    #[arg(long, value_name = "NAME", default_value = "chor")]
    pub(crate) namespace: String,

    /// The user
    #[arg(long, value_name = "NAME", requires = "password")]
    pub(crate) user: Option<String>,

    /// The user's password
    #[arg(long, value_name = "TEXT", requires = "user")]
    pub(crate) password: Option<String>,

    /// A token, instead of a user
    #[arg(long, value_name = "TEXT", conflicts_with = "user")]
    pub(crate) token: Option<String>,

    /// A file of credentials, instead of a user
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "token"])]
    pub(crate) credentials: Option<PathBuf>,
}
