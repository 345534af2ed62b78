//! `chor lock`: the contracts of a workspace in one file.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use chor_compiler::compile_with;
use chor_compiler::contract::{self, Contracts, Unreadable};
use chor_compiler::diag::Severity;
use chor_compiler::host::today;
use chor_compiler::lint::Options;

use crate::Verdict;
use crate::args::{Input, Lock};
use crate::check;
use crate::failure::Failure;
use crate::findings;
use crate::summary::counted;
use crate::terminal::Terminal;

/// Writes the file, or compares it.
pub(crate) fn run(lock: &Lock, terminal: &Terminal) -> Result<Verdict, Failure> {
    let input = lock.input();
    let Some(contracts) = contracts(&input, terminal)? else { return Ok(Verdict::Findings) };
    let text = contract::write(&contracts).map_err(io::Error::from)?;
    let (file, name) = (lock.out.as_path(), lock.out.display());
    if lock.check {
        // What a later version wrote is not stale.
        read(file)?;
        if fs::read_to_string(file).is_ok_and(|written| written == text) {
            return Ok(Verdict::Clean);
        }
        terminal.note(&format!("`{name}` is stale: {}", command(lock)));
        return Ok(Verdict::Findings);
    }
    spare(file)?;
    fs::write(file, text).map_err(|error| {
        let message = format!("`{name}` cannot be written: {error}");
        Failure::new(message, "check that the folder is there and may be written to")
    })?;
    terminal.note(&format!(
        "`{name}` holds {} and {}",
        counted(contracts.events.len(), "event", "events"),
        counted(contracts.choreographies.len(), "choreography", "choreographies")
    ));
    Ok(Verdict::Clean)
}

/// The contracts of these files; `None`: they are refused, and the findings have been shown.
fn contracts(input: &Input, terminal: &Terminal) -> Result<Option<Contracts>, Failure> {
    let (sources, lints) = check::load(input)?;
    let compilation = compile_with(&sources, &Options { today: today(), lints });
    let Some(checked) = &compilation.checked else {
        let errors: Vec<_> = compilation.diagnostics;
        let errors: Vec<_> = errors.into_iter().filter(|it| it.severity == Severity::Error).collect();
        terminal.print(&findings::human(&errors, &sources, terminal)?)?;
        terminal.note("nothing was written: only what is checked can be promised");
        return Ok(None);
    };
    Ok(Some(contract::take(checked)))
}

/// What is no lock file is not overwritten, nor what a later version wrote; one that is damaged is.
fn spare(file: &Path) -> Result<(), Failure> {
    let Ok(bytes) = fs::read(file) else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes);
    match contract::parse(&text) {
        Err(Unreadable::Broken(_)) if !text.is_empty() && !is_damaged(&text) => {
            let message = format!("`{}` is there and is no lock file; nothing was written", file.display());
            Err(Failure::new(message, "name another file with `--out`, or move this one"))
        }
        Err(Unreadable::Later(_)) => parse(&file.display().to_string(), &text).map(drop),
        _ => Ok(()),
    }
}

/// Whether the text was a lock file before it was cut off, or two versions of it were merged.
fn is_damaged(text: &str) -> bool {
    text.starts_with('{') && text.contains("\"format\":") && text.contains("\"services\":")
}

/// The command that writes the file anew.
fn command(lock: &Lock) -> String {
    let mut command = "`chor lock".to_owned();
    for path in &lock.paths {
        let _ = write!(command, " {}", path.display());
    }
    format!("{command} --out {}`", lock.out.display())
}

/// Reads a lock file.
pub(crate) fn read(file: &Path) -> Result<Contracts, Failure> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let help = format!("write it: `chor lock --out {name}`");
            Failure::new(format!("there is no lock file `{name}`"), help)
        }
        _ => Failure::new(
            format!("`{name}` cannot be read: {error}"),
            "check that it is a file and may be read",
        ),
    })?;
    parse(&name.to_string(), &text)
}

/// The contracts in the text of a lock file.
fn parse(name: &str, text: &str) -> Result<Contracts, Failure> {
    contract::parse(text).map_err(|error| {
        let help = match error {
            Unreadable::Later(_) => {
                "use that version of chor, or the newest: `cargo install --path compiler/cli`".to_owned()
            }
            Unreadable::Broken(_) if is_damaged(text) => {
                format!("write it anew, in the version that it was made for: `chor lock --out {name}`")
            }
            Unreadable::Broken(_) => "name a file that `chor lock` has written".to_owned(),
        };
        Failure::new(format!("`{name}`: {error}"), help)
    })
}
