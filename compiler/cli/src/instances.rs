//! `chor instances`: where each instance stands, and what it waits for.

use std::time::Duration;

use chor_runtime::{Backlog, Found, InstanceId};
use serde::Serialize;

use crate::Verdict;
use crate::args::Instances;
use crate::check;
use crate::failure::Failure;
use crate::operate::{self, in_store, json, note_unknown, plain, since, span, stands};
use crate::summary::counted;
use crate::terminal::Terminal;

/// Whoever has not taken an event for so long may not be running.
const LATE: Duration = Duration::from_mins(1);

pub(crate) fn run(instances: &Instances, terminal: &Terminal) -> Result<Verdict, Failure> {
    let mut which = operate::which(instances.key.as_deref(), &instances.which);
    if instances.all {
        which = which.and_over();
    }
    let (found, backlog) = in_store(&instances.place, async |store| {
        Ok((store.instances(&which, instances.limit).await?, store.backlog().await?))
    })?;
    if instances.json {
        terminal.print(&check::json(&Document::new(&found, &backlog))?)?;
    } else {
        human(&found, &backlog, instances, terminal)?;
    }
    if found.total == 0 && found.unreadable.is_empty() {
        note_unknown(&instances.place, &instances.which, terminal)?;
    }
    Ok(Verdict::Clean)
}

fn human(
    found: &Found,
    backlog: &[Backlog],
    instances: &Instances,
    terminal: &Terminal,
) -> Result<(), Failure> {
    terminal.print(&lines(found, terminal))?;
    summary(found, instances.all, terminal);
    for (id, damage) in &found.unreadable {
        terminal.note(&unreadable(id, damage));
    }
    for behind in backlog {
        if instances.which.service.as_ref().is_none_or(|name| *name == *behind.participant) {
            terminal.note(&not_taken(behind));
        }
    }
    Ok(())
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    /// Those that have stood the longest.
    instances: Vec<json::Instance<'a>>,
    /// How many there are.
    total: usize,
    not_taken: Vec<json::Behind<'a>>,
    unreadable: Vec<json::Unreadable<'a>>,
}

impl<'a> Document<'a> {
    fn new(found: &'a Found, backlog: &'a [Backlog]) -> Self {
        Self {
            instances: found.instances.iter().map(json::Instance::from).collect(),
            total: found.total,
            not_taken: backlog.iter().map(json::Behind::from).collect(),
            unreadable: found.unreadable.iter().map(json::Unreadable::from).collect(),
        }
    }
}

fn lines(found: &Found, terminal: &Terminal) -> String {
    let heading = ["FOR", "KEY", "CHOREOGRAPHY", "SERVICE", "STANDS"];
    let rows = found.instances.iter().map(|instance| {
        let id = &instance.id;
        [
            span(since(instance.changed)),
            plain(id.key.as_str()),
            id.choreography.short().to_owned(),
            id.service.to_string(),
            plain(&stands(instance)),
        ]
    });
    operate::table(heading, rows, terminal)
}

fn summary(found: &Found, all: bool, terminal: &Terminal) {
    let what = if all { "" } else { " that is not over" };
    let text = match (found.instances.len(), found.total) {
        (0, 0) => format!("there is no instance{what}"),
        (0, total) => {
            format!("{}, none of them shown: --limit shows them", counted(total, "instance", "instances"))
        }
        (shown, total) if shown < total => {
            format!("{shown} of {total} instances, those that have stood the longest: --limit shows more")
        }
        (shown, _) => counted(shown, "instance", "instances"),
    };
    terminal.note(&text);
}

fn unreadable(InstanceId { service, choreography, key }: &InstanceId, damage: &str) -> String {
    let (choreography, key, damage) = (choreography.short(), plain(key.as_str()), plain(damage));
    format!(
        "{service} in {choreography}, {key}, cannot be read ({damage}): it is left as it is until a service of the version that wrote it runs, or a copy is restored"
    )
}

fn not_taken(Backlog { participant, events, oldest, .. }: &Backlog) -> String {
    let age = oldest.map(since).unwrap_or_default();
    let events = counted(usize::try_from(*events).unwrap_or(usize::MAX), "event", "events");
    let advice = if age > LATE { ": is it running?" } else { "" };
    format!("{participant} has not taken {events} yet, the oldest for {}{advice}", span(age))
}
