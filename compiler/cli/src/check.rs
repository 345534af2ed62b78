//! `chor check`: what is wrong with these files?

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chor_compiler::diag::json::Finding;
use chor_compiler::host::{Config, load_with, today};
use chor_compiler::lint::{Lints, Options};
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, compile_with};
use serde::Serialize;

use crate::Verdict;
use crate::args::{Check, Format, Input};
use crate::failure::Failure;
use crate::findings;
use crate::formats::{self, Found};
use crate::rules;
use crate::summary::Summary;
use crate::terminal::Terminal;

/// Reads, checks and reports.
pub(crate) fn run(check: &Check, terminal: &Terminal) -> Result<Verdict, Failure> {
    if check.list_rules {
        let config = config(&check.input, &paths(&check.input.paths))?;
        rules::list(&config.lints(&Sources::new()), check.input.format, terminal)?;
        return Ok(Verdict::Clean);
    }
    let (sources, lints) = load(&check.input)?;
    let compilation = compile_with(&sources, &Options { today: today(), lints });
    let found = Found { findings: &compilation.diagnostics, sources: &sources };
    match formats::writer(check.input.format) {
        Some(write) => terminal.print(&write(found)?)?,
        None if check.input.format == Format::Human => report(&sources, &compilation, terminal)?,
        None => terminal.print(&json(&Document::new(&sources, &compilation))?)?,
    }
    Ok(verdict(&compilation))
}

/// The files that are meant, and the levels of the lints in them.
pub(crate) fn load(input: &Input) -> Result<(Sources, Lints), Failure> {
    let paths = paths(&input.paths);
    let config = config(input, &paths)?;
    let sources = load_with(&paths, &config)?.sources;
    let lints = config.lints(&sources);
    Ok((sources, lints))
}

/// The configuration that is named, or the nearest.
pub(crate) fn config(input: &Input, paths: &[PathBuf]) -> Result<Config, Failure> {
    let config = input.config.as_ref().map_or_else(|| Config::find(paths), |file| Config::read(file));
    Ok(config?)
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
