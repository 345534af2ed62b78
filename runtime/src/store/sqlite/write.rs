//! The statements of one step.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::{Connection, Transaction, params};

use super::listeners::Listeners;
use crate::envelope::{Event, InstanceId, Name, Outgoing, Recipient, Round, Sequence, Trace, listener};
use crate::machine::Machine;
use crate::mutation::{self, Mutation};
use crate::store::{Change, Outcome, Record, Step, codec};

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
    /// When, in milliseconds since 1970.
    pub(super) at: i64,
}

/// Writes one step, unless someone else was there first.
pub(super) fn write(
    transaction: &Transaction<'_>,
    prepared: &Prepared,
    listeners: &Listeners,
    at: i64,
    published: &mut Vec<Published>,
) -> rusqlite::Result<Outcome> {
    let step = &prepared.step;
    if let Some(change) = &step.change
        && !change_instance(transaction, change, &prepared.progress, at)?
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
        let to = with_listeners(outgoing, listeners);
        match publish(transaction, &outgoing.event, &to, at)? {
            Some(number) => published.push(Published {
                number,
                event: Arc::clone(&outgoing.event),
                to: to.into_owned(),
                at,
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
    Ok(Outcome::Written(step.change.as_ref().map_or(0, |change| change.expected + 1)))
}

/// Says whether the instance still stood where the step found it.
fn change_instance(
    connection: &Connection,
    change: &Change,
    progress: &str,
    at: i64,
) -> rusqlite::Result<bool> {
    let InstanceId { service, choreography, key } = &change.instance;
    let (key, choreography, service) = (key.as_str(), choreography.as_str(), service.as_str());
    let (quarantine, due) = (change.progress.quarantine.as_deref(), change.progress.due());
    let revision = signed(change.expected);
    let changed = if change.expected == 0 {
        connection
            .prepare_cached(
                "INSERT INTO instance (key, choreography, service, revision, progress, quarantine, due, changed)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![key, choreography, service, progress, quarantine, due, at])?
    } else {
        connection
            .prepare_cached(
                "UPDATE instance SET revision = ?4 + 1, progress = ?5, quarantine = ?6, due = ?7, changed = ?8
                 WHERE key = ?1 AND choreography = ?2 AND service = ?3 AND revision = ?4",
            )?
            .execute(params![key, choreography, service, revision, progress, quarantine, due, at])?
    };
    Ok(changed == 1 || mutation::on(Mutation::ForgetCompare))
}

/// Says whether the delivery was still to be taken.
fn consume(connection: &Connection, subscriber: &Name, handle: u64) -> rusqlite::Result<bool> {
    let consumed = connection
        .prepare_cached("DELETE FROM delivery WHERE subscriber = ?1 AND event = ?2")?
        .execute(params![subscriber.as_str(), signed(handle)])?;
    Ok(consumed == 1)
}

/// Writes an event and its deliveries; `None`: its source has published it before.
fn publish(
    connection: &Connection,
    event: &Event,
    to: &[Recipient],
    at: i64,
) -> rusqlite::Result<Option<i64>> {
    let payload = String::from_utf8_lossy(&event.payload);
    let written = connection
        .prepare_cached(
            "INSERT INTO event (id, source, choreography, key, type, payload, causation, rounds, trace, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            event.id.to_string(),
            event.source.as_str(),
            event.choreography.as_str(),
            event.key.as_str(),
            event.name.as_str(),
            payload,
            event.causation.as_ref().map(ToString::to_string),
            rounds(&event.rounds),
            event.trace.as_ref().map(Trace::to_text),
            at,
        ])?;
    if written == 0 {
        return Ok(None);
    }
    let number = connection.last_insert_rowid();
    let mut deliver = connection.prepare_cached(
        "INSERT INTO delivery (subscriber, event, sequence, lane, overtakes, undoes, undoes_lane)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for to in to {
        let (sequence, lane) = place(to.sequence);
        let (undoes, undoes_lane) = place(to.undoes);
        let overtakes = (to.overtakes > 0).then(|| signed(to.overtakes));
        deliver.execute(params![to.name.as_str(), number, sequence, lane, overtakes, undoes, undoes_lane])?;
    }
    Ok(Some(number))
}

/// The number and the lane. The lane 0 is that of most, and is left out.
fn place(sequence: Option<Sequence>) -> (Option<i64>, Option<u32>) {
    let lane = sequence.map(|it| it.lane).filter(|lane| *lane != 0);
    (sequence.map(|it| signed(it.number)), lane)
}

/// `[[scope, round], …]`.
fn rounds(rounds: &[Round]) -> Option<String> {
    let pairs: Vec<String> = rounds.iter().map(|it| format!("[{},{}]", it.scope, it.number)).collect();
    (!pairs.is_empty()).then(|| format!("[{}]", pairs.join(",")))
}

/// The event's subscribers, and those who hear it as a foreign one.
fn with_listeners<'a>(outgoing: &'a Outgoing, listeners: &Listeners) -> Cow<'a, [Recipient]> {
    let mut to = Cow::Borrowed(outgoing.to.as_slice());
    for (service, choreography) in listeners.of(&outgoing.event) {
        let name = listener(service, choreography);
        to.to_mut().push(Recipient { name, sequence: None, overtakes: 0, undoes: None, external: false });
    }
    to
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

/// Keeps what the states of a machine mean.
pub(super) fn legend(
    connection: &Connection,
    service: &Name,
    machine: &Machine,
    legend: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO machine (service, choreography, hash, legend) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![service.as_str(), machine.choreography, codec::hash_text(machine.hash), legend])?;
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
