//! `chor prune`: removes what has been over for long.

use std::time::SystemTime;

use chor_runtime::{Pruned, Timestamp};

use crate::Verdict;
use crate::args::Prune;
use crate::failure::Failure;
use crate::operate::{in_store, span};
use crate::summary::counted;
use crate::terminal::Terminal;

pub(crate) fn run(prune: &Prune, terminal: &Terminal) -> Result<Verdict, Failure> {
    let before =
        SystemTime::now().checked_sub(prune.older_than).and_then(|time| Timestamp::try_from(time).ok());
    let Some(before) = before else {
        return Err(Failure::new("no calendar goes back so far", "name a shorter time: --older-than 30d"));
    };
    let pruned = in_store(&prune.place, async |store| {
        if prune.dry_run { store.prunable(before).await } else { store.prune(before).await }
    })?;
    terminal.note(&words(pruned, prune));
    Ok(Verdict::Clean)
}

fn words(Pruned { flows, events, lines, .. }: Pruned, prune: &Prune) -> String {
    let count = |number: u64, one, more| counted(usize::try_from(number).unwrap_or(usize::MAX), one, more);
    let age = span(prune.older_than);
    if flows == 0 && events == 0 && lines == 0 {
        return format!("nothing has been over for {age}");
    }
    let did = if prune.dry_run { "would remove" } else { "removed" };
    let flows = count(flows, "instance", "instances");
    let events = count(events, "event", "events");
    let lines = count(lines, "line", "lines");
    format!("{did} {flows}, {events} and {lines} of the journal, over for more than {age}")
}
