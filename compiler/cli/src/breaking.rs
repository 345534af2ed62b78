//! `chor breaking`: what has changed since another version, and whom it breaks.

mod base;
mod git;

use std::collections::BTreeSet;

use chor_compiler::check::Checked;
use chor_compiler::contract::{self, Contracts};
use chor_compiler::diag::{Diagnostic, Diagnostics, Severity};
use chor_compiler::host::today;
use chor_compiler::lint::{self, Options};
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, compile_with};

use crate::Verdict;
use crate::args::{Breaking, Format};
use crate::check::{self, Document};
use crate::failure::Failure;
use crate::formats::{self, Found};
use crate::summary::Summary;
use crate::terminal::Terminal;

/// Another version.
struct Base {
    /// As the user calls it.
    name: String,
    contracts: Contracts,
}

/// Compares and reports.
pub(crate) fn run(breaking: &Breaking, terminal: &Terminal) -> Result<Verdict, Failure> {
    base::present(&breaking.input.paths, &breaking.against)?;
    let (sources, lints) = check::load(&breaking.input)?;
    let options = Options { today: today(), lints };
    let compilation = compile_with(&sources, &options);
    let Some(checked) = &compilation.checked else { return Err(refused(&compilation)) };
    let mut bases = base::read(breaking)?;
    if !breaking.mode.is_transitive() {
        bases = bases.pop().into_iter().collect();
    }
    let findings = findings(checked, &bases, breaking, &options, &sources);
    let compilation = Compilation { diagnostics: findings, ..compilation.clone() };
    let found = Found { findings: &compilation.diagnostics, sources: &sources };
    let summary = Summary::new(&sources, &compilation);
    match formats::writer(breaking.input.format) {
        Some(write) => terminal.print(&write(found)?)?,
        None if breaking.input.format == Format::Human => check::report(found, &summary, terminal)?,
        None => terminal.print(&check::json(&Document::new(found, summary))?)?,
    }
    Ok(check::verdict(&compilation.diagnostics))
}

/// The changes since all of these versions; what is the same since several is told once, of the newest.
fn findings(
    checked: &Checked,
    bases: &[Base],
    breaking: &Breaking,
    options: &Options,
    sources: &Sources,
) -> Vec<Diagnostic> {
    let now = contract::take(checked);
    let mut found = Diagnostics::new();
    let mut told = BTreeSet::new();
    for base in bases.iter().rev() {
        for change in contract::compare(&base.contracts, &now, breaking.mode.mode()) {
            if told.insert((change.code.number, change.message.clone())) {
                found.push(contract::finding(&change, checked.model(), &format!("`{}`", base.name)));
            }
        }
    }
    let (mut suppressions, _) = lint::suppressions(checked.model());
    suppressions.retain(|suppression| suppression.code.is_of_changes());
    lint::judge(found, &suppressions, options, sources).into_sorted()
}

/// The files as they are now have errors of their own.
fn refused(compilation: &Compilation) -> Failure {
    let errors = compilation.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    let first = errors.clone().next().map(|finding| finding.message.as_str()).unwrap_or_default();
    let message = format!("the files here have errors ({} in all), the first: {first}", errors.count());
    Failure::new(message, "mend what `chor check` shows; the other version was not looked at")
}
