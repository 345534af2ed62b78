//! Deadlines that fall due while every process is dead: they were killed, and are started again later.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chor_runtime::Store;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::party::{ALL, Calls, Killed, PATIENCE, ask, at_once, band_later, ends_with, patient};

/// The file of a child process is in this folder.
const FOLDER: &str = "CHOR_TEST_FOLDER";

/// The services of a child process, and whether the band puts its answer off.
const SERVES: &str = "CHOR_TEST_SERVES";

/// What a child process does: it serves until it is killed. In the test run itself it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(folder), Ok(serves)) = (std::env::var(FOLDER), std::env::var(SERVES)) else { return };
    let store = Store::sqlite(Path::new(&folder).join("party.db")).unwrap();
    let before = if serves.contains("later") { band_later() } else { at_once() };
    patient(&store, &Calls::default(), &before, &serves).run().await.unwrap();
}

/// A file, and the services that come and go.
struct Party {
    folder: TempDir,
    store: Store,
}

impl Party {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::sqlite(folder.path().join("party.db")).unwrap();
        Self { folder, store }
    }

    fn spawn(&self, serves: &str) -> Killed {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "overdue::child", "--nocapture"]);
        command.env(FOLDER, self.folder.path()).env(SERVES, serves);
        Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// How often an event was published.
    fn published(&self, event: &str) -> u32 {
        let file = Connection::open(self.folder.path().join("party.db")).unwrap();
        let sql = "SELECT count(*) FROM event WHERE type = 'party.' || ?1";
        file.query_row(sql, [event], |row| row.get(0)).unwrap()
    }

    async fn until_published(&self, events: &[&str]) {
        let began = Instant::now();
        while events.iter().any(|event| self.published(event) == 0) {
            assert!(began.elapsed() < Duration::from_secs(20), "{events:?} are never published");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Lets these services do this, kills them, and lets the time pass until the deadline is over. The deadline
    /// must not pass before they are dead.
    async fn until_killed(&self, serves: &[(&str, &[&str])]) {
        ask(&self.store, "o1").await;
        for (serves, events) in serves {
            let child = self.spawn(serves);
            self.until_published(events).await;
            drop(child);
        }
        assert_eq!(self.published("Over"), 0, "the machine is too slow for this test");
        tokio::time::sleep(PATIENCE).await;
        assert_eq!(self.published("Over"), 0, "somebody is alive");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_falls_due_once_when_they_are_back() {
    let party = Party::new();
    let all = format!("{ALL} later");
    party.until_killed(&[(&all, &["Cooked", "Play"])]).await;
    // Killed again and again around the moment at which it falls due.
    for round in 0..10 {
        let _child = party.spawn(&all);
        tokio::time::sleep(Duration::from_millis(15 + 5 * round)).await;
    }
    let _replicas = [party.spawn(&all), party.spawn(&all)];
    ends_with(&party.store, "Over").await;
    party.until_published(&["Thrown"]).await;
    assert_eq!(["Over", "Thrown", "Played", "Done"].map(|event| party.published(event)), [1, 1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_before_it_fell_due_comes_first() {
    let party = Party::new();
    let others = ALL.trim_start_matches("Host ");
    party.until_killed(&[("Host", &["Cook", "Play"]), (others, &["Cooked", "Played"])]).await;
    let _all = party.spawn(ALL);
    ends_with(&party.store, "Done").await;
    assert_eq!(["Over", "Thrown"].map(|event| party.published(event)), [0, 0]);
}

/// One of two answers was published in time: it is taken, and the deadline passes all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_in_time_and_is_not_enough_is_taken_back() {
    let party = Party::new();
    party.until_killed(&[("Host", &["Cook", "Play"]), ("Cook", &["Cooked"])]).await;
    let _all = party.spawn(ALL);
    ends_with(&party.store, "Over").await;
    party.until_published(&["Thrown"]).await;
    assert_eq!(["Cooked", "Thrown", "Done"].map(|event| party.published(event)), [1, 1, 0]);
}
