//! Deadlines that fall due while every process is dead: they were killed, and are started again later.

use std::process::{Command, Stdio};
#[cfg(feature = "failpoints")]
use std::time::SystemTime;
use std::time::{Duration, Instant};

use chor_runtime::{NatsOptions, Store};

use super::{Server, Version, log, store};
use crate::party::{ALL, Calls, Killed, PATIENCE, ask, at_once, band_later, ends_with, patient};

/// The server of a child process; what it serves, and whether the band puts its answer off.
const URL: &str = "CHOR_TEST_NATS_PARTY";
const SERVES: &str = "CHOR_TEST_NATS_SERVES";

/// What a child process does: it serves until it is killed. In the test run itself it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(url), Ok(serves)) = (std::env::var(URL), std::env::var(SERVES)) else { return };
    let store = Store::nats(NatsOptions::new(url).namespace("party")).await.unwrap();
    let before = if serves.contains("later") { band_later() } else { at_once() };
    patient(&store, &Calls::default(), &before, &serves).run().await.unwrap();
}

/// A server, and the services that come and go.
struct Party {
    server: Server,
    store: Store,
}

impl Party {
    async fn new(version: Version) -> Self {
        let server = Server::start(version);
        let store = store(&server, "party").await;
        Self { server, store }
    }

    fn spawn(&self, serves: &str) -> Killed {
        self.spawn_with(serves, None)
    }

    fn spawn_with(&self, serves: &str, failpoint: Option<&str>) -> Killed {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "nats::overdue::child", "--nocapture"]);
        command.env(URL, self.server.url()).env(SERVES, serves);
        command.envs(failpoint.map(|failpoint| ("CHOR_FAILPOINT", failpoint)));
        Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// How often an event was published.
    async fn published(&self, event: &str) -> usize {
        let all = log::events(&self.server, "party").await;
        all.values().flatten().filter(|it| *it == event).count()
    }

    async fn until_published(&self, events: &[&str]) {
        let began = Instant::now();
        for event in events {
            while self.published(event).await == 0 {
                assert!(began.elapsed() < Duration::from_secs(30), "{event} is never published");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
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
        assert_eq!(self.published("Over").await, 0, "the machine is too slow for this test");
        tokio::time::sleep(PATIENCE).await;
        assert_eq!(self.published("Over").await, 0, "somebody is alive");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_falls_due_once_when_they_are_back() {
    let party = Party::new(Version::Oldest).await;
    let all = format!("{ALL} later");
    party.until_killed(&[(&all, &["Cooked", "Play"])]).await;
    // Killed again and again around the moment at which it falls due.
    for round in 0..10 {
        let _child = party.spawn(&all);
        tokio::time::sleep(Duration::from_millis(50 + 25 * round)).await;
    }
    let _replicas = [party.spawn(&all), party.spawn(&all)];
    ends_with(&party.store, "Over").await;
    party.until_published(&["Thrown"]).await;
    for (event, times) in [("Over", 1), ("Thrown", 1), ("Played", 0), ("Done", 0)] {
        assert_eq!(party.published(event).await, times, "{event}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_before_it_fell_due_comes_first() {
    let party = Party::new(Version::Current).await;
    let others = ALL.trim_start_matches("Host ");
    party.until_killed(&[("Host", &["Cook", "Play"]), (others, &["Cooked", "Played"])]).await;
    let _all = party.spawn(ALL);
    ends_with(&party.store, "Done").await;
    for event in ["Over", "Thrown"] {
        assert_eq!(party.published(event).await, 0, "{event}");
    }
}

/// What a dead process wanted to do, and had already a wake for, takes the place of no deadline that is in the state.
#[cfg(feature = "failpoints")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_only_tried_takes_no_deadline_away() {
    let party = Party::new(Version::Oldest).await;
    // Early in a second, so that the deadline and what is tried at it are in one.
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    while now().subsec_millis() > 100 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    ask(&party.store, "o1").await;
    let all = format!("{ALL} later");
    let children = party.spawn(&all);
    party.until_published(&["Cooked", "Play"]).await;
    // What was heard must be acknowledged, or it comes again, and leads to the instance too.
    tokio::time::sleep(PATIENCE / 10).await;
    drop(children);
    tokio::time::sleep(PATIENCE - PATIENCE / 10).await;
    let mut host = party.spawn_with("Host", Some("after_wakes"));
    let began = Instant::now();
    while host.0.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(30), "the host has nothing to do");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(party.published("Over").await, 0);
    let _all = party.spawn(&all);
    ends_with(&party.store, "Over").await;
}
