//! Instances that have something to do by themselves: deadlines that have fallen due, and open decisions.

use rusqlite::{Connection, params};

use super::reader::instance;
use super::write::Prepared;
use crate::envelope::InstanceId;

/// So many rows are read at a time.
const PAGE: usize = 512;

/// What has been told of what is due.
#[derive(Default)]
pub(super) struct Dues {
    /// Everything up to here was told: the time, in milliseconds since 1970, and the instance.
    told: Option<(i64, Option<InstanceId>)>,
    /// Nothing is due before this time, as far as this process knows.
    next: Option<i64>,
}

impl Dues {
    /// Everything is told once more: someone may have died with it, or comes new.
    pub(super) fn start_afresh(&mut self) {
        *self = Self::default();
    }

    /// Another process has written: it may have set an earlier time.
    pub(super) fn look_again(&mut self) {
        self.next = None;
    }

    /// This process has written these.
    pub(super) fn changed(&mut self, steps: &[Prepared]) {
        let dues = steps.iter().filter_map(|prepared| prepared.step.change.as_ref()?.progress.due());
        let Some(earliest) = dues.min() else { return };
        self.next = self.next.map(|next| next.min(earliest));
        if self.told.as_ref().is_some_and(|(told, _)| earliest <= *told) {
            self.told = Some((earliest, None));
        }
    }

    /// What has fallen due since the last time, earliest first; a page of it at most.
    pub(super) fn fallen_due(
        &mut self,
        connection: &Connection,
        now: i64,
    ) -> rusqlite::Result<Vec<InstanceId>> {
        if self.next.is_some_and(|next| next > now) {
            return Ok(Vec::new());
        }
        let (since, last) = self.told.clone().unwrap_or((i64::MIN, None));
        let (key, choreography, service) = last.as_ref().map_or(("", "", ""), |last| {
            (last.key.as_str(), last.choreography.as_str(), last.service.as_str())
        });
        let mut statement = connection.prepare_cached(
            "SELECT service, choreography, key, due FROM instance
             WHERE due IS NOT NULL AND due <= ?5 AND (due, key, choreography, service) > (?1, ?2, ?3, ?4)
             ORDER BY due, key, choreography, service LIMIT ?6",
        )?;
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![since, key, choreography, service, now, limit], |row| {
            Ok((row.get::<_, i64>(3)?, instance(row, 0)?))
        })?;
        let page: Vec<(i64, InstanceId)> = rows.collect::<rusqlite::Result<_>>()?;
        if page.len() < PAGE {
            self.told = Some((now.saturating_add(1), None));
            self.next = Some(next(connection, now)?);
        } else {
            self.told = page.last().map(|(due, last)| (*due, Some(last.clone())));
        }
        Ok(page.into_iter().map(|(_, instance)| instance).collect())
    }
}

/// When something falls due after `now`: at the end of time, if there is nothing.
fn next(connection: &Connection, now: i64) -> rusqlite::Result<i64> {
    let next: Option<i64> = connection
        .prepare_cached("SELECT min(due) FROM instance WHERE due IS NOT NULL AND due > ?1")?
        .query_row(params![now], |row| row.get(0))?;
    Ok(next.unwrap_or(i64::MAX))
}
