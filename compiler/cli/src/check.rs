//! `chor check`: what is wrong with these files?

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chor_compiler::diag::json::Finding;
use chor_compiler::host::{load, today};
use chor_compiler::lint::Options;
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, compile_with};
use serde::Serialize;

use crate::Verdict;
use crate::args::{Check, Format};
use crate::failure::Failure;
use crate::findings;
use crate::summary::Summary;
use crate::terminal::Terminal;

/// Reads, checks and reports.
pub(crate) fn run(check: &Check, terminal: &Terminal) -> Result<Verdict, Failure> {
    let sources = load(&paths(&check.input.paths))?.sources;
    let options = Options { today: today(), ..Options::default() };
    let compilation = compile_with(&sources, &options);
    match check.input.format {
        Format::Human => report(&sources, &compilation, terminal)?,
        Format::Json => terminal.print(&json(&Document::new(&sources, &compilation))?)?,
    }
    Ok(verdict(&compilation))
}

/// The current folder, where nothing is named.
pub(crate) fn paths(named: &[PathBuf]) -> Vec<PathBuf> {
    if named.is_empty() { vec![Path::new(".").to_owned()] } else { named.to_owned() }
}

/// Clean means that nothing is an error.
pub(crate) fn verdict(compilation: &Compilation) -> Verdict {
    if compilation.checked.is_some() { Verdict::Clean } else { Verdict::Findings }
}

/// Findings and summary, for people.
pub(crate) fn report(
    sources: &Sources,
    compilation: &Compilation,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut out = findings::human(&compilation.diagnostics, sources, terminal)?;
    if !terminal.quiet {
        out.push_str(&Summary::new(sources, compilation).human(terminal));
        // An error is what its reader asks about first.
        if let Some(worst) = compilation.diagnostics.iter().min_by_key(|finding| finding.severity) {
            let code = terminal.styles.code;
            let number = worst.code.number;
            let _ = writeln!(out, "`{code}chor explain {number}{code:#}` says more about a finding");
        }
    }
    terminal.print(&out)
}

/// What `--format json` prints.
#[derive(Serialize)]
pub(crate) struct Document {
    findings: Vec<Finding>,
    summary: Summary,
}

impl Document {
    pub(crate) fn new(sources: &Sources, compilation: &Compilation) -> Self {
        let findings = compilation.diagnostics.iter().map(|finding| Finding::new(finding, sources)).collect();
        Self { findings, summary: Summary::new(sources, compilation) }
    }
}

/// The document as text, ended by a line break.
pub(crate) fn json(document: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document).map_err(std::io::Error::from)?;
    Ok(text + "\n")
}
