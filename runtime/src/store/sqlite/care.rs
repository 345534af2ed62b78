//! What people look at: where instances stand, what was set aside, the journal, who has still to take events.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rusqlite::{Row, params_from_iter};

use super::reader::{Error, Reader, instance, unsigned};
use crate::envelope::{EventId, InstanceId, Name};
use crate::machine::Progress;
use crate::scalar::Timestamp;
use crate::store::survey::{Legends, Survey};
use crate::store::{Backlog, Found, Record, Which, codec};

impl Reader {
    /// Those that were set aside, of this participant or of all; without those that cannot be read.
    pub(super) fn quarantined(&self, of: Option<&Name>) -> Result<Vec<(InstanceId, Arc<Progress>)>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT service, choreography, key, progress FROM instance
             WHERE quarantine IS NOT NULL AND (?1 IS NULL OR service = ?1)",
        )?;
        let rows = statement
            .query_map([of.map(Name::as_str)], |row| Ok((instance(row, 0)?, row.get::<_, String>(3)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (instance, text) = row?;
            match self.decode(&text) {
                Ok(progress) => found.push((instance, Arc::new(progress))),
                Err(Error::Damage(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    pub(super) fn journal(&self, which: &Which, most: usize) -> rusqlite::Result<Vec<(i64, Record)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT service, choreography, key, event, type, verdict, reason, at FROM journal
             ORDER BY number DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut newest = Vec::new();
        while let Some(row) = rows.next()?
            && newest.len() < most
        {
            let instance = instance(row, 0)?;
            if which.has(&instance) {
                let record = Record {
                    instance,
                    event: EventId::from(row.get::<_, String>(3)?),
                    event_type: Name::from(row.get::<_, String>(4)?),
                    verdict: Name::from(row.get::<_, String>(5)?),
                    reason: row.get(6)?,
                };
                newest.push((row.get(7)?, record));
            }
        }
        newest.reverse();
        Ok(newest)
    }

    pub(super) fn survey(&self, which: Which, most: usize) -> Result<Found, Error> {
        let key = which.one_key().map(str::to_owned);
        let mut survey = Survey::new(which, most, self.legends()?);
        let mut statement = self.connection.prepare_cached(match key {
            Some(_) => "SELECT service, choreography, key, changed, progress FROM instance WHERE key = ?1",
            None => "SELECT service, choreography, key, changed, progress FROM instance",
        })?;
        let mut rows = statement.query(params_from_iter(key))?;
        while let Some(row) = rows.next()? {
            let (id, changed) = (instance(row, 0)?, row.get(3)?);
            match glance(row, 4)? {
                Ok((progress, waiting)) => survey.look(id, changed, &progress, waiting),
                Err(damage) => survey.pass_by(id, damage),
            }
        }
        Ok(survey.found())
    }

    pub(super) fn legends(&self) -> Result<Legends, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT service, choreography, hash, legend FROM machine")?;
        let mut rows = statement.query([])?;
        let mut legends = Legends::new();
        while let Some(row) = rows.next()? {
            let (service, choreography) = (row.get::<_, String>(0)?, row.get::<_, String>(1)?);
            let hash = codec::hash(&row.get::<_, String>(2)?)?;
            let legend = codec::legend(row.get::<_, String>(3)?.as_bytes())?;
            legends.insert((service.into(), choreography.into(), hash), legend);
        }
        Ok(legends)
    }

    pub(super) fn backlog(&self) -> Result<Vec<Backlog>, Error> {
        let parked = self.parked()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT subscriber, delivery.event, at FROM delivery JOIN event ON event.number = delivery.event",
        )?;
        let mut rows = statement.query([])?;
        // By participant: how many, and when the oldest was published.
        let mut backlog: BTreeMap<String, (u64, i64)> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let subscriber: String = row.get(0)?;
            // Foreign events are heard under a name that says for which choreography.
            let participant = subscriber.split(' ').next().unwrap_or_default();
            let (event, at) = (unsigned(row.get(1)?), row.get(2)?);
            if !parked.get(participant).is_some_and(|parked| parked.contains(&event)) {
                let (events, oldest) = backlog.entry(participant.to_owned()).or_insert((0, at));
                *events += 1;
                *oldest = at.min(*oldest);
            }
        }
        let backlog = backlog.into_iter().map(|(participant, (events, oldest))| {
            let oldest = Some(Timestamp::from_millis(oldest));
            Backlog { participant: participant.into(), events, oldest }
        });
        Ok(backlog.collect())
    }

    /// The numbers of the events that are parked, by service: their rows stay until they are taken.
    fn parked(&self) -> Result<HashMap<String, HashSet<u64>>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT service, progress FROM instance WHERE instr(progress, '\"parked\":') > 0",
        )?;
        let mut rows = statement.query([])?;
        let mut parked: HashMap<String, HashSet<u64>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            // What cannot be read has parked nothing.
            parked.entry(row.get(0)?).or_default().extend(codec::parked(text).into_iter().flatten());
        }
        Ok(parked)
    }
}

/// The column with this number as a progress, without the events that are parked in it, and how many those are.
pub(super) fn glance(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Result<(Progress, usize), codec::Damage>> {
    Ok(codec::glance(row.get_ref(column)?.as_str()?))
}
