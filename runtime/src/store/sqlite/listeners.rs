//! Who hears foreign events.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use crate::envelope::{Event, Listener, Name};

/// All services that hear foreign events, as the file has them.
#[derive(Default)]
pub(super) struct Listeners {
    /// By the event's type: the service, and the choreography that listens.
    by_type: HashMap<String, Vec<(Name, Name)>>,
    /// How often other connections had written when they were read.
    data_version: Option<i64>,
}

impl Listeners {
    /// Reads them again, if another process may have changed them. Within a transaction that writes, nobody
    /// can until it ends.
    pub(super) fn refresh(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let version =
            connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get::<_, i64>(0))?;
        if self.data_version == Some(version) {
            return Ok(());
        }
        let mut statement = connection.prepare_cached("SELECT type, service, choreography FROM listener")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        self.by_type.clear();
        for row in rows {
            let (event, service, choreography) = row?;
            self.by_type.entry(event).or_default().push((service.into(), choreography.into()));
        }
        self.data_version = Some(version);
        Ok(())
    }

    /// From now on the service hears these.
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        service: &Name,
        listeners: &[Listener],
    ) -> rusqlite::Result<()> {
        for Listener { event, choreography } in listeners {
            connection
                .prepare_cached(
                    "INSERT INTO listener (type, service, choreography) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![event.as_str(), service.as_str(), choreography.as_str()])?;
        }
        // What this connection writes does not count as a change.
        self.data_version = None;
        Ok(())
    }

    /// Those who hear an event of another choreography: the service, and the choreography that listens.
    pub(super) fn of<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = &'a (Name, Name)> {
        let of_type = if self.by_type.is_empty() { None } else { self.by_type.get(event.name.as_str()) };
        of_type.into_iter().flatten().filter(|(_, choreography)| *choreography != event.choreography)
    }
}
