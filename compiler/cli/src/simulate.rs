//! `chor simulate`: what happens, told as sequence diagrams, with nobody's code.

mod diagram;

use std::fmt::Write as _;

use chor_compiler::check::Checked;
use chor_compiler::compile_with;
use chor_compiler::explore::{Event, Simulation, Why, all, by_seed};
use chor_compiler::host::today;
use chor_compiler::lint::Options;
use chor_compiler::model::{Choreography, Header, Model};
use chor_compiler::project::Projection;
use serde::Serialize;

use crate::args::{self, Simulate};
use crate::failure::Failure;
use crate::summary::counted;
use crate::terminal::Terminal;
use crate::{Verdict, check, findings};

/// Reads, checks, runs and draws.
pub(crate) fn run(simulate: &Simulate, terminal: &Terminal) -> Result<Verdict, Failure> {
    let (sources, lints) = check::load(&simulate.input())?;
    let compilation = compile_with(&sources, &Options { today: today(), lints });
    let Some(checked) = &compilation.checked else {
        terminal.print(&findings::human(&compilation.diagnostics, &sources, terminal)?)?;
        return Ok(Verdict::Findings);
    };
    let projection = chosen(checked, simulate.choreography.as_deref())?;
    let (runs, more) = runs(checked.model(), projection, simulate);
    let told = Told::new(checked.model(), projection, &runs, more);
    let text = match simulate.format {
        args::Told::Human => human(&told, terminal),
        args::Told::Json => check::json(&told)?,
    };
    terminal.print(&text)?;
    Ok(Verdict::Clean)
}

/// The choreography of this name, or the only one.
fn chosen<'a>(checked: &'a Checked, name: Option<&str>) -> Result<&'a Projection, Failure> {
    let model = checked.model();
    let title = |projection: &Projection| &model.choreographies[projection.choreography].header;
    let named = |projection: &&Projection| name.is_none_or(|name| is_called(title(projection), name));
    let mut found = checked.projections().iter().filter(named);
    let all: Vec<String> = checked.projections().iter().map(|it| title(it).qualified()).collect();
    let all = all.join(", ");
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(none(model, name, &all)),
        (Some(_), Some(_)) => Err(Failure::new(
            "there are several choreographies",
            format!("choose one with `--choreography`: {all}"),
        )),
    }
}

fn is_called(title: &Header, name: &str) -> bool {
    title.name.text == name || title.qualified() == name
}

/// Why there is none to run: of those that happen by themselves, there are `all`.
fn none(model: &Model, name: Option<&str>, all: &str) -> Failure {
    let mut with_roles = model.choreographies.values().filter(|it| !it.roles.is_empty());
    let meant = with_roles.find(|it| name.is_none_or(|name| is_called(&it.header, name)));
    let message = match meant {
        Some(meant) => {
            format!("`{}` has roles: it happens only where another runs it", meant.header.name.text)
        }
        None if all.is_empty() => "there is no choreography to run".to_owned(),
        None => "there is no choreography of this name".to_owned(),
    };
    let help = match (meant, all) {
        (None, "") => "name a file that has one".to_owned(),
        (Some(_), "") => "name a file or a folder in which one runs it".to_owned(),
        (None, all) => format!("there are: {all}"),
        (Some(_), all) => format!("choose one that happens by itself: {all}"),
    };
    Failure::new(message, help)
}

fn runs(model: &Model, projection: &Projection, simulate: &Simulate) -> (Vec<Simulation>, bool) {
    let choreography = &model.choreographies[projection.choreography];
    let (automaton, deadlines) = (&projection.automaton, simulate.deadlines.into());
    if simulate.all {
        return all(choreography, automaton, deadlines, simulate.repeats, simulate.runs);
    }
    let run = by_seed(choreography, automaton, deadlines, simulate.repeats, simulate.seed);
    (run.into_iter().collect(), false)
}

/// What is told of the runs, and what `--format json` prints.
#[derive(Serialize)]
pub(crate) struct Told {
    choreography: String,
    participants: Vec<String>,
    runs: Vec<Run>,
    /// There are more runs than these.
    more: bool,
}

#[derive(Serialize)]
struct Run {
    /// `false`: a step would have happened more often than it may.
    ended: bool,
    events: Vec<Arrow>,
}

/// One event, in names.
#[derive(Serialize)]
pub(crate) struct Arrow {
    from: String,
    to: Vec<String>,
    event: String,
    /// `next`, `deadline`, `undo` or `on`.
    why: &'static str,
    /// The period that has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
}

impl Told {
    fn new(model: &Model, projection: &Projection, runs: &[Simulation], more: bool) -> Self {
        let choreography = &model.choreographies[projection.choreography];
        let mut participants: Vec<String> = Vec::new();
        // In the order in which they come into the text.
        for step in choreography.steps.values() {
            let named = std::iter::once(step.emitter.id).chain(step.subscribers.iter().map(|it| it.id));
            for id in named {
                let name = &model.services[id].header.name.text;
                if !participants.contains(name) {
                    participants.push(name.clone());
                }
            }
        }
        let arrow = |event: &Event| Arrow::new(model, choreography, event);
        let runs =
            runs.iter().map(|run| Run { ended: run.ended, events: run.events.iter().map(arrow).collect() });
        let choreography = choreography.header.name.text.clone();
        Self { choreography, participants, runs: runs.collect(), more }
    }
}

impl Arrow {
    fn new(model: &Model, choreography: &Choreography, event: &Event) -> Self {
        let name = |id| model.services[id].header.name.text.clone();
        let (why, period) = match event.why {
            Why::Next => ("next", None),
            Why::Passed(scope) => ("deadline", Some(choreography.scopes[scope].period.text.clone())),
            Why::TakesBack => ("undo", None),
            Why::Foreign => ("on", None),
        };
        Self {
            from: name(event.emitter),
            to: event.to.iter().map(|id| name(*id)).collect(),
            event: model.events[event.event].header.name.text.clone(),
            why,
            period,
        }
    }
}

fn human(told: &Told, terminal: &Terminal) -> String {
    let mut out = String::new();
    let heading = terminal.styles.heading;
    for (number, run) in told.runs.iter().enumerate() {
        if told.runs.len() > 1 {
            let _ = writeln!(out, "{heading}{}, run {}{heading:#}\n", told.choreography, number + 1);
        }
        out.push_str(&diagram::draw(&told.participants, &run.events, terminal));
        if !run.ended {
            out.push_str("… and so on: `--repeats` sets how often a step may happen\n");
        }
        out.push('\n');
    }
    if !terminal.quiet {
        let more = if told.more { ", and there are more" } else { "" };
        let _ = writeln!(out, "{}: {}{more}", told.choreography, counted(told.runs.len(), "run", "runs"));
    }
    out
}
