//! `chor deploy`: what must be on a server before anybody runs there.

mod estate;

use std::fmt::Write as _;

use chor_compiler::diag::Severity;
use chor_compiler::host::today;
use chor_compiler::{compile_with, lint};
use chor_runtime::NatsOptions;
use chor_runtime::deploy::{Part, Participant, Permissions, deploy, permissions};

use crate::Verdict;
use crate::args::{Deploy, DeployNats};
use crate::check;
use crate::failure::Failure;
use crate::findings;
use crate::summary::counted;
use crate::terminal::Terminal;

pub(crate) fn run(to: &Deploy, terminal: &Terminal) -> Result<Verdict, Failure> {
    match to {
        Deploy::Nats(nats) => run_nats(nats, terminal),
    }
}

fn run_nats(nats: &DeployNats, terminal: &Terminal) -> Result<Verdict, Failure> {
    let Some(participants) = participants(nats, terminal)? else { return Ok(Verdict::Findings) };
    if nats.permissions {
        terminal.print(&users(&permissions(&nats.server.login.namespace, &participants)))?;
        return Ok(Verdict::Clean);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let options = nats.server.login.options(&nats.server.url).replicas(nats.replicas);
    let parts =
        runtime.block_on(deploy(options, &participants, nats.dry_run)).map_err(|error| unable(&error))?;
    terminal.print(&plan(&parts))?;
    let missing = parts.iter().filter(|part| !part.there).count();
    let (missing, parts) = (missing, counted(parts.len(), "part", "parts"));
    terminal.note(&match (missing, nats.dry_run) {
        (0, _) => format!("nothing is missing of {parts}"),
        (missing, true) => format!("{missing} of {parts} would be created"),
        (missing, false) => format!("{missing} of {parts} were created"),
    });
    Ok(Verdict::Clean)
}

/// What each participant says and hears; `None`: the files are refused, and the findings have been shown.
fn participants(nats: &DeployNats, terminal: &Terminal) -> Result<Option<Vec<Participant>>, Failure> {
    let (sources, lints) = check::load(&nats.input())?;
    let compilation = compile_with(&sources, &lint::Options { today: today(), lints });
    let Some(checked) = &compilation.checked else {
        let errors = compilation.diagnostics.into_iter().filter(|it| it.severity == Severity::Error);
        terminal.print(&findings::human(&errors.collect::<Vec<_>>(), &sources, terminal)?)?;
        terminal.note("nothing was created: only what is checked can be carried out");
        return Ok(None);
    };
    Ok(Some(estate::participants(checked.model())))
}

fn unable(error: &chor_runtime::StoreError) -> Failure {
    Failure::new(error.to_string(), "name the server with --server nats://HOST:4222, and who you are there")
}

/// One line for each part.
fn plan(parts: &[Part]) -> String {
    let mut text = String::new();
    for Part { kind, name, subjects, there } in parts {
        let does = if *there { "keep  " } else { "create" };
        let _ = writeln!(text, "{does} {kind:8} {name}  {subjects}");
    }
    text
}

/// The users of all participants, as a part of the configuration of nats-server.
fn users(all: &[Permissions]) -> String {
    let mut text = "# A part of nats-server's configuration: one user for each participant, and at last one who looks after all.\n\
                    # Each connects with `NatsOptions::inbox` as the comment above it says.\n\
                    authorization {\n  users: [\n"
        .to_owned();
    for Permissions { participant, inbox, publish, subscribe } in all {
        let list = |subjects: &[String]| {
            subjects.iter().fold(String::new(), |text, subject| text + "          \"" + subject + "\"\n")
        };
        let variable = participant.to_uppercase();
        let _ = write!(
            text,
            "    # inbox: {inbox}\n    {{\n      user: {participant}, password: $CHOR_{variable}_PASSWORD\n      \
             permissions: {{\n        publish: {{ allow: [\n{}        ] }}\n        \
             subscribe: {{ allow: [\n{}        ] }}\n      }}\n    }}\n",
            list(publish),
            list(subscribe)
        );
    }
    text.push_str("  ]\n}\n");
    text
}

impl crate::args::Login {
    /// How to speak to the server at this address.
    pub(crate) fn options(&self, url: &str) -> NatsOptions {
        let mut options = NatsOptions::new(url).namespace(&self.namespace);
        if let (Some(user), Some(password)) = (&self.user, &self.password) {
            options = options.user_and_password(user, password);
        }
        if let Some(token) = &self.token {
            options = options.token(token);
        }
        if let Some(file) = &self.credentials {
            options = options.credentials_file(file);
        }
        options
    }
}
