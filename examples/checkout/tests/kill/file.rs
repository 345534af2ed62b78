//! Processes on one SQLite file.

use std::path::Path;
use std::time::{Duration, Instant};

use checkout::goods;
use checkout::stubs::customer::Client;
use chor_runtime::{FAILPOINTS, Store};

use super::shop::{Place, Shop};
use super::{Heard, Log, check, expected, hear, place_orders, seed};

const SERVICES: &[&str] = &["orders", "payment", "inventory", "shipping"];
const ORDERS: u32 = 200;

fn log(store: &Path) -> Log {
    let file = rusqlite::Connection::open(store).unwrap();
    let mut rows = file.prepare("SELECT key, type, id FROM event").unwrap();
    let rows = rows
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .unwrap();
    let mut log = Log::new();
    for row in rows {
        let (key, event, id) = row.unwrap();
        let name = event.rsplit('.').next().unwrap_or_default().to_owned();
        log.entry(key).or_default().push((name, id));
    }
    for events in log.values_mut() {
        events.sort();
    }
    log
}

fn count(store: &Path, query: &str) -> i64 {
    rusqlite::Connection::open(store).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}

/// Waits until nothing in the file waits to be taken.
async fn quiet(store: &Path) {
    let patience = Instant::now() + Duration::from_mins(1);
    loop {
        let waiting = count(store, "SELECT count(*) FROM delivery");
        if waiting == 0 {
            return;
        }
        assert!(Instant::now() < patience, "{waiting} deliveries are never taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_ends_once_whoever_is_killed_and_whenever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let store = Store::sqlite(&path).unwrap();
    let (client, heard) = (Client::new(&store), Heard::default());
    let hearing = tokio::spawn(hear(client.clone(), Heard::clone(&heard)));
    let mut shop = Shop::open(Place::File(path.clone()), SERVICES, seed());

    let in_services = &FAILPOINTS[..5];
    let mut kills: Vec<&str> = in_services.iter().flat_map(|name| [*name; 5]).collect();
    kills.extend(["at random"; 30]);
    shop.random.shuffle(&mut kills);
    let kill = |shop: &mut Shop, name: &str| {
        if name == "at random" {
            shop.kill_at_random();
            return true;
        }
        shop.kill_at(name)
    };
    let (placed, died) = place_orders(&client, ORDERS, &mut shop, &kills, kill).await;
    quiet(&path).await;
    hearing.abort();

    assert!(in_services.iter().all(|name| died.get(name).is_some_and(|count| *count > 0)), "{died:?}");
    assert_eq!(placed.len(), ORDERS as usize);
    assert_eq!(count(&path, "SELECT count(*) FROM journal"), 0, "something was refused");
    let open = "SELECT count(*) FROM instance WHERE NOT json_extract(progress, '$.finished')";
    assert_eq!(count(&path, open), 0, "somebody still waits");
    check(&placed, &log(&path), &heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_dies_places_no_order_twice_and_hears_all_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let place = Place::File(path.clone());
    let _shop = Shop::open(place.clone(), SERVICES, 0);
    for (failpoint, passing) in
        ["after_send", "before_done", "after_done"].iter().flat_map(|name| (1..4).map(move |n| (name, n)))
    {
        let mut customer = place.command("customer");
        customer.args(["--orders", "4"]);
        let dead = customer.env("CHOR_FAILPOINT", format!("{failpoint}:{passing}")).status().unwrap();
        assert!(!dead.success(), "{failpoint}:{passing} was not reached");
    }
    // What the dead have not heard waits for the next customer.
    let client = Client::new(&Store::sqlite(&path).unwrap());
    let hearing = tokio::spawn(hear(client, Heard::default()));
    quiet(&path).await;
    hearing.abort();

    let log = log(&path);
    // Whoever died after its n-th order had placed n; whoever died later had placed all four.
    assert_eq!(log.len(), 1 + 2 + 3 + 4 * 6);
    for (order, events) in log {
        let ending = (0..4)
            .map(goods::ending)
            .find(|ending| events.iter().map(|(name, _)| name.as_str()).eq(expected(*ending)));
        assert!(ending.is_some(), "order {order}: {events:?}");
    }
}
