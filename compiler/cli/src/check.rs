//! `chor check`: what is wrong with these files?

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chor_compiler::diag::json::Finding;
use chor_compiler::diag::{Diagnostic, Severity};
use chor_compiler::host::{Config, load_with, today};
use chor_compiler::lint::{Date, Lints, Options};
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, compile_with};
use serde::Serialize;

use crate::Verdict;
use crate::args::{Check, Format, Input};
use crate::baseline::{Baseline, Covered};
use crate::failure::Failure;
use crate::findings;
use crate::formats::{self, Found};
use crate::rules;
use crate::summary::{Summary, counted};
use crate::terminal::Terminal;

/// Reads, checks and reports.
pub(crate) fn run(check: &Check, terminal: &Terminal) -> Result<Verdict, Failure> {
    if check.list_rules {
        let config = config(&check.input, &paths(&check.input.paths))?;
        rules::list(&config.lints(&Sources::new()), check.input.format, terminal)?;
        return Ok(Verdict::Clean);
    }
    let (sources, lints) = load(&check.input)?;
    let today = today();
    let mut compilation = compile_with(&sources, &Options { today, lints });
    let known = match &check.baseline {
        Some(file) => {
            let file = (file.as_path(), check.update_baseline);
            Some(cover(&mut compilation, &sources, file, today, terminal)?)
        }
        None => None,
    };
    let found = Found { findings: &compilation.diagnostics, sources: &sources };
    let summary = Summary { baseline: known, ..Summary::new(&sources, &compilation) };
    match formats::writer(check.input.format) {
        Some(write) => terminal.print(&write(found)?)?,
        None if check.input.format == Format::Human => report(found, &summary, terminal)?,
        None => terminal.print(&json(&Document::new(found, summary))?)?,
    }
    let verdict = verdict(&compilation.diagnostics);
    // The process ends here: to take a large workspace down piece by piece would be for nothing.
    std::mem::forget(compilation);
    Ok(verdict)
}

/// Leaves out what the baseline knows, writes it anew where that is wanted, and says how many findings it knows.
fn cover(
    compilation: &mut Compilation,
    sources: &Sources,
    (file, update): (&Path, bool),
    today: Option<Date>,
    terminal: &Terminal,
) -> Result<usize, Failure> {
    let name = file.display();
    let findings = &compilation.diagnostics;
    // Where the language refuses something, not every rule has run: what is not found may still be there.
    let all_have_run = findings.iter().all(|finding| finding.code.lint.is_some());
    let mut baseline = if update { Baseline::read_or_empty(file)? } else { Baseline::read(file)? };
    if update && all_have_run {
        baseline = baseline.updated(findings, sources);
        baseline.write(file)?;
        terminal.note(&format!("`{name}` holds {}", counted(baseline.count(), "finding", "findings")));
    } else if update {
        terminal.note(&format!("`{name}` was not written: mend first what no rule can allow"));
    }
    let Covered { left, known, mended, expired } = baseline.cover(findings, sources, today);
    if mended > 0 && all_have_run {
        terminal.note(&format!(
            "{} mended since `{name}` was written; shrink it: `chor check --baseline {name} --update-baseline`",
            counted(mended, "finding was", "findings were")
        ));
    }
    if expired > 0 {
        terminal.note(&format!(
            "{} in `{name}` whose day is over: mend them, or choose a later day in `expires`",
            counted(expired, "finding is", "findings are")
        ));
    }
    compilation.diagnostics = left;
    Ok(known)
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
pub(crate) fn verdict(findings: &[Diagnostic]) -> Verdict {
    let clean = findings.iter().all(|finding| finding.severity != Severity::Error);
    if clean { Verdict::Clean } else { Verdict::Findings }
}

/// Findings and summary, for people.
pub(crate) fn report(found: Found<'_>, summary: &Summary, terminal: &Terminal) -> Result<(), Failure> {
    let mut out = findings::human(found.findings, found.sources, terminal)?;
    if !terminal.quiet {
        out.push_str(&summary.human(terminal));
        // An error is what its reader asks about first.
        if let Some(worst) = found.findings.iter().min_by_key(|finding| finding.severity) {
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
    pub(crate) fn new(found: Found<'_>, summary: Summary) -> Self {
        let findings = found.findings.iter().map(|finding| Finding::new(finding, found.sources)).collect();
        Self { findings, summary }
    }
}

/// The document as text, ended by a line break.
pub(crate) fn json(document: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document).map_err(std::io::Error::from)?;
    Ok(text + "\n")
}
