//! GitLab's code quality report: a list of issues, known again by their fingerprints.

use serde::Serialize;

use chor_compiler::diag::Severity;

use super::{Found, sentence};
use crate::check;
use crate::failure::Failure;
use crate::fingerprint::fingerprints;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    /// Of `info`, `minor`, `major`, `critical` and `blocker`.
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn render(found: Found<'_>) -> Result<String, Failure> {
    let issues: Vec<_> = found
        .findings
        .iter()
        .zip(fingerprints(found.findings, found.sources))
        .map(|(finding, fingerprint)| Issue {
            description: sentence(finding),
            check_name: finding.code.name,
            fingerprint: fingerprint.unique(),
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
            },
            location: Location {
                path: found.file(finding),
                lines: Lines { begin: found.sources.position(finding.primary.span.start).line },
            },
        })
        .collect();
    check::json(&issues)
}
