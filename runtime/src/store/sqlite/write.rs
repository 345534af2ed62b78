//! The statements of one step.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, params};

use crate::envelope::{Event, InstanceId, Name, Outgoing, Recipient};
use crate::store::{Change, Outcome, Record, Step};

/// A step, ready to be written.
pub(super) struct Prepared {
    pub(super) step: Step,
    /// The progress of its change, as text.
    pub(super) progress: String,
}

/// An event that has been written, and its number in the log.
pub(super) struct Published {
    pub(super) number: i64,
    pub(super) event: Arc<Event>,
    pub(super) to: Vec<Recipient>,
}

/// Writes one step, unless someone else was there first.
pub(super) fn write(
    transaction: &Transaction<'_>,
    prepared: &Prepared,
    at: i64,
    published: &mut Vec<Published>,
) -> rusqlite::Result<Outcome> {
    let step = &prepared.step;
    if let Some(change) = &step.change
        && !change_instance(transaction, change, &prepared.progress)?
    {
        return Ok(Outcome::Conflict);
    }
    if let Some((subscriber, handle)) = &step.consumed
        && !consume(transaction, subscriber, *handle)?
        && step.change.is_none()
    {
        return Ok(Outcome::Conflict);
    }
    for outgoing in &step.emitted {
        match publish(transaction, outgoing, at)? {
            Some(number) => published.push(Published {
                number,
                event: Arc::clone(&outgoing.event),
                to: outgoing.to.clone(),
            }),
            None if step.once => return Ok(Outcome::Conflict),
            None => {}
        }
    }
    for record in &step.records {
        note(transaction, record, at)?;
    }
    if let Some(change) = step.change.as_ref().filter(|_| step.nudge) {
        nudge(transaction, &change.instance)?;
    }
    Ok(Outcome::Written)
}

/// Says whether the instance still stood where the step found it.
fn change_instance(connection: &Connection, change: &Change, progress: &str) -> rusqlite::Result<bool> {
    let InstanceId { service, choreography, key } = &change.instance;
    let (key, choreography, service) = (key.as_str(), choreography.as_str(), service.as_str());
    let quarantine = change.progress.quarantine.as_deref();
    let revision = signed(change.expected);
    let changed = if change.expected == 0 {
        connection
            .prepare_cached(
                "INSERT INTO instance (key, choreography, service, revision, progress, quarantine)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5) ON CONFLICT DO NOTHING",
            )?
            .execute(params![key, choreography, service, progress, quarantine])?
    } else {
        connection
            .prepare_cached(
                "UPDATE instance SET revision = ?4 + 1, progress = ?5, quarantine = ?6
                 WHERE key = ?1 AND choreography = ?2 AND service = ?3 AND revision = ?4",
            )?
            .execute(params![key, choreography, service, revision, progress, quarantine])?
    };
    Ok(changed == 1)
}

/// Says whether the delivery was still to be taken.
fn consume(connection: &Connection, subscriber: &Name, handle: u64) -> rusqlite::Result<bool> {
    let consumed = connection
        .prepare_cached("DELETE FROM delivery WHERE subscriber = ?1 AND event = ?2")?
        .execute(params![subscriber.as_str(), signed(handle)])?;
    Ok(consumed == 1)
}

/// Writes an event and its deliveries; `None`: its source has published it before.
fn publish(connection: &Connection, outgoing: &Outgoing, at: i64) -> rusqlite::Result<Option<i64>> {
    let event = &*outgoing.event;
    let payload = String::from_utf8_lossy(&event.payload);
    let written = connection
        .prepare_cached(
            "INSERT INTO event (id, source, choreography, key, type, payload, causation, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            event.id.to_string(),
            event.source.as_str(),
            event.choreography.as_str(),
            event.key.as_str(),
            event.name.as_str(),
            payload,
            event.causation.as_ref().map(ToString::to_string),
            at,
        ])?;
    if written == 0 {
        return Ok(None);
    }
    let number = connection.last_insert_rowid();
    let mut deliver = connection
        .prepare_cached("INSERT INTO delivery (subscriber, event, sequence) VALUES (?1, ?2, ?3)")?;
    for to in &outgoing.to {
        deliver.execute(params![to.name.as_str(), number, to.sequence.map(signed)])?;
    }
    Ok(Some(number))
}

fn note(connection: &Connection, record: &Record, at: i64) -> rusqlite::Result<()> {
    let InstanceId { service, choreography, key } = &record.instance;
    connection
        .prepare_cached(
            "INSERT INTO journal (at, service, choreography, key, event, type, verdict, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            at,
            service.as_str(),
            choreography.as_str(),
            key.as_str(),
            record.event.to_string(),
            record.event_type.as_str(),
            record.verdict.as_str(),
            record.reason,
        ])?;
    Ok(())
}

fn nudge(connection: &Connection, instance: &InstanceId) -> rusqlite::Result<()> {
    let InstanceId { service, choreography, key } = instance;
    connection
        .prepare_cached("INSERT INTO nudge (service, choreography, key) VALUES (?1, ?2, ?3)")?
        .execute(params![service.as_str(), choreography.as_str(), key.as_str()])?;
    Ok(())
}

/// Numbers as SQLite has them. Ours are counted up from one and stay far below the limit.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
