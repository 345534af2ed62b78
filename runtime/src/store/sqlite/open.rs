//! Opens the file, or says what is wrong with it and what to do.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::circumstances::pages_left;
use crate::store::StoreError;

const SCHEMA: &str = include_str!("schema.sql");

/// The version of the schema. A file of another version is refused.
const VERSION: i64 = 5;

/// Marks the file as ours: `chor` in ASCII.
const APPLICATION: i64 = 0x6368_6f72;

/// A transaction of another process is waited for this often, about ten milliseconds each time.
const PATIENCE: i32 = 2000;

/// So long at most, processes that open a new file together keep each other from it.
const SWITCHING: Duration = Duration::from_secs(10);

/// Opens the file and makes the tables if it is new.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    refuse_bad_places(path)?;
    let mut connection = Connection::open(path).map_err(|error| describe(path, &error))?;
    prepare(path, &mut connection)?;
    Ok(connection)
}

/// A second connection to a file that is open already, for reading.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, StoreError> {
    let describe = |error| describe(path, &error);
    let mut connection = Connection::open(path).map_err(describe)?;
    connection.busy_handler(Some(wait_a_little)).map_err(describe)?;
    connection.pragma_update(None, "query_only", true).map_err(describe)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

fn refuse_bad_places(path: &Path) -> Result<(), StoreError> {
    let shown = path.display();
    if path.is_dir() {
        return Err(StoreError::new(format!(
            "{shown} is a directory: name a file in it, such as {shown}/chor.db"
        )));
    }
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(StoreError::new(format!("{shown} cannot be created: there is no directory {folder}")));
    }
    if on_network(&folder) {
        return Err(StoreError::new(format!(
            "{shown} is on a network filesystem, where several processes would damage it: use a local disk"
        )));
    }
    Ok(())
}

/// Whether the folder is on a filesystem that does not keep the promises that SQLite's log needs.
#[cfg(target_os = "linux")]
fn on_network(folder: &Path) -> bool {
    /// NFS, SMB, CIFS, SMB 2, AFS, Ceph, Lustre, GPFS: numbers from the kernel's `magic.h` and their makers.
    const NETWORK: &[u32] =
        &[0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x5346_414f, 0x00c3_6400, 0x0bd0_0bd0, 0x4750_4653];
    let Ok(filesystem) = rustix::fs::statfs(folder) else { return false };
    // The kernel's type differs between machines; all of the numbers fit 32 bits.
    NETWORK.iter().any(|magic| i128::from(filesystem.f_type) & 0xffff_ffff == i128::from(*magic))
}

#[cfg(not(target_os = "linux"))]
fn on_network(_folder: &Path) -> bool {
    false
}

fn prepare(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let describe = |error| describe(path, &error);
    connection.busy_handler(Some(wait_a_little)).map_err(describe)?;
    // First of all a read: a file that is no database shows itself here. It is one transaction, so that it never
    // sees half of what another process is making.
    let version = connection.transaction().and_then(|transaction| version(&transaction)).map_err(describe)?;
    refuse_strangers(path, version)?;
    if connection.is_readonly(rusqlite::MAIN_DB).map_err(describe)? {
        return Err(StoreError::new(format!("{} is read-only: allow this user to write it", path.display())));
    }
    let mode = share(connection).map_err(describe)?;
    if mode != "wal" {
        let shown = path.display();
        return Err(StoreError::new(format!(
            "{shown} cannot be used by several processes (journal mode {mode})"
        )));
    }
    connection.pragma_update(None, "synchronous", "full").map_err(describe)?;
    connection.pragma_update(None, "cache_size", -16_000).map_err(describe)?;
    connection.set_prepared_statement_cache_capacity(32);
    create(connection).map_err(describe)?;
    if let Some(left) = pages_left() {
        let pages: i64 =
            connection.pragma_query_value(None, "page_count", |row| row.get(0)).map_err(describe)?;
        connection.pragma_update(None, "max_page_count", pages + left).map_err(describe)?;
    }
    Ok(())
}

/// Switches to the journal that several processes can share; says which one the file has afterwards.
///
/// Where two processes switch at once, each would wait for the other: SQLite refuses one of them without waiting.
fn share(connection: &Connection) -> rusqlite::Result<String> {
    let began = Instant::now();
    loop {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        if !mode.as_ref().is_err_and(may_pass) || began.elapsed() > SWITCHING {
            return mode;
        }
        wait_a_little(0);
    }
}

/// What the file says it is: its application, its version, and how many tables it has.
#[derive(Clone, Copy)]
struct Version {
    application: i64,
    schema: i64,
    tables: i64,
}

fn version(connection: &Connection) -> rusqlite::Result<Version> {
    Ok(Version {
        application: connection.pragma_query_value(None, "application_id", |row| row.get(0))?,
        schema: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
        tables: connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
    })
}

fn refuse_strangers(path: &Path, found: Version) -> Result<(), StoreError> {
    let shown = path.display();
    match found {
        Version { application: APPLICATION, schema: VERSION, .. }
        | Version { application: 0, schema: 0, tables: 0 } => Ok(()),
        Version { application: APPLICATION, schema, .. } => Err(StoreError::new(format!(
            "{shown} was written by another version of chor-runtime (schema {schema}, this one knows {VERSION}): use that version, or another file"
        ))),
        _ => Err(StoreError::new(format!("{shown} is the database of another program: name another file"))),
    }
}

/// Makes the tables, unless another process was faster.
fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)?.schema != VERSION {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// Another process is writing: waits for a few milliseconds, never as long as the others do.
fn wait_a_little(times: i32) -> bool {
    let longest = 500 + 1000 * u64::try_from(times.clamp(0, 20)).unwrap_or_default();
    std::thread::sleep(Duration::from_micros(fastrand::u64(200..=longest)));
    times < PATIENCE
}

/// The error in words that say what to do.
pub(super) fn describe(path: &Path, error: &rusqlite::Error) -> StoreError {
    let shown = path.display();
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is no SQLite database: name another file",
        Some(ErrorCode::DatabaseCorrupt) => "it is damaged: restore it from a copy",
        Some(ErrorCode::DiskFull) => "the disk is full: free some space and start again, nothing was lost",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "it, or its directory, cannot be written: allow this user to write both"
        }
        Some(ErrorCode::CannotOpen) => "it cannot be opened: check the path and its permissions",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process has kept it locked for too long: find and stop it"
        }
        Some(ErrorCode::SystemIoFailure) => "the disk does not answer as it should: check it",
        _ => "the store failed",
    };
    StoreError::new(format!("{shown}: {advice} ({error})"))
}

/// Whether waiting may help.
pub(super) fn may_pass(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
