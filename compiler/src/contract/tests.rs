//! The table of what breaks whom, row by row, and what random schemas say of it.

mod deadlines;
mod held;
mod holding;
mod random;
mod renamed;
mod table;

use super::change::{Change, Mode};
use super::compare::compare;
use super::snapshot::Contracts;
use super::take;
use crate::compile;
use crate::diag::Severity;
use crate::source::Sources;

/// The contracts of a text without errors.
fn contracts(text: &str) -> Contracts {
    let mut sources = Sources::new();
    sources.add("test.chor", text).unwrap();
    let compilation = compile(&sources);
    let errors: Vec<_> =
        compilation.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    take(&compilation.checked.unwrap())
}

/// What has changed from one text to another.
fn changes(old: &str, new: &str, mode: Mode) -> Vec<Change> {
    compare(&contracts(old), &contracts(new), mode)
}
