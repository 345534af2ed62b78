//! The file itself: what is wrong with it, and what to do.

use std::fs;
use std::path::Path;
use std::sync::Barrier;

use chor_runtime::Store;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::people::{Ledger, hear, open, order};
use crate::tea::customer::Client;

/// Opening `path` fails with this error, in which the folder is written as `DIR`.
fn check(folder: &TempDir, path: impl AsRef<Path>, expected: &str) {
    let error = Store::sqlite(folder.path().join(path)).unwrap_err().to_string();
    assert_eq!(error.replace(&folder.path().display().to_string(), "DIR"), expected);
}

#[test]
fn bad_places_are_refused_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    check(&folder, "", "DIR/ is a directory: name a file in it, such as DIR//chor.db");
    check(&folder, "no/shop.db", "DIR/no/shop.db cannot be created: there is no directory DIR/no");

    fs::write(folder.path().join("letter.txt"), "Dear customer, ".repeat(100)).unwrap();
    let letter = "DIR/letter.txt: it is no SQLite database: name another file (file is not a database)";
    check(&folder, "letter.txt", letter);

    let other = Connection::open(folder.path().join("other.db")).unwrap();
    other.execute_batch("CREATE TABLE customer (name TEXT)").unwrap();
    check(&folder, "other.db", "DIR/other.db is the database of another program: name another file");
}

/// Whoever comes second may look while the tables are being made.
#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..20 {
        let folder = TempDir::new().unwrap();
        let (path, start) = (folder.path().join("shop.db"), Barrier::new(8));
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    start.wait();
                    Store::sqlite(&path).unwrap();
                });
            }
        });
    }
}

#[test]
fn a_file_of_another_version_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(Store::sqlite(folder.path().join("shop.db")).unwrap());
    let file = Connection::open(folder.path().join("shop.db")).unwrap();
    file.pragma_update(None, "user_version", 6).unwrap();
    let expected = "DIR/shop.db was written by another version of chor-runtime (schema 6, this one knows 5): \
                    use that version, or another file";
    check(&folder, "shop.db", expected);
}

/// Fills the file with finished orders.
async fn some_orders(path: &Path) {
    let store = Store::sqlite(path).unwrap();
    let running = open(&store, &Ledger::default()).start();
    let client = Client::new(&store);
    for number in 0..20 {
        client.order(&order(number)).await.unwrap();
    }
    hear(&client, 20).await;
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_damaged_file_stops_the_runtime_with_an_error() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    some_orders(&path).await;
    // Everything into the file itself, then noise over all but its first page.
    let file = Connection::open(&path).unwrap();
    file.pragma_update(None, "wal_checkpoint", "truncate").unwrap();
    drop(file);
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte ^= 0x5a;
    }
    fs::write(&path, bytes).unwrap();

    let refused = match Store::sqlite(&path) {
        Err(error) => error.to_string(),
        Ok(store) => {
            let sent = Client::new(&store).order(&order(100)).await;
            sent.unwrap_err().to_string()
        }
    };
    assert!(refused.contains("it is damaged: restore it from a copy"), "{refused}");
}

#[tokio::test]
async fn people_can_read_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tea.db");
    some_orders(&path).await;
    let file = Connection::open(&path).unwrap();
    let one = |sql: &str| file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(
        one("SELECT group_concat(type, ' ') FROM (SELECT type FROM event WHERE key = 'o0' ORDER BY number)"),
        "tea.Order tea.Ordered tea.Paid tea.Brewed"
    );
    assert_eq!(
        one(
            "SELECT json_extract(payload, '$.cups') || '' FROM event WHERE key = 'o0' AND type = 'tea.Brewed'"
        ),
        "1"
    );
    assert_eq!(
        one(
            "SELECT json_extract(progress, '$.finished') || '' FROM instance WHERE key = 'o0' AND service = 'Bank'"
        ),
        "1"
    );
    assert_eq!(one("SELECT count(*) || '' FROM delivery"), "0", "everything was taken");
}
