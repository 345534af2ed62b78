//! `chor breaking`: what has changed since another version, and whom it breaks.

mod base;
mod git;

use std::collections::BTreeSet;

use chor_compiler::contract::{self, Contracts};
use chor_compiler::diag::{Diagnostic, Diagnostics, Severity};
use chor_compiler::host::today;
use chor_compiler::lint::{self, Options};
use chor_compiler::model::Model;
use chor_compiler::source::Sources;
use chor_compiler::{Compilation, Version, compile_versions};

use crate::Verdict;
use crate::args::{Breaking, Format};
use crate::check::{self, Document};
use crate::failure::Failure;
use crate::formats::{self, Found};
use crate::summary::Summary;
use crate::terminal::Terminal;

/// Another version, read and not looked into yet.
struct Read {
    /// As the user calls it.
    name: String,
    held: Held,
}

/// What there is of a version.
enum Held {
    Files(Sources),
    Contracts(Contracts),
}

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
    let read = base::read(breaking)?;
    let mut versions = compile_versions(&files(&sources, &read)).into_iter();
    let Some(Version { mut compilation, contracts }) = versions.next() else { return Ok(Verdict::Clean) };
    let (Some(checked), Some(now)) = (&compilation.checked, contracts) else {
        return Err(refused(&compilation));
    };
    let bases = base::promised(read, versions)?;
    let options = Options { today: today(), lints };
    let changes = changes(&bases, &now, checked.model(), breaking);
    compilation.diagnostics = judged(changes, checked.model(), &options, &sources);
    let found = Found { findings: &compilation.diagnostics, sources: &sources };
    let summary = Summary::new(&sources, &compilation);
    match formats::writer(breaking.input.format) {
        Some(write) => terminal.print(&write(found)?)?,
        None if breaking.input.format == Format::Human => check::report(found, &summary, terminal)?,
        None => terminal.print(&check::json(&Document::new(found, summary))?)?,
    }
    let verdict = check::verdict(&compilation.diagnostics);
    // The process ends here: to take large workspaces down piece by piece would be for nothing.
    std::mem::forget((compilation, now, bases));
    Ok(verdict)
}

/// The changes since the last of these versions, or since all of them, and the names that are used again; what is the same
/// since several is told once, of the newest.
fn changes(bases: &[Base], now: &Contracts, model: &Model, breaking: &Breaking) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut told = BTreeSet::new();
    let mode = breaking.mode.mode();
    for (age, base) in bases.iter().rev().enumerate() {
        let mut changes = Vec::new();
        if age == 0 || breaking.mode.is_transitive() {
            changes.extend(contract::compare(&base.contracts, now, mode));
        }
        if let Some(last) = bases.last().filter(|_| age > 0 && mode.backward()) {
            changes.extend(contract::reused(&base.contracts, &last.contracts, now));
        }
        for change in changes {
            if told.insert((change.code.number, change.message.clone())) {
                found.push(contract::finding(&change, model, &base.name));
            }
        }
    }
    found
}

/// The changes at their levels, but for those that are allowed where they stand.
fn judged(found: Diagnostics, model: &Model, options: &Options, sources: &Sources) -> Vec<Diagnostic> {
    let (mut suppressions, _) = lint::suppressions(model);
    suppressions.retain(|suppression| suppression.code.is_of_changes());
    lint::judge(found, &suppressions, options, sources).into_sorted()
}

/// The files of every version that has some, those as they are now first.
fn files<'r>(now: &'r Sources, read: &'r [Read]) -> Vec<&'r Sources> {
    let others = read.iter().filter_map(|read| match &read.held {
        Held::Files(sources) => Some(sources),
        Held::Contracts(_) => None,
    });
    std::iter::once(now).chain(others).collect()
}

/// The files as they are now have errors of their own.
fn refused(compilation: &Compilation) -> Failure {
    let errors = compilation.diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    let first = errors.clone().next().map(|finding| finding.message.as_str()).unwrap_or_default();
    let message = format!("the files here have errors ({} in all), the first: {first}", errors.count());
    Failure::new(message, "mend what `chor check` shows; nothing was compared")
}
