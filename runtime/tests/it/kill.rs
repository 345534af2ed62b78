//! Processes that are killed: at random moments, and at every named place.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chor_runtime::Store;
use tempfile::TempDir;

use crate::people::{Ledger, expected, hear, open, order};
use crate::tea::customer::Client;

/// The file and the ledger of a child process are in this folder.
const FOLDER: &str = "CHOR_TEST_FOLDER";

/// What a child process does: it serves the tea shop until it is stopped. In the test run itself it has
/// nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = Store::sqlite(Path::new(&folder).join("tea.db")).unwrap();
    let ledger = Ledger::file(&Path::new(&folder).join("ledger"));
    open(&store, &ledger).run().await.unwrap();
}

fn spawn(folder: &Path, failpoint: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "kill::child", "--nocapture"]).env(FOLDER, folder);
    if let Some(failpoint) = failpoint {
        command.env("CHOR_FAILPOINT", failpoint);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Places orders while `disturb` does its worst, and sees that all end as they should.
async fn check(orders: u32, disturb: impl FnOnce(&Path) + Send + 'static) {
    let folder = TempDir::new().unwrap();
    let store = Store::sqlite(folder.path().join("tea.db")).unwrap();
    let client = Client::new(&store);
    let place = async {
        for number in 0..orders {
            client.order(&order(number)).await.unwrap();
        }
    };
    let path = folder.path().to_owned();
    let disturbing = tokio::task::spawn_blocking(move || {
        disturb(&path);
        // Whatever was killed is started again, for good.
        spawn(&path, None)
    });
    let (heard, (), last) = tokio::join!(hear(&client, orders as usize), place, disturbing);
    let mut last = last.unwrap();
    let lines = Ledger::file(&folder.path().join("ledger")).lines();
    last.kill().unwrap();
    last.wait().unwrap();
    assert_eq!((lines, heard), expected(0..orders));
    assert_eq!(store.journal().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_and_started_again() {
    check(200, |folder| {
        for round in 0..20 {
            let mut child = spawn(folder, None);
            std::thread::sleep(Duration::from_millis(20 + 7 * (round % 10)));
            child.kill().unwrap();
            child.wait().unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_killed_in_turn() {
    check(100, |folder| {
        let mut children = [spawn(folder, None), spawn(folder, None)];
        for round in 0..10 {
            std::thread::sleep(Duration::from_millis(60));
            let child = &mut children[round % 2];
            child.kill().unwrap();
            child.wait().unwrap();
            *child = spawn(folder, None);
        }
        for mut child in children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    })
    .await;
}

/// `cargo test -p chor-runtime --features failpoints`
#[cfg(feature = "failpoints")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_named_place() {
    for place in ["before_handler", "after_handler", "before_commit", "in_transaction", "after_commit"] {
        check(40, move |folder| {
            let died: Vec<bool> = [1, 1, 2, 3, 5, 8]
                .into_iter()
                .map(|times| dies(spawn(folder, Some(&format!("{place}:{times}")))))
                .collect();
            // The later ones may find too little left to do.
            assert!(died.starts_with(&[true, true]), "{place}: {died:?}");
        })
        .await;
    }
}

/// Whether the process dies by itself before long. If not, it is killed.
#[cfg(feature = "failpoints")]
fn dies(mut child: Child) -> bool {
    for _ in 0..100 {
        if let Some(status) = child.try_wait().unwrap() {
            return !status.success();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    false
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_it_stops() {
    let folder = TempDir::new().unwrap();
    let store = Store::sqlite(folder.path().join("tea.db")).unwrap();
    let client = Client::new(&store);
    client.order(&order(0)).await.unwrap();
    let mut child = spawn(folder.path(), None);
    hear(&client, 1).await;
    let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
}
