//! Kill any of the four processes, or all, at any moment: every order ends exactly once in the state that its
//! choices imply, and no event is lost or doubled.
//!
//! Four real processes work on one file while orders come in. They are killed at random moments (SIGKILL) and
//! at every named point of the runtime (they abort themselves there), and started again. The oracle is the
//! file: its log must hold, for each order, exactly the events of the run that the order's choices imply.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use checkout::customer::order;
use checkout::goods::{self, Ending};
use checkout::stubs::customer::Client;
use chor_runtime::{EventId, FAILPOINTS, Store, Uuid};

const SERVICES: [&str; 4] = ["orders", "payment", "inventory", "shipping"];
const ORDERS: u32 = 200;

/// The events of an order that ends like this, sorted.
fn expected(ending: Ending) -> Vec<&'static str> {
    let mut events = vec!["PlaceOrder", "OrderPlaced"];
    events.extend(match ending {
        Ending::Shipped => ["StockReserved", "PaymentApproved", "OrderConfirmed", "OrderShipped"].as_slice(),
        Ending::Declined => &["StockReserved", "PaymentDeclined", "OrderCancelled", "StockReleased"],
        Ending::SoldOut => &["StockMissing", "PaymentApproved", "OrderCancelled", "PaymentRefunded"],
        Ending::DeclinedAndSoldOut => &["StockMissing", "PaymentDeclined", "OrderCancelled"],
    });
    events.sort_unstable();
    events
}

/// The four processes of a shop.
struct Shop {
    store: PathBuf,
    processes: [Child; 4],
    random: fastrand::Rng,
}

impl Shop {
    fn open(store: &Path, seed: u64) -> Self {
        let processes = SERVICES.map(|service| start(store, service, None));
        Self { store: store.to_owned(), processes, random: fastrand::Rng::with_seed(seed) }
    }

    /// Kills one process, or all, some moments from now, and starts it again.
    fn kill_at_random(&mut self) {
        std::thread::sleep(Duration::from_millis(self.random.u64(5..60)));
        let all = self.random.u8(..) < 64;
        let one = self.random.usize(..SERVICES.len());
        for index in (0..SERVICES.len()).filter(|index| all || *index == one) {
            self.processes[index].kill().unwrap();
            self.processes[index].wait().unwrap();
        }
        for index in (0..SERVICES.len()).filter(|index| all || *index == one) {
            self.processes[index] = start(&self.store, SERVICES[index], None);
        }
    }

    /// Lets one process die at a named point, and starts it again. `false`: it never came there.
    fn kill_at(&mut self, failpoint: &str) -> bool {
        let one = self.random.usize(..SERVICES.len());
        self.processes[one].kill().unwrap();
        self.processes[one].wait().unwrap();
        let passing = format!("{failpoint}:{}", self.random.u32(1..4));
        self.processes[one] = start(&self.store, SERVICES[one], Some(&passing));
        let patience = Instant::now() + Duration::from_secs(3);
        let mut died = false;
        while !died && Instant::now() < patience {
            died = self.processes[one].try_wait().unwrap().is_some();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.processes[one].kill().unwrap();
        self.processes[one].wait().unwrap();
        self.processes[one] = start(&self.store, SERVICES[one], None);
        died
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn start(store: &Path, service: &str, failpoint: Option<&str>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_checkout"));
    command.arg(service).arg("--store").arg(store).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(failpoint) = failpoint {
        command.env("CHOR_FAILPOINT", failpoint);
    }
    command.spawn().unwrap()
}

/// What the customer has heard: for each order, how often.
async fn hear(client: Client, heard: std::sync::Arc<std::sync::Mutex<HashMap<Uuid, u32>>>) {
    loop {
        let delivery = client.next().await.unwrap();
        let event = delivery.done().await.unwrap();
        *heard.lock().unwrap().entry(order(&event)).or_default() += 1;
    }
}

/// The events of each order in the log, sorted, with their ids.
fn log(store: &Path) -> BTreeMap<String, Vec<(String, String)>> {
    let file = rusqlite::Connection::open(store).unwrap();
    let mut rows = file.prepare("SELECT key, type, id FROM event").unwrap();
    let rows = rows
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .unwrap();
    let mut log: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
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
    let client = Client::new(&store);
    let heard = std::sync::Arc::default();
    let hearing = tokio::spawn(hear(client.clone(), std::sync::Arc::clone(&heard)));
    let seed = std::env::var("CHOR_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| fastrand::u64(..));
    println!("CHOR_SEED={seed}");
    let mut shop = Shop::open(&path, seed);

    let in_services = &FAILPOINTS[..5];
    let mut kills: Vec<Option<&str>> = in_services.iter().flat_map(|name| [Some(*name); 5]).collect();
    kills.extend([None; 30]);
    shop.random.shuffle(&mut kills);
    let mut died = BTreeMap::<&str, u32>::new();
    let mut placed = HashMap::new();
    for (round, kill) in kills.iter().enumerate() {
        let until = ORDERS * u32::try_from(round + 1).unwrap() / u32::try_from(kills.len()).unwrap();
        for number in u32::try_from(placed.len()).unwrap()..until {
            let order = goods::order(number, Uuid::new_v4());
            let id = EventId::random();
            client.place_order_with_id(id.clone(), &order).await.unwrap();
            // Sent again under its id, it is the same event.
            client.place_order_with_id(id, &order).await.unwrap();
            placed.insert(order.order, number);
        }
        let name = kill.unwrap_or("at random");
        let dead = tokio::task::block_in_place(|| {
            if let Some(failpoint) = kill {
                shop.kill_at(failpoint)
            } else {
                shop.kill_at_random();
                true
            }
        });
        *died.entry(name).or_default() += u32::from(dead);
    }
    quiet(&path).await;
    hearing.abort();

    println!("{} orders, killed: {died:?}", placed.len());
    assert!(in_services.iter().all(|name| died.get(name).is_some_and(|count| *count > 0)), "{died:?}");
    assert_eq!(placed.len(), ORDERS as usize);
    let log = log(&path);
    assert_eq!(log.len(), placed.len());
    assert_eq!(count(&path, "SELECT count(*) FROM journal"), 0, "something was refused");
    let open = "SELECT count(*) FROM instance WHERE NOT json_extract(progress, '$.finished')";
    assert_eq!(count(&path, open), 0, "somebody still waits");
    for (order, number) in &placed {
        let events: Vec<&str> = log[&order.to_string()].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(events, expected(goods::ending(*number)), "order {number}");
        assert_eq!(heard.lock().unwrap().get(order), Some(&1), "order {number}: what the customer heard");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_dies_places_no_order_twice_and_hears_all_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let _shop = Shop::open(&path, 0);
    for (failpoint, passing) in
        ["after_send", "before_done", "after_done"].iter().flat_map(|name| (1..4).map(move |n| (name, n)))
    {
        let mut customer = Command::new(env!("CARGO_BIN_EXE_checkout"));
        customer
            .args(["customer", "--orders", "4", "--store"])
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let dead = customer.env("CHOR_FAILPOINT", format!("{failpoint}:{passing}")).status().unwrap();
        assert!(!dead.success(), "{failpoint}:{passing} was not reached");
    }
    // What the dead have not heard waits for the next customer.
    let client = Client::new(&Store::sqlite(&path).unwrap());
    let hearing = tokio::spawn(hear(client, std::sync::Arc::default()));
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
