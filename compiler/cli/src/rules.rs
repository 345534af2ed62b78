//! `chor check --list-rules`: the lints, and how each is treated here.

use std::fmt::Write as _;

use chor_compiler::diag::{Level, codes};
use chor_compiler::lint::{Lints, limit};
use serde::Serialize;

use crate::args::Format;
use crate::check;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Prints them.
pub(crate) fn list(lints: &Lints, format: Format, terminal: &Terminal) -> Result<(), Failure> {
    let rules: Vec<Rule> = rules(lints);
    let text = match format {
        Format::Human => human(&rules, terminal),
        Format::Json => check::json(&Listed { rules: &rules })?,
        _ => {
            let help = "leave `--format` out, or write `--format json`";
            return Err(Failure::new("rules are listed for people and as JSON alone", help));
        }
    };
    terminal.print(&text)
}

#[derive(Serialize)]
struct Listed<'a> {
    rules: &'a [Rule],
}

/// One lint.
#[derive(Serialize)]
struct Rule {
    /// `C0308`
    code: &'static str,
    name: &'static str,
    /// `deny`, `warn` or `allow`, where no override says otherwise.
    level: &'static str,
    /// The same without a `chor.toml`.
    default: &'static str,
    title: &'static str,
    /// The most that it allows, where it has a threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<usize>,
}

fn rules(lints: &Lints) -> Vec<Rule> {
    let own = codes::ALL.iter().filter_map(|code| Some((code, code.lint?)));
    own.map(|(code, default)| Rule {
        code: code.number,
        name: code.name,
        level: lints.levels.level(code).keyword(),
        default: default.keyword(),
        title: code.title,
        max: limit(code).map(|_| lints.max(code)),
    })
    .collect()
}

fn human(rules: &[Rule], terminal: &Terminal) -> String {
    let widest = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let level = Level::ALL.iter().map(|level| level.keyword().len()).max().unwrap_or_default();
    let style = terminal.styles.code;
    let mut text = String::new();
    for rule in rules {
        let max = rule.max.map(|max| format!(", max {max}")).unwrap_or_default();
        let set = if rule.level == rule.default {
            String::new()
        } else {
            format!(" (by default: {})", rule.default)
        };
        let _ = writeln!(
            text,
            "{style}{}{style:#}  {:widest$}  {:level$}  {}{max}{set}",
            rule.code, rule.name, rule.level, rule.title
        );
    }
    text
}
