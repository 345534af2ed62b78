//! `chor build`: one Rust module per service.

use std::fmt::Write as _;

use chor_compiler::emit::rust::{self, Options, Style};
use chor_compiler::host::{Written, select, write};
use chor_compiler::{compile_with, lint};
use serde::Serialize;

use crate::Verdict;
use crate::args::{Build, Format};
use crate::check::{self, Document};
use crate::failure::Failure;
use crate::formats::{self, Found};
use crate::summary::{Summary, counted};
use crate::terminal::Terminal;

/// Checks, and writes the modules where nothing is wrong.
pub(crate) fn run(build: &Build, terminal: &Terminal) -> Result<Verdict, Failure> {
    let (sources, lints) = check::load(&build.input)?;
    let compilation = compile_with(&sources, &lint::Options { today: None, lints });
    let written = match &compilation.checked {
        None => None,
        Some(checked) => {
            let only = select(checked.model(), &build.service)?;
            Some(write(&build.out, &rust::emit(checked, &Options { only, style: Style::Modules }))?)
        }
    };
    let found = Found { findings: &compilation.diagnostics, sources: &sources };
    let summary = Summary::new(&sources, &compilation);
    match formats::writer(build.input.format) {
        Some(write) => terminal.print(&write(found)?)?,
        None if build.input.format == Format::Human => {
            check::report(found, &summary, terminal)?;
            if !terminal.quiet {
                terminal.print(&human(written.as_ref()))?;
            }
        }
        None => {
            let document = Document::new(found, summary);
            let files = written.as_ref().map(Paths::new);
            terminal.print(&check::json(&WithFiles { document, files })?)?;
        }
    }
    Ok(check::verdict(&compilation.diagnostics))
}

fn human(written: Option<&Written>) -> String {
    let Some(written) = written else { return "nothing was written\n".to_owned() };
    let mut text = String::new();
    for path in &written.changed {
        let _ = writeln!(text, "wrote {}", path.display());
    }
    match written.unchanged.len() {
        0 => {}
        count => {
            let _ = writeln!(text, "{} up to date", counted(count, "file is", "files are"));
        }
    }
    text
}

/// What `chor check --format json` prints, and the files; `null` where nothing was written.
#[derive(Serialize)]
struct WithFiles {
    #[serde(flatten)]
    document: Document,
    files: Option<Paths>,
}

#[derive(Serialize)]
struct Paths {
    changed: Vec<String>,
    unchanged: Vec<String>,
}

impl Paths {
    fn new(written: &Written) -> Self {
        let names =
            |paths: &[std::path::PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
        Self { changed: names(&written.changed), unchanged: names(&written.unchanged) }
    }
}
