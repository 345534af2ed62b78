//! `chor verify`: do the machines of the participants, run together, do what they must?

use std::fmt::Write as _;

use chor_compiler::check::Checked;
use chor_compiler::diag::json::Finding;
use chor_compiler::explore::{Counterexample, Exploration, Fault, Limit, Limits, explore};
use chor_compiler::host::today;
use chor_compiler::lint::Options;
use chor_compiler::model::{Choreography, Model};
use chor_compiler::project::Projection;
use chor_compiler::source::{Sources, Span};
use chor_compiler::{Compilation, compile_with};
use serde::Serialize;

use crate::args::{self, Verify};
use crate::failure::{Failure, Reason};
use crate::summary::counted;
use crate::terminal::{Styles, Terminal};
use crate::{Verdict, check, findings};

/// Reads, checks, explores and reports.
pub(crate) fn run(verify: &Verify, terminal: &Terminal) -> Result<Verdict, Failure> {
    let (sources, lints) = check::load(&verify.input())?;
    let compilation = compile_with(&sources, &Options { today: today(), lints });
    let explored = compilation.checked.as_ref().map(|checked| explored(checked, &sources, verify.limits()));
    let clean = explored.as_ref().is_some_and(|explored| explored.iter().all(Explored::is_clean));
    match verify.format {
        args::Told::Human => human(&sources, &compilation, explored.as_deref(), terminal)?,
        args::Told::Json => {
            let document = Document::new(&sources, &compilation, explored.as_deref());
            terminal.print(&check::json(&document)?)?;
        }
    }
    if !clean {
        return Ok(Verdict::Findings);
    }
    unfinished(explored.as_deref().unwrap_or_default()).map_or(Ok(Verdict::Clean), Err)
}

/// What was cut short has shown nothing. Lines and rounds are another matter: who may run ahead for ever always reaches
/// them, however much time there is.
fn unfinished(explored: &[Explored]) -> Option<Failure> {
    let reason = |one: &Explored| {
        let limits: Vec<_> = one.cut_short_by().map(|limit| format!("`--{limit}`")).collect();
        (!limits.is_empty()).then(|| Reason {
            message: format!("{} was not explored to its end", one.choreography),
            help: Some(format!("allow more with {}", limits.join(" and "))),
        })
    };
    let reasons: Vec<_> = explored.iter().filter_map(reason).collect();
    (!reasons.is_empty()).then_some(Failure { reasons })
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Document<'a> {
    findings: Vec<Finding>,
    /// `null` where an error keeps them from being explored.
    choreographies: Option<&'a [Explored]>,
}

impl<'a> Document<'a> {
    fn new(sources: &Sources, compilation: &Compilation, choreographies: Option<&'a [Explored]>) -> Self {
        let findings = compilation.diagnostics.iter().map(|finding| Finding::new(finding, sources)).collect();
        Self { findings, choreographies }
    }
}

/// One choreography, explored.
#[derive(Serialize)]
struct Explored {
    choreography: String,
    /// How many situations were looked at.
    situations: usize,
    /// Where the search stopped: `line`, `steps`, `situations`, `rounds`. Empty: it has seen everything.
    stopped_at: Vec<&'static str>,
    faults: Vec<Told>,
}

/// A fault, and a shortest run to it.
#[derive(Serialize)]
struct Told {
    /// `unheard`, `stuck`, `left` or `unreached`.
    kind: &'static str,
    message: String,
    run: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    text: String,
    file: Option<String>,
    line: Option<u32>,
}

fn explored(checked: &Checked, sources: &Sources, limits: Limits) -> Vec<Explored> {
    let projections = checked.projections().iter();
    projections.map(|projection| Explored::new(checked.model(), projection, sources, limits)).collect()
}

impl Explored {
    fn new(model: &Model, projection: &Projection, sources: &Sources, limits: Limits) -> Self {
        let choreography = &model.choreographies[projection.choreography];
        let machines: Vec<_> = projection.roles.iter().map(|role| role.machine.clone()).collect();
        let found = explore(choreography, &machines, limits);
        let mut faults: Vec<Told> = found
            .counterexamples
            .iter()
            .map(|counterexample| Told::new(counterexample, model, choreography, sources))
            .collect();
        faults.extend(unreached(&found, model));
        Self {
            choreography: choreography.header.name.text.clone(),
            situations: found.worlds,
            stopped_at: found.reached.iter().map(|limit| word(*limit)).collect(),
            faults,
        }
    }

    fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The limits that say how much is looked at, not what.
    fn cut_short_by(&self) -> impl Iterator<Item = &str> {
        let cuts = [Limit::Worlds, Limit::Steps].map(word);
        self.stopped_at.iter().copied().filter(move |limit| cuts.contains(limit))
    }
}

fn word(limit: Limit) -> &'static str {
    match limit {
        Limit::Line => "line",
        Limit::Steps => "steps",
        Limit::Worlds => "situations",
        Limit::Rounds => "rounds",
    }
}

/// What a participant could do, and no run lets it: one fault a participant.
fn unreached(found: &Exploration, model: &Model) -> Vec<Told> {
    let mut faults: Vec<Told> = Vec::new();
    for states in found.unreached.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((who, _)) = states.first() else { continue };
        let who = &model.services[*who].header.name.text;
        let states = counted(states.len(), "state", "states");
        let message = format!("no run leads to {states} of what {who} is made to do");
        faults.push(Told { kind: "unreached", message, run: Vec::new() });
    }
    faults
}

impl Told {
    fn new(found: &Counterexample, model: &Model, choreography: &Choreography, sources: &Sources) -> Self {
        let kind = match found.fault {
            Fault::Unheard { .. } => "unheard",
            Fault::Stuck { .. } => "stuck",
            Fault::Left { .. } => "left",
        };
        let report = found.report(model, choreography);
        let run = report.steps.into_iter().map(|step| Step::new(step.text, step.place, sources)).collect();
        Self { kind, message: report.message, run }
    }
}

impl Step {
    fn new(text: String, place: Option<Span>, sources: &Sources) -> Self {
        let file = place.and_then(|place| sources.file(place)).map(|file| file.name().to_owned());
        let line = place.map(|place| sources.position(place.start).line);
        Self { text, file, line }
    }

    fn place(&self) -> String {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}:{line}"),
            _ => String::new(),
        }
    }
}

fn human(
    sources: &Sources,
    compilation: &Compilation,
    explored: Option<&[Explored]>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut out = findings::human(&compilation.diagnostics, sources, terminal)?;
    match explored {
        None => {
            let _ = writeln!(out, "not explored: mend what is refused first");
        }
        Some(explored) => explored.iter().for_each(|one| write(&mut out, one, terminal)),
    }
    terminal.print(&out)
}

fn write(out: &mut String, explored: &Explored, terminal: &Terminal) {
    let Styles { error, warning, good, heading, .. } = terminal.styles;
    for fault in &explored.faults {
        let name = &explored.choreography;
        let _ = writeln!(out, "  {error}×{error:#} {heading}{name}{heading:#}: {}", fault.message);
        let widest = fault.run.iter().map(|step| step.place().len()).max().unwrap_or_default();
        for (number, step) in fault.run.iter().enumerate() {
            let _ = writeln!(out, "    {:>3}. {:widest$}  {}", number + 1, step.place(), step.text);
        }
        out.push('\n');
    }
    if terminal.quiet {
        return;
    }
    let seen = counted(explored.situations, "situation", "situations");
    let found = match explored.faults.len() {
        0 => format!("{good}no fault{good:#}"),
        count => format!("{error}{}{error:#}", counted(count, "fault", "faults")),
    };
    let stopped = if explored.stopped_at.is_empty() {
        String::new()
    } else {
        let limits = explored.stopped_at.join(", ");
        format!("; {warning}not all was seen{warning:#}, the search stopped at a limit ({limits})")
    };
    let _ = writeln!(out, "{}: {found} in {seen}{stopped}", explored.choreography);
}
