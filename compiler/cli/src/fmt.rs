//! `chor fmt`: the one style.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use chor_compiler::diag::{Diagnostic, printable_sources};
use chor_compiler::host::{Config, Loaded, load_any, load_text, rewrite};
use chor_compiler::source::{SourceFile, Sources};
use chor_compiler::syntax::print::formatted;
use similar::{ChangeTag, TextDiff};

use crate::Verdict;
use crate::args::Fmt;
use crate::check;
use crate::failure::Failure;
use crate::findings;
use crate::summary::counted;
use crate::terminal::{Styles, Terminal};

/// The path that means standard input.
const STDIN: &str = "-";

/// Lines that are shown around a change.
const CONTEXT: usize = 3;

/// Formats the files, or standard input.
pub(crate) fn run(fmt: &Fmt, terminal: &Terminal) -> Result<Verdict, Failure> {
    match fmt.paths.as_slice() {
        [path] if path == Path::new(STDIN) => filter(fmt.check, terminal),
        paths if paths.iter().any(|path| path == Path::new(STDIN)) => Err(Failure::new(
            "`-` is standard input, whose text goes to standard output; it cannot be named with other paths",
            "format the other paths by a call of their own",
        )),
        paths => {
            let paths = check::paths(paths);
            files(&load_any(&paths, &Config::find(&paths)?)?, fmt.check, terminal)
        }
    }
}

/// Standard input to standard output.
fn filter(check: bool, terminal: &Terminal) -> Result<Verdict, Failure> {
    let sources = load_text("<stdin>", io::stdin().lock())?;
    let outcome = Outcome::of(&sources);
    if !outcome.findings.is_empty() {
        // Standard output is for the text: whoever puts it back into an editor must not get findings.
        terminal.print_error(&findings::human(&outcome.findings, &sources, terminal)?);
        return Ok(Verdict::Unable);
    }
    let [text] = outcome.texts.as_slice() else { return Ok(Verdict::Clean) };
    if check {
        terminal.print(&outcome.diff(&sources, terminal)?)?;
        return Ok(outcome.verdict(check));
    }
    let unchanged = || sources.files().first().map(SourceFile::text).unwrap_or_default();
    terminal.print(text.as_deref().unwrap_or_else(unchanged))?;
    Ok(Verdict::Clean)
}

/// Each file in its place. One that cannot be read as a choreography does not keep the others from it.
fn files(loaded: &Loaded, check: bool, terminal: &Terminal) -> Result<Verdict, Failure> {
    let outcome = Outcome::of(&loaded.sources);
    let mut out = findings::human(&outcome.findings, &loaded.sources, terminal)?;
    if check {
        out.push_str(&outcome.diff(&loaded.sources, terminal)?);
    } else {
        for (path, text) in loaded.paths.iter().zip(&outcome.texts) {
            if let Some(text) = text {
                rewrite(path, text)?;
            }
        }
    }
    if !terminal.quiet {
        out.push_str(&outcome.summary(check, terminal));
    }
    terminal.print(&out)?;
    Ok(outcome.verdict(check))
}

/// What came of the files.
struct Outcome {
    /// The new text of each file, where it differs.
    texts: Vec<Option<String>>,
    findings: Vec<Diagnostic>,
    /// How many files have syntax errors.
    broken: usize,
}

impl Outcome {
    fn of(sources: &Sources) -> Self {
        let mut outcome = Self { texts: Vec::new(), findings: Vec::new(), broken: 0 };
        for file in sources.files() {
            let text = formatted(file).unwrap_or_else(|findings| {
                outcome.broken += 1;
                outcome.findings.extend(findings);
                file.text().to_owned()
            });
            outcome.texts.push((text != file.text()).then_some(text));
        }
        outcome
    }

    fn changed(&self) -> usize {
        self.texts.iter().flatten().count()
    }

    fn verdict(&self, check: bool) -> Verdict {
        match (self.broken, self.changed()) {
            (0, 0) => Verdict::Clean,
            (0, _) if check => Verdict::Findings,
            (0, _) => Verdict::Clean,
            _ => Verdict::Unable,
        }
    }

    /// What would change, as a unified diff.
    fn diff(&self, sources: &Sources, terminal: &Terminal) -> Result<String, Failure> {
        let shown = printable_sources(sources)
            .map_err(|error| Failure::new(error.to_string(), "name fewer files"))?;
        let mut out = String::new();
        for (file, text) in shown.files().iter().zip(&self.texts) {
            if let Some(text) = text {
                unified(&mut out, file, text, terminal);
            }
        }
        Ok(out)
    }

    fn summary(&self, check: bool, terminal: &Terminal) -> String {
        let Styles { error, good, .. } = terminal.styles;
        let (changed, all) = (self.changed(), self.texts.len());
        let files = |count| counted(count, "file", "files");
        let mut parts = Vec::new();
        if check && changed > 0 {
            parts.push(format!("{error}{} would be changed by `chor fmt`{error:#}", files(changed)));
        } else if changed > 0 {
            parts.push(format!("formatted {}", files(changed)));
        }
        if self.broken > 0 {
            parts.push(format!("{error}{} with syntax errors{error:#}", files(self.broken)));
        }
        match all - changed - self.broken {
            0 => {}
            count => parts.push(format!("{good}{} unchanged{good:#}", files(count))),
        }
        format!("{}\n", parts.join(", "))
    }
}

/// Writes how a file would change.
fn unified(out: &mut String, file: &SourceFile, text: &str, terminal: &Terminal) {
    let Styles { heading, remove, insert, .. } = terminal.styles;
    let name = file.name();
    let _ = writeln!(out, "{heading}--- {name}{heading:#}\n{heading}+++ {name}{heading:#}");
    let diff = TextDiff::from_lines(file.text(), text);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            let _ = match change.tag() {
                ChangeTag::Equal => writeln!(out, " {line}"),
                ChangeTag::Delete => writeln!(out, "{remove}-{line}{remove:#}"),
                ChangeTag::Insert => writeln!(out, "{insert}+{line}{insert:#}"),
            };
            if change.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
}
