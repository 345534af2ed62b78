//! Reads where instances stand, on a thread and a connection of its own, so that writing need not wait.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::oneshot;

use super::open::describe;
use super::write::signed;
use crate::envelope::{Delivery, Event, EventId, InstanceId, Key, Name, Round, Sequence, Trace};
use crate::machine::Progress;
use crate::store::codec::{self, Parked};
use crate::store::{Backlog, Found, Loaded, Record, Snapshot, StoreError, Which};

/// What can be read, and where the answer goes.
pub(super) enum Query {
    Load(Vec<InstanceId>, Answer<Vec<Loaded>>),
    IsToTake(Name, u64, Answer<bool>),
    Quarantined(Option<Name>, Answer<Vec<(InstanceId, Arc<Progress>)>>),
    Journal(Which, usize, Answer<Vec<(i64, Record)>>),
    Survey(Which, usize, Answer<Found>),
    Backlog(Answer<Vec<Backlog>>),
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What can go wrong in reading.
pub(super) enum Error {
    Sqlite(rusqlite::Error),
    Damage(String),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..) => Self::Damage(error.to_string()),
            error => Self::Sqlite(error),
        }
    }
}

impl From<codec::Damage> for Error {
    fn from(damage: codec::Damage) -> Self {
        Self::Damage(damage)
    }
}

pub(super) struct Reader {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
}

impl Reader {
    /// Answers until nobody can ask any more. Who has asked may have gone: then the answer is dropped.
    pub(super) fn run(self, queries: &Receiver<Query>) {
        for query in queries {
            match query {
                Query::Load(ids, answer) => {
                    let load = |id| StoreError::apart(self.load(id).map_err(|error| self.explain(error)));
                    let _ = answer.send(ids.iter().map(load).collect());
                }
                Query::IsToTake(external, handle, answer) => {
                    let found = self.is_to_take(&external, handle);
                    let _ = answer.send(found.map_err(|error| self.explain(error.into())));
                }
                Query::Quarantined(of, answer) => {
                    let _ = answer.send(self.quarantined(of.as_ref()).map_err(|error| self.explain(error)));
                }
                Query::Journal(which, most, answer) => {
                    let found = self.journal(&which, most);
                    let _ = answer.send(found.map_err(|error| self.explain(error.into())));
                }
                Query::Survey(which, most, answer) => {
                    let _ = answer.send(self.survey(which, most).map_err(|error| self.explain(error)));
                }
                Query::Backlog(answer) => {
                    let _ = answer.send(self.backlog().map_err(|error| self.explain(error)));
                }
            }
        }
    }

    pub(super) fn explain(&self, error: Error) -> StoreError {
        match error {
            Error::Sqlite(error) => describe(&self.path, &error),
            Error::Damage(damage) => StoreError::damage(self.path.display(), damage),
        }
    }

    fn load(&self, id: &InstanceId) -> Result<Snapshot, Error> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT revision, progress FROM instance WHERE key = ?1 AND choreography = ?2 AND service = ?3",
            )?
            .query_row(params![id.key.as_str(), id.choreography.as_str(), id.service.as_str()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        let Some((revision, text)) = found else { return Ok(Snapshot::default()) };
        let progress = self.decode(&text)?;
        Ok(Snapshot { revision: unsigned(revision), progress: Some(Arc::new(progress)) })
    }

    fn is_to_take(&self, external: &Name, handle: u64) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM delivery WHERE subscriber = ?1 AND event = ?2")?
            .exists(params![external.as_str(), signed(handle)])
    }

    pub(super) fn decode(&self, text: &str) -> Result<Progress, Error> {
        codec::decode(text, |parked: Parked| {
            let found = self
                .connection
                .prepare_cached(
                    "SELECT number, id, source, choreography, key, type, payload, causation, rounds, trace, at
                     FROM event WHERE number = ?1",
                )?
                .query_row(params![signed(parked.event)], |row| Ok((event(row, Name::from)?, row.get(10)?)))
                .optional()?;
            let (event, at) = found.ok_or_else(|| "an event that waits is gone".to_owned())?;
            Ok(Delivery {
                event: Arc::new(event),
                sequence: parked.sequence.map(codec::sequence),
                overtakes: parked.overtakes,
                undoes: parked.undoes.map(codec::sequence),
                listener: parked.listener.map(Name::from),
                handle: parked.event,
                at,
                again: true,
            })
        })
    }
}

/// The columns `number, id, source, choreography, key, type, payload, causation, rounds, trace` as an event. `name`
/// makes names of text.
pub(super) fn event(row: &Row<'_>, mut name: impl FnMut(String) -> Name) -> rusqlite::Result<Event> {
    Ok(Event {
        id: EventId::from(row.get::<_, String>(1)?),
        source: name(row.get(2)?),
        choreography: name(row.get(3)?),
        key: Key::from_text(&row.get::<_, String>(4)?),
        name: name(row.get(5)?),
        payload: row.get::<_, String>(6)?.into_bytes().into(),
        causation: row.get::<_, Option<String>>(7)?.map(EventId::from),
        rounds: row.get::<_, Option<String>>(8)?.map_or(Ok(Vec::new()), |text| rounds(&text))?,
        trace: row.get::<_, Option<String>>(9)?.and_then(|text| Trace::from_text(&text)),
    })
}

fn rounds(text: &str) -> rusqlite::Result<Vec<Round>> {
    let pairs: Vec<(u32, u32)> = serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(8, Type::Text, Box::new(error)))?;
    Ok(pairs.into_iter().map(|(scope, number)| Round { scope, number }).collect())
}

/// The columns `number, lane` from `first` on, if they hold a place.
pub(super) fn sequence(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Sequence>> {
    let Some(number) = row.get::<_, Option<i64>>(first)? else { return Ok(None) };
    let lane = row.get::<_, Option<u32>>(first + 1)?.unwrap_or_default();
    Ok(Some(Sequence { lane, number: unsigned(number) }))
}

/// The columns `service, choreography, key` from `first` on.
pub(super) fn instance(row: &Row<'_>, first: usize) -> rusqlite::Result<InstanceId> {
    Ok(InstanceId {
        service: Name::from(row.get::<_, String>(first)?),
        choreography: Name::from(row.get::<_, String>(first + 1)?),
        key: Key::from_text(&row.get::<_, String>(first + 2)?),
    })
}

/// Numbers that were written from unsigned ones.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
