//! The same for programs.

use chor_runtime::{Awaited, Awaits, Backlog, Event, InstanceId, Noted, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;

/// An instance at a service.
#[derive(Serialize)]
pub(crate) struct Id<'a> {
    service: &'a str,
    choreography: &'a str,
    key: &'a str,
}

impl<'a> From<&'a InstanceId> for Id<'a> {
    fn from(id: &'a InstanceId) -> Self {
        Self { service: &id.service, choreography: &id.choreography, key: id.key.as_str() }
    }
}

/// Where an instance stands.
#[derive(Serialize)]
pub(crate) struct Instance<'a> {
    #[serde(flatten)]
    id: Id<'a>,
    /// When it changed for the last time.
    changed: Timestamp,
    finished: bool,
    /// Why, if it was.
    set_aside: Option<&'a str>,
    /// Events that wait in it for others to come first.
    parked: usize,
    deadline: Option<Timestamp>,
    /// `null`: no service of its version has run on the store.
    waits_for: Option<Waits<'a>>,
    /// Its version.
    machine: String,
    /// The state's number in that.
    state: u32,
}

impl<'a> From<&'a chor_runtime::Instance> for Instance<'a> {
    fn from(instance: &'a chor_runtime::Instance) -> Self {
        Self {
            id: (&instance.id).into(),
            changed: instance.changed,
            finished: instance.finished,
            set_aside: instance.quarantine.as_deref(),
            parked: instance.waiting,
            deadline: instance.due,
            waits_for: instance.awaits.as_ref().map(Waits::from),
            machine: format!("{:016x}", instance.machine),
            state: instance.state,
        }
    }
}

/// What an instance waits for: see [`Awaits`].
#[derive(Serialize)]
struct Waits<'a> {
    in_words: String,
    events: Vec<Vec<Said<'a>>>,
    instead: Vec<Said<'a>>,
    /// The events to which an answer was put off.
    answers_to: Vec<Option<&'a str>>,
    starts_with: Vec<&'a str>,
    goes_on: bool,
    may_be_over: bool,
}

#[derive(Serialize)]
struct Said<'a> {
    event: &'a str,
    /// `null`: anybody.
    from: Option<&'a str>,
}

impl<'a> From<&'a Awaits> for Waits<'a> {
    fn from(awaits: &'a Awaits) -> Self {
        Self {
            in_words: awaits.to_string(),
            events: awaits.events.iter().map(|events| said(events)).collect(),
            instead: said(&awaits.instead),
            answers_to: awaits.answers.iter().map(|to| to.as_deref()).collect(),
            starts_with: awaits.starts.iter().map(|event| &**event).collect(),
            goes_on: awaits.goes_on,
            may_be_over: awaits.may_be_over,
        }
    }
}

fn said(events: &[Awaited]) -> Vec<Said<'_>> {
    events.iter().map(|it| Said { event: &it.event, from: it.from.as_deref() }).collect()
}

/// An instance that cannot be read, and why.
#[derive(Serialize)]
pub(crate) struct Unreadable<'a> {
    #[serde(flatten)]
    id: Id<'a>,
    reason: &'a str,
}

impl<'a> From<&'a (InstanceId, String)> for Unreadable<'a> {
    fn from((id, reason): &'a (InstanceId, String)) -> Self {
        Self { id: id.into(), reason }
    }
}

/// Who has not taken what was published for it.
#[derive(Serialize)]
pub(crate) struct Behind<'a> {
    participant: &'a str,
    events: u64,
    oldest: Option<Timestamp>,
}

impl<'a> From<&'a Backlog> for Behind<'a> {
    fn from(backlog: &'a Backlog) -> Self {
        Self { participant: &backlog.participant, events: backlog.events, oldest: backlog.oldest }
    }
}

/// An event.
#[derive(Serialize)]
pub(crate) struct Published<'a> {
    id: String,
    #[serde(rename = "type")]
    name: &'a str,
    from: &'a str,
    choreography: &'a str,
    /// As it came; `null`, where it is no JSON.
    payload: Option<&'a RawValue>,
}

impl<'a> From<&'a Event> for Published<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            id: event.id.to_string(),
            name: &event.name,
            from: &event.source,
            choreography: &event.choreography,
            payload: serde_json::from_slice(&event.payload).ok(),
        }
    }
}

/// An instance that was set aside.
#[derive(Serialize)]
pub(crate) struct Aside<'a> {
    #[serde(flatten)]
    id: Id<'a>,
    reason: &'a str,
    /// `null`: it failed at something of its own, as at a deadline that had passed.
    event: Option<Published<'a>>,
    /// Events that wait in it, this one among them.
    parked: usize,
}

impl<'a> From<&'a chor_runtime::Quarantined> for Aside<'a> {
    fn from(aside: &'a chor_runtime::Quarantined) -> Self {
        let event = aside.event.as_deref().map(Published::from);
        Self { id: (&aside.instance).into(), reason: &aside.reason, event, parked: aside.waiting }
    }
}

/// A line of the journal.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    at: Timestamp,
    #[serde(flatten)]
    id: Id<'a>,
    event: String,
    #[serde(rename = "type")]
    name: &'a str,
    verdict: &'a str,
    reason: &'a str,
}

impl<'a> From<&'a Noted> for Line<'a> {
    fn from(Noted { at, record, .. }: &'a Noted) -> Self {
        Self {
            at: *at,
            id: (&record.instance).into(),
            event: record.event.to_string(),
            name: &record.event_type,
            verdict: &record.verdict,
            reason: &record.reason,
        }
    }
}
