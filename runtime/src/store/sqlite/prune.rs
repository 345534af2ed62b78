//! Removes what is over and old, a little at a time: services that write meanwhile wait for milliseconds.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::care::glance;
use super::open;
use super::reader::{Error, Reader, instance, unsigned};
use crate::store::prune::Flows;
use crate::store::{Pruned, StoreError};

/// So many rows are read at a time, and so many removed in one transaction.
const PAGE: usize = 1000;

/// So many nudges are kept: processes that run have seen all before.
const NUDGES: i64 = 1000;

/// Events that are old, that nobody has still to take, and whose flow is to go or was never begun. The newest stays,
/// whatever it is: numbers must not be given twice.
const GONE: &str = "event.at < ?1 AND event.number > ?2 AND event.number <= ?3
    AND event.number < (SELECT max(number) FROM event)
    AND event.number NOT IN (SELECT number FROM temp.taken_later)
    AND (EXISTS (SELECT 1 FROM temp.flow WHERE flow.key = event.key AND flow.choreography = event.choreography)
      OR NOT EXISTS (SELECT 1 FROM instance
           WHERE instance.key = event.key AND instance.choreography = event.choreography))";

/// Lines that are old, and about no instance that stays.
const OLD: &str = "journal.at < ?1
    AND (EXISTS (SELECT 1 FROM temp.flow WHERE flow.key = journal.key AND flow.choreography = journal.choreography)
      OR NOT EXISTS (SELECT 1 FROM main.instance
           WHERE instance.key = journal.key AND instance.choreography = journal.choreography))";

pub(super) fn prune(path: &Path, before: i64, remove: bool) -> Result<Pruned, StoreError> {
    let reader = Reader { path: path.to_owned(), connection: open::open_to_read(path)? };
    let mut pruner = Pruner { connection: open::open(path)?, before, remove };
    pruner.run(&reader).map_err(|error| reader.explain(error))
}

struct Pruner {
    connection: Connection,
    before: i64,
    /// Whether anything is removed, or only counted.
    remove: bool,
}

impl Pruner {
    fn run(&mut self, reader: &Reader) -> Result<Pruned, Error> {
        let flows = self.choose(reader)?;
        if self.remove {
            while self.removes_instances()? {}
        }
        Ok(Pruned { flows, events: self.events()?, lines: self.lines()? })
    }

    /// Notes the flows that are to go, and the events that somebody has still to take; says how many flows.
    fn choose(&self, reader: &Reader) -> Result<u64, Error> {
        let mut flows = Flows::new(self.before, reader.legends()?);
        let mut last = (String::new(), String::new(), String::new());
        loop {
            let mut statement = reader.connection.prepare_cached(
                "SELECT service, choreography, key, changed, progress FROM instance
                 WHERE (key, choreography, service) > (?1, ?2, ?3)
                 ORDER BY key, choreography, service LIMIT ?4",
            )?;
            let mut rows = statement.query(params![last.0, last.1, last.2, i64::try_from(PAGE).ok()])?;
            let mut read = 0;
            while let Some(row) = rows.next()? {
                let (id, changed) = (instance(row, 0)?, row.get(3)?);
                last = (id.key.to_string(), id.choreography.to_string(), id.service.to_string());
                match glance(row, 4)? {
                    Ok((progress, waiting)) => flows.look(id, changed, &progress, waiting, ()),
                    Err(_) => flows.pass_by(id),
                }
                read += 1;
            }
            if read < PAGE {
                break;
            }
        }
        self.connection.execute_batch(
            "CREATE TEMP TABLE taken_later AS SELECT DISTINCT event AS number FROM main.delivery;
             CREATE UNIQUE INDEX temp.taken_later_number ON taken_later (number);
             CREATE TEMP TABLE flow (key TEXT, choreography TEXT, PRIMARY KEY (key, choreography)) WITHOUT ROWID;",
        )?;
        let all = self.connection.unchecked_transaction()?;
        let mut insert =
            all.prepare("INSERT INTO temp.flow (key, choreography) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
        for ((choreography, key), _) in flows.split().0 {
            insert.execute(params![key.as_str(), choreography.as_str()])?;
        }
        drop(insert);
        all.commit()?;
        self.connection.execute(
            "DELETE FROM temp.flow WHERE EXISTS (SELECT 1 FROM temp.taken_later AS later
               JOIN main.event ON event.number = later.number
               WHERE event.key = flow.key AND event.choreography = flow.choreography)",
            [],
        )?;
        self.connection
            .execute_batch("CREATE TEMP TABLE to_go AS SELECT key, choreography FROM temp.flow")?;
        let count = "SELECT count(*) FROM temp.flow";
        Ok(unsigned(self.connection.query_row(count, [], |row| row.get(0))?))
    }

    /// Removes the instances of some flows; says whether there may be more. One that has changed meanwhile stays.
    fn removes_instances(&mut self) -> rusqlite::Result<bool> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(
            "DELETE FROM main.instance WHERE (key, choreography) IN (SELECT key, choreography FROM temp.to_go ORDER BY rowid LIMIT ?1)
               AND NOT EXISTS (SELECT 1 FROM main.instance AS other
                 WHERE other.key = instance.key AND other.choreography = instance.choreography
                   AND other.changed >= ?2)",
            params![i64::try_from(PAGE).ok(), self.before],
        )?;
        let done =
            "DELETE FROM temp.to_go WHERE rowid IN (SELECT rowid FROM temp.to_go ORDER BY rowid LIMIT ?1)";
        let done = transaction.execute(done, params![i64::try_from(PAGE).ok()])?;
        transaction.commit()?;
        Ok(done > 0)
    }

    fn events(&mut self) -> rusqlite::Result<u64> {
        let (first, last): (i64, i64) = self.connection.query_row(
            "SELECT ifnull(min(number), 0), ifnull(max(number), 0) FROM event",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let page = i64::try_from(PAGE).unwrap_or(1);
        let count = format!("SELECT count(*) FROM main.event WHERE {GONE}");
        let delete = format!("DELETE FROM main.event WHERE {GONE}");
        let mut events = 0;
        let mut from = first - 1;
        while from < last {
            let range = params![self.before, from, from + page];
            let mut found =
                unsigned(self.connection.prepare_cached(&count)?.query_row(range, |row| row.get(0))?);
            if self.remove && found > 0 {
                // Nobody waits for a page in which nothing goes.
                let transaction =
                    self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                found = transaction.prepare_cached(&delete)?.execute(range)? as u64;
                transaction.commit()?;
            }
            events += found;
            from += page;
        }
        Ok(events)
    }

    /// Old lines of the journal, and nudges that everybody has seen.
    fn lines(&mut self) -> rusqlite::Result<u64> {
        if !self.remove {
            let count = format!("SELECT count(*) FROM main.journal WHERE {OLD}");
            return Ok(unsigned(self.connection.query_row(&count, params![self.before], |row| row.get(0))?));
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let lines = old_lines(&transaction, self.before)?;
        transaction.commit()?;
        Ok(lines)
    }
}

fn old_lines(transaction: &Transaction<'_>, before: i64) -> rusqlite::Result<u64> {
    let nudges = "DELETE FROM nudge WHERE number <= (SELECT max(number) FROM nudge) - ?1";
    transaction.execute(nudges, params![NUDGES])?;
    Ok(transaction.execute(&format!("DELETE FROM main.journal WHERE {OLD}"), params![before])? as u64)
}
