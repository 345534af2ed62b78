//! GitHub's workflow commands: annotations on the lines of a pull request.

use std::fmt::Write as _;

use chor_compiler::diag::{Diagnostic, Severity};

use super::{Found, lines, severity};
use crate::summary::counted;

/// GitHub shows so many errors, and as many warnings, of one step, and drops the others without a word.
const SHOWN: usize = 10;

pub(super) fn render(found: Found<'_>) -> String {
    let mut out = String::new();
    let mut left_out = Vec::new();
    for (level, one, many) in
        [(Severity::Error, "error", "errors"), (Severity::Warning, "warning", "warnings")]
    {
        let all: Vec<_> = found.findings.iter().filter(|finding| finding.severity == level).collect();
        all.iter().take(SHOWN).for_each(|finding| annotation(&mut out, finding, found));
        if let Some(more) = all.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            left_out.push(counted(more, &format!("more {one}"), &format!("more {many}")));
        }
    }
    if !left_out.is_empty() {
        let text = format!("{} not shown here: without --format, all are", left_out.join(" and "));
        let _ = writeln!(out, "::notice title=chor::{}", data(&text));
    }
    out
}

fn annotation(out: &mut String, finding: &Diagnostic, found: Found<'_>) {
    let (start, end) = (
        found.sources.position(finding.primary.span.start),
        found.sources.position(finding.primary.span.end),
    );
    // Columns are understood within one line only, and the last one belongs to the place.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column.saturating_sub(1).max(start.column))
    } else {
        String::new()
    };
    let _ = writeln!(
        out,
        "::{} file={},line={},endLine={}{columns},title={}::{}",
        severity(finding),
        property(found.file(finding)),
        start.line,
        end.line,
        property(&finding.code.to_string()),
        data(&lines(finding)),
    );
}

/// A text behind the last `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
