//! What `chor instances` and `chor dlq` share: the store, and words for it.

pub(crate) mod json;
mod unknown;

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use anstyle::Style;
use chor_runtime::{Instance, Store, StoreError, Timestamp};

use crate::args::{self, Place};
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) use unknown::note_unknown;

/// A server that does not answer for so long is not waited for any more.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is done in a store, on a small runtime of its own.
pub(crate) fn in_store<T>(
    place: &Place,
    act: impl AsyncFnOnce(&Store) -> Result<T, StoreError>,
) -> Result<T, Failure> {
    if let Some(path) = file_by_scheme(&place.store) {
        let message = format!("`{}` is an address, and a SQLite file is named by its path", place.store);
        return Err(Failure::new(message, format!("name it as `{path}`")));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let store = open(place).await?;
        act(&store).await
    });
    done.map_err(|error| unable(place, &error))
}

/// The path in `sqlite://shop.db`, as other tools have it.
fn file_by_scheme(store: &str) -> Option<&str> {
    let (scheme, path) = store.split_once("://")?;
    ["sqlite", "sqlite3", "file"].contains(&scheme.to_lowercase().as_str()).then_some(path)
}

fn is_server(place: &Place) -> bool {
    place.store.contains("://")
}

async fn open(place: &Place) -> Result<Store, StoreError> {
    if is_server(place) {
        // Whoever looks creates nothing.
        Store::nats(place.login.options(&place.store).deployed().patience(PATIENCE)).await
    } else {
        Store::sqlite_existing(&place.store)
    }
}

fn unable(place: &Place, error: &StoreError) -> Failure {
    let help = if is_server(place) {
        "name the server as nats://HOST:4222, and who you are there; --namespace, if the services have one"
    } else {
        "name the file that the services have as their store, or a server as nats://HOST:4222"
    };
    Failure::new(error.to_string(), help)
}

/// Which instances, for the store.
pub(crate) fn which(key: Option<&str>, which: &args::Which) -> chor_runtime::Which {
    let mut asked = chor_runtime::Which::default();
    if let Some(key) = key {
        asked = asked.key(key);
    }
    if let Some(service) = &which.service {
        asked = asked.service(service);
    }
    if let Some(choreography) = &which.choreography {
        asked = asked.choreography(choreography);
    }
    asked
}

/// How long ago, or how long from now, in the largest unit or two: `3h 12m`.
pub(crate) fn span(between: Duration) -> String {
    let seconds = between.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m"),
        (0, _, 0) => format!("{hours}h"),
        (0, ..) => format!("{hours}h {minutes}m"),
        (_, 0, _) => format!("{days}d"),
        _ => format!("{days}d {hours}h"),
    }
}

/// How long ago that was; nothing, if a clock is wrong.
pub(crate) fn since(time: Timestamp) -> Duration {
    SystemTime::now().duration_since(time.into()).unwrap_or_default()
}

/// What an instance waits for, in one sentence.
pub(crate) fn stands(instance: &Instance) -> String {
    let mut text = match (&instance.quarantine, &instance.awaits) {
        (Some(reason), _) => format!("set aside: {reason}"),
        (None, _) if instance.finished => "is over".to_owned(),
        (None, Some(awaits)) if awaits.may_be_over => format!("may be over, or waits for {awaits}"),
        (None, Some(awaits)) => format!("waits for {awaits}"),
        (None, None) => format!(
            "in state {} of machine {:016x}: what that waits for is told once a service of this version has run",
            instance.state, instance.machine
        ),
    };
    if let Some(due) = instance.due.filter(|_| instance.quarantine.is_none()) {
        text.push_str("; ");
        text.push_str(&until(due, instance));
    }
    match instance.waiting {
        0 => text,
        1 => text + "; 1 event waits in it",
        more => format!("{text}; {more} events wait in it"),
    }
}

fn until(due: Timestamp, instance: &Instance) -> String {
    match SystemTime::from(due).duration_since(SystemTime::now()) {
        Ok(left) => format!("until {} (in {})", in_seconds(due), span(left)),
        Err(past) if past.duration() < Duration::from_mins(1) => "its deadline passes now".to_owned(),
        Err(past) => {
            let service = &instance.id.service;
            format!("its deadline passed {} ago: is {service} running?", span(past.duration()))
        }
    }
}

/// A time without what is below a second.
pub(crate) fn in_seconds(time: Timestamp) -> String {
    let text = time.to_string();
    match text.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => text,
    }
}

/// Text in which nothing can move the cursor: keys and reasons come from outside.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Rows below their heading, with their columns under each other; the last is as long as it is. Without rows, nothing.
pub(crate) fn table<const N: usize>(
    heading: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    terminal: &Terminal,
) -> String {
    let rows: Vec<[String; N]> = std::iter::once(heading.map(str::to_owned)).chain(rows).collect();
    if rows.len() == 1 {
        return String::new();
    }
    let width = |text: &String| textwrap::core::display_width(text);
    let mut widths = [0; N];
    for row in &rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = width(cell).max(*column);
        }
    }
    let mut text = String::new();
    let heading = terminal.styles.heading;
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (index, (cell, column)) in row.iter().zip(widths).enumerate() {
            line += cell;
            if index + 1 < N {
                line += &" ".repeat(column - width(cell) + 2);
            }
        }
        let line = line.trim_end();
        let style = if number == 0 { heading } else { Style::new() };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{style}{line}{style:#}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_two_units_at_most() {
        let check = |seconds, expected| assert_eq!(span(Duration::from_secs(seconds)), expected);
        check(0, "0s");
        check(59, "59s");
        check(60, "1m");
        check(3599, "59m");
        check(3600, "1h");
        check(3 * 3600 + 12 * 60 + 5, "3h 12m");
        check(24 * 3600 + 59, "1d");
        check(50 * 3600, "2d 2h");
    }

    #[test]
    fn nothing_from_outside_moves_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
