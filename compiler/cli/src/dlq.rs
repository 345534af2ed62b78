//! `chor dlq`: instances that were set aside, and how they go on.

use std::fmt::Write as _;

use chor_runtime::{Event, Instance, Noted, Quarantined, Skipped, Store, StoreError};
use serde::Serialize;

use crate::Verdict;
use crate::args::{self, Dlq, List, Place, Retry, SetAside, Skip};
use crate::check;
use crate::failure::Failure;
use crate::operate::{self, in_seconds, in_store, json, note_unknown, plain, since, span, stands};
use crate::summary::counted;
use crate::terminal::Terminal;

/// So many lines of the journal are shown of one instance.
const LINES: usize = 20;

pub(crate) fn run(dlq: &Dlq, terminal: &Terminal) -> Result<Verdict, Failure> {
    match dlq {
        Dlq::List(list) => run_list(list, terminal),
        Dlq::Show(show) => run_show(show, terminal),
        Dlq::Retry(retry) => run_retry(retry, terminal),
        Dlq::Skip(skip) => run_skip(skip, terminal),
    }
}

/// The instances that were set aside, of those that are asked for.
async fn aside(store: &Store, which: &chor_runtime::Which) -> Result<Vec<Quarantined>, StoreError> {
    let mut all = store.quarantined().await?;
    all.retain(|it| which.has(&it.instance));
    Ok(all)
}

fn run_list(list: &List, terminal: &Terminal) -> Result<Verdict, Failure> {
    let which = operate::which(list.key.as_deref(), &list.which);
    let (aside, journal) = in_store(&list.place, async |store| {
        Ok((aside(store, &which).await?, store.noted(&which, list.limit).await?))
    })?;
    let verdict = if aside.is_empty() { Verdict::Clean } else { Verdict::Findings };
    if list.json {
        let document = Listed {
            set_aside: aside.iter().map(json::Aside::from).collect(),
            journal: journal.iter().map(json::Line::from).collect(),
        };
        terminal.print(&check::json(&document)?)?;
    } else {
        human(&aside, &journal, terminal)?;
    }
    if aside.is_empty() && journal.is_empty() {
        note_unknown(&list.place, &list.which, terminal)?;
    }
    Ok(verdict)
}

fn human(aside: &[Quarantined], journal: &[Noted], terminal: &Terminal) -> Result<(), Failure> {
    terminal.print(&asides(aside, terminal))?;
    if !aside.is_empty() && !journal.is_empty() {
        terminal.print("\n")?;
    }
    terminal.print(&lines(journal, terminal))?;
    terminal.note(&match aside.len() {
        0 => "nothing is set aside".to_owned(),
        some => counted(some, "instance is set aside", "instances are set aside"),
    });
    Ok(())
}

/// What `list --json` prints.
#[derive(Serialize)]
struct Listed<'a> {
    set_aside: Vec<json::Aside<'a>>,
    /// The newest lines, the oldest of them first.
    journal: Vec<json::Line<'a>>,
}

fn asides(aside: &[Quarantined], terminal: &Terminal) -> String {
    let heading = ["KEY", "CHOREOGRAPHY", "SERVICE", "FAILED AT", "WITH"];
    let rows = aside.iter().map(|it| {
        let id = &it.instance;
        [
            plain(id.key.as_str()),
            id.choreography.short().to_owned(),
            id.service.to_string(),
            it.event.as_ref().map_or_else(|| "its own step".to_owned(), |event| named(event)),
            plain(&it.reason),
        ]
    });
    operate::table(heading, rows, terminal)
}

/// `OrderPlaced from Orders`
fn named(event: &Event) -> String {
    format!("{} from {}", event.name.short(), event.source)
}

fn lines(journal: &[Noted], terminal: &Terminal) -> String {
    let heading = ["NOTED", "KEY", "SERVICE", "EVENT", "VERDICT", "WHY"];
    let rows = journal.iter().map(|Noted { at, record, .. }| {
        [
            in_seconds(*at),
            plain(record.instance.key.as_str()),
            record.instance.service.to_string(),
            record.event_type.short().to_owned(),
            record.verdict.to_string(),
            plain(&record.reason),
        ]
    });
    operate::table(heading, rows, terminal)
}

fn run_show(show: &SetAside, terminal: &Terminal) -> Result<Verdict, Failure> {
    let which = operate::which(Some(&show.key), &show.which);
    let shown = in_store(&show.place, async |store| {
        let mut shown = Vec::new();
        let stands = store.instances(&which, usize::MAX).await?.instances;
        for aside in aside(store, &which).await? {
            let of_service = which.clone().service(aside.instance.service.to_string());
            let journal = store.noted(&of_service, LINES).await?;
            let stands = stands.iter().find(|it| it.id == aside.instance).cloned();
            shown.push(Shown { aside, stands, journal });
        }
        Ok(shown)
    })?;
    if show.json {
        let all: Vec<_> = shown.iter().map(Shown::told).collect();
        terminal.print(&check::json(&all)?)?;
    } else {
        let texts: Vec<String> = shown.iter().map(|it| it.text(show, terminal)).collect();
        terminal.print(&texts.join("\n"))?;
    }
    found_some(shown.len(), (Some(&show.key), &show.place, &show.which), terminal)
}

/// Says so, where nothing of what was asked for is set aside.
fn found_some(
    count: usize,
    (key, place, which): (Option<&str>, &Place, &args::Which),
    terminal: &Terminal,
) -> Result<Verdict, Failure> {
    if count > 0 {
        return Ok(Verdict::Clean);
    }
    let of_key = key.map(|key| format!(" with the key {}", plain(key))).unwrap_or_default();
    terminal.note(&format!("nothing{of_key} is set aside: chor dlq list shows what is"));
    note_unknown(place, which, terminal)?;
    Ok(Verdict::Findings)
}

/// One instance that was set aside, with all that is known of it.
struct Shown {
    aside: Quarantined,
    stands: Option<Instance>,
    journal: Vec<Noted>,
}

/// The same, for programs.
#[derive(Serialize)]
struct ToldShown<'a> {
    #[serde(flatten)]
    aside: json::Aside<'a>,
    stands: Option<json::Instance<'a>>,
    journal: Vec<json::Line<'a>>,
}

impl Shown {
    fn told(&self) -> ToldShown<'_> {
        ToldShown {
            aside: (&self.aside).into(),
            stands: self.stands.as_ref().map(json::Instance::from),
            journal: self.journal.iter().map(json::Line::from).collect(),
        }
    }

    fn text(&self, show: &SetAside, terminal: &Terminal) -> String {
        let Quarantined { instance, reason, event, .. } = &self.aside;
        let (heading, hint) = (terminal.styles.heading, terminal.styles.hint);
        let (key, service) = (plain(instance.key.as_str()), &instance.service);
        let mut text = format!("{heading}{service} in {}, {key}{heading:#}\n", instance.choreography);
        let age = self.stands.as_ref().map(|it| format!(" {} ago", span(since(it.changed))));
        let _ = writeln!(text, "  set aside{}: {}", age.unwrap_or_default(), plain(reason));
        match event {
            Some(event) => {
                let _ = writeln!(text, "  failed at {}, id {}", named(event), plain(&event.id.to_string()));
                text += &textwrap::indent(&payload(event), "    ");
            }
            None => text += "  failed at a step of its own, as when a deadline has passed\n",
        }
        if let Some(instance) = &self.stands {
            // Behind why it was set aside, which is said above.
            let mut standing = instance.clone();
            standing.quarantine = None;
            let stands = stands(&standing);
            let _ = writeln!(text, "  it stands where it {}", plain(&stands));
        }
        for Noted { at, record, .. } in &self.journal {
            let (verdict, event) = (&record.verdict, record.event_type.short());
            let _ = writeln!(text, "  {} {verdict} {event}: {}", in_seconds(*at), plain(&record.reason));
        }
        let again = format!("{} {} --service {service}", show.place.store, quoted(instance.key.as_str()));
        let _ = writeln!(text, "  {hint}help{hint:#}: when the fault is mended: chor dlq retry {again}");
        if let Some(event) = event {
            let name = event.name.short();
            let _ = writeln!(text, "        to go on as if {name} had never come: chor dlq skip {again}");
        }
        text
    }
}

/// A key as a shell takes it.
fn quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=".contains(c);
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        format!("'{}'", key.replace('\'', "'\\''"))
    }
}

/// The payload for reading, in lines.
fn payload(event: &Event) -> String {
    let value = serde_json::from_slice::<serde_json::Value>(&event.payload);
    let pretty = value.ok().and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.unwrap_or_else(|| plain(&String::from_utf8_lossy(&event.payload)));
    text + "\n"
}

fn run_retry(retry: &Retry, terminal: &Terminal) -> Result<Verdict, Failure> {
    let key = retry.select.key.as_deref();
    let which = operate::which(key, &retry.which);
    let released = in_store(&retry.place, async |store| {
        let mut released = Vec::new();
        for aside in aside(store, &which).await? {
            // Somebody else may have been faster.
            if store.retry(&aside.instance).await? {
                released.push(aside);
            }
        }
        Ok(released)
    })?;
    let mut text = String::new();
    for Quarantined { instance, event, .. } in &released {
        let (key, service) = (plain(instance.key.as_str()), &instance.service);
        let with =
            event.as_ref().map_or_else(|| "the step that it failed at".to_owned(), |event| named(event));
        let _ = writeln!(text, "{service} goes on with {with}, {key}");
    }
    terminal.print(&text)?;
    found_some(released.len(), (key, &retry.place, &retry.which), terminal)
}

fn run_skip(skip: &Skip, terminal: &Terminal) -> Result<Verdict, Failure> {
    let which = operate::which(Some(&skip.key), &skip.which);
    let done = in_store(&skip.place, async |store| {
        let aside = aside(store, &which).await?;
        let [one] = aside.as_slice() else { return Ok(Err(aside)) };
        Ok(Ok((one.instance.clone(), store.skip(&one.instance).await?)))
    })?;
    let asked = (Some(skip.key.as_str()), &skip.place, &skip.which);
    let (instance, skipped) = match done {
        Ok(done) => done,
        Err(several) if several.len() > 1 => return Err(ambiguous(&several, skip)),
        Err(_) => return found_some(0, asked, terminal),
    };
    let (key, service) = (plain(instance.key.as_str()), &instance.service);
    match skipped {
        Skipped::Event(event) => {
            let name = event.name.short();
            terminal.print(&format!(
                "{service} goes on without {}, {key}\n{}",
                named(&event),
                payload(&event)
            ))?;
            terminal.note(&format!(
                "whoever waits for what {service} says to {name} goes on waiting; the journal has what was dropped"
            ));
            Ok(Verdict::Clean)
        }
        Skipped::NoEvent => {
            terminal.note(&format!(
                "{service} failed at a step of its own, as when a deadline has passed: there is no event to drop; mend it and use chor dlq retry"
            ));
            Ok(Verdict::Findings)
        }
        _ => found_some(0, asked, terminal),
    }
}

fn ambiguous(several: &[Quarantined], Skip { key, .. }: &args::Skip) -> Failure {
    let names: Vec<_> =
        several.iter().map(|it| format!("{} in {}", it.instance.service, it.instance.choreography)).collect();
    Failure::new(
        format!(
            "{} instances with the key {} are set aside: {}",
            several.len(),
            plain(key),
            names.join(", ")
        ),
        "name one with --service, and --choreography where that is not enough",
    )
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_key_is_one_word_for_a_shell() {
        assert_eq!(quoted("4f7c0c4e-2f6e"), "4f7c0c4e-2f6e");
        assert_eq!(quoted("a/b%2Fc"), "a/b%2Fc");
        assert_eq!(quoted("soup 2"), "'soup 2'");
        assert_eq!(quoted("it's; rm"), r"'it'\''s; rm'");
        assert_eq!(quoted(""), "''");
    }
}
