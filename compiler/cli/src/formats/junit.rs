//! XML like that of `JUnit`: a suite a file, a case a finding. Errors are failures; warnings are skipped, so that they can be read
//! where the run is green. A file without findings is one case that passes.
//!
//! There are two schemas in common use (Jenkins' and Ant's); this follows both. Ant's demands a time and a host, which
//! would differ from run to run: they are always the same here.

use std::fmt::Write as _;

use chor_compiler::diag::{Diagnostic, Severity, plain};

use super::xml::{attribute, content};
use super::{Found, severity};

const WHEN_AND_WHERE: &str = "timestamp=\"1970-01-01T00:00:00\" hostname=\"localhost\" time=\"0\"";

pub(super) fn render(found: Found<'_>) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for (id, (name, findings)) in found.by_file().enumerate() {
        suite(&mut out, id, name, findings, found);
    }
    out + "</testsuites>\n"
}

fn suite(out: &mut String, id: usize, name: &str, findings: &[Diagnostic], found: Found<'_>) {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let name = attribute(name);
    let _ = writeln!(
        out,
        "  <testsuite id=\"{id}\" name=\"{name}\" package=\"chor\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" {WHEN_AND_WHERE}>\n    <properties/>",
        findings.len().max(1),
        count(Severity::Error),
        count(Severity::Warning),
    );
    for finding in findings {
        case(out, &name, finding, found);
    }
    if findings.is_empty() {
        let _ = writeln!(out, "    <testcase name=\"no findings\" classname=\"{name}\" time=\"0\"/>");
    }
    out.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

fn case(out: &mut String, class: &str, finding: &Diagnostic, found: Found<'_>) {
    let (element, kind) = match finding.severity {
        Severity::Error => ("failure", format!(" type=\"{}\"", severity(finding))),
        // Ant's schema knows no type of what was skipped.
        Severity::Warning => ("skipped", String::new()),
    };
    let place = found.sources.position(finding.primary.span.start);
    let _ = writeln!(
        out,
        "    <testcase name=\"{} ({}:{})\" classname=\"{class}\" time=\"0\">\n      <{element} message=\"{}\"{kind}>{}</{element}>\n    </testcase>",
        finding.code,
        place.line,
        place.column,
        attribute(&finding.message),
        content(&plain(finding, found.sources)),
    );
}
