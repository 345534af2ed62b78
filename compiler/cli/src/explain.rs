//! `chor explain`: the page of a finding.

use std::fmt::Write as _;

use chor_compiler::diag::codes::{self, Code};
use chor_compiler::diag::{Severity, closest};

use crate::Verdict;
use crate::args::Explain;
use crate::failure::Failure;
use crate::markdown;
use crate::terminal::Terminal;

/// Prints the page, or without a code the list of all.
pub(crate) fn run(explain: &Explain, terminal: &Terminal) -> Result<Verdict, Failure> {
    let text = match &explain.code {
        Some(written) => page(codes::find(written).ok_or_else(|| unknown(written))?, terminal),
        None => list(terminal),
    };
    terminal.print(&text)?;
    Ok(Verdict::Clean)
}

fn page(code: &Code, terminal: &Terminal) -> String {
    // The page's own heading is the name alone.
    let body = code.page.split_once('\n').map_or("", |(_, body)| body);
    let heading = terminal.styles.heading;
    format!(
        "{heading}{code}{heading:#} ({})\n\n{}.\n\n{}",
        severity(code.severity()),
        code.title,
        markdown::render(body.trim(), terminal)
    )
}

fn list(terminal: &Terminal) -> String {
    let widest = codes::ALL.iter().map(|code| code.name.len()).max().unwrap_or_default();
    let style = terminal.styles.code;
    let mut text = String::new();
    for code in codes::ALL {
        let kind = severity(code.severity());
        let (number, name) = (code.number, code.name);
        let _ = writeln!(text, "{style}{number}{style:#}  {name:widest$}  {kind:7}  {}", code.title);
    }
    text
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn unknown(written: &str) -> Failure {
    let names = codes::ALL.iter().flat_map(|code| [code.number, code.name]);
    let help = match closest(written, names).and_then(codes::find) {
        Some(code) => format!("did you mean {code}? `chor explain` lists all"),
        None => "`chor explain` lists all".to_owned(),
    };
    Failure::new(format!("there is no finding `{written}`"), help)
}
