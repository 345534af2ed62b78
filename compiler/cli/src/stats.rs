//! `chor stats`: what there is, what a run costs, and where it is too much.

mod graph;
mod human;

use chor_compiler::compile_with;
use chor_compiler::diag::json::Finding;
use chor_compiler::diag::{Level, codes};
use chor_compiler::lint::{Levels, Lints, Options};
use chor_compiler::stats::Stats;
use serde::Serialize;

use crate::args::{self, Counted};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{Verdict, check, findings};

/// Reads, checks, counts and tells.
pub(crate) fn run(stats: &args::Stats, terminal: &Terminal) -> Result<Verdict, Failure> {
    let (sources, lints) = check::load(&stats.input())?;
    // What a rule finds is no reason not to count, and is told by its number: only what the language refuses is.
    let limits = Lints { levels: none(), limits: lints.limits, ..Lints::default() };
    let compilation = compile_with(&sources, &Options { today: None, lints: limits.clone() });
    let counted = compilation.checked.as_ref().map(|checked| Stats::of(checked, &limits));
    let verdict = if counted.is_some() { Verdict::Clean } else { Verdict::Findings };
    let text = match (stats.told(), counted) {
        (Counted::Json, stats) => {
            let findings = compilation.diagnostics.iter().map(|finding| Finding::new(finding, &sources));
            check::json(&Document { findings: findings.collect(), stats })?
        }
        (_, None) => {
            let refused = findings::human(&compilation.diagnostics, &sources, terminal)?;
            refused + "not counted: mend what is refused first\n"
        }
        (Counted::Human, Some(stats)) => human::text(&stats, terminal),
        (Counted::Dot, Some(stats)) => graph::dot(&stats),
        (Counted::Mermaid, Some(stats)) => graph::mermaid(&stats),
    };
    terminal.print(&text)?;
    Ok(verdict)
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Document {
    findings: Vec<Finding>,
    /// `null` where an error keeps it from being counted.
    stats: Option<Stats>,
}

/// No lint is on.
fn none() -> Levels {
    let mut levels = Levels::default();
    for code in codes::ALL.iter().filter(|code| code.lint.is_some()) {
        levels.set(code, Level::Allow);
    }
    levels
}
