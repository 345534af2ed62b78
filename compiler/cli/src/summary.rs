//! What was looked at, and how it came out.

use chor_compiler::Compilation;
use chor_compiler::diag::{Diagnostic, Severity};
use chor_compiler::source::Sources;
use serde::Serialize;

use crate::terminal::{Styles, Terminal};

/// The numbers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    /// Files that were read.
    pub(crate) files: usize,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    /// Every file could be read; otherwise names and flows have not been looked at.
    pub(crate) read: bool,
    /// What the files declare; `null` where an error leaves that open.
    pub(crate) declared: Option<Declared>,
    /// How many findings the baseline knows, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<usize>,
}

/// How many of each kind are declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Declared {
    pub(crate) services: usize,
    pub(crate) externals: usize,
    /// Events and commands.
    pub(crate) events: usize,
    pub(crate) choreographies: usize,
}

impl Summary {
    pub(crate) fn new(sources: &Sources, compilation: &Compilation) -> Self {
        let count = |severity| {
            let findings = compilation.diagnostics.iter();
            findings.filter(|finding: &&Diagnostic| finding.severity == severity).count()
        };
        let declared = compilation.checked.as_ref().map(|checked| {
            let model = checked.model();
            let externals = model.services.iter().filter(|(_, service)| service.external).count();
            Declared {
                services: model.services.len() - externals,
                externals,
                events: model.events.len(),
                choreographies: model.choreographies.len(),
            }
        });
        Self {
            files: sources.files().len(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            read: compilation.read,
            declared,
            baseline: None,
        }
    }

    /// One line: `checked 1 file: 5 services, 9 events, 1 choreography: no findings`. Another where that was not all.
    pub(crate) fn human(&self, terminal: &Terminal) -> String {
        let Styles { error, warning, good, hint, .. } = terminal.styles;
        let mut parts = vec![format!("checked {}", counted(self.files, "file", "files"))];
        if let Some(declared) = self.declared {
            parts.extend(declared.human());
        }
        let mut found = Vec::new();
        if self.errors > 0 {
            found.push(format!("{error}{}{error:#}", counted(self.errors, "error", "errors")));
        }
        if self.warnings > 0 {
            found.push(format!("{warning}{}{warning:#}", counted(self.warnings, "warning", "warnings")));
        }
        if found.is_empty() {
            found.push(format!("{good}no findings{good:#}"));
        }
        let known = self.baseline.map(|known| format!(" beside {known} in the baseline")).unwrap_or_default();
        parts.push(found.join(", ") + &known);
        let unread = if self.read {
            String::new()
        } else {
            format!("{hint}note:{hint:#} names and flows are checked once the text can be read\n")
        };
        format!("{}\n{unread}", parts.join(": "))
    }
}

impl Declared {
    fn human(self) -> Option<String> {
        let kinds = [
            (self.services, "service", "services"),
            (self.externals, "external", "externals"),
            (self.events, "event", "events"),
            (self.choreographies, "choreography", "choreographies"),
        ];
        let parts: Vec<_> = kinds
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(n, one, many)| counted(*n, one, many))
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// `1 file`, `2 files`
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
