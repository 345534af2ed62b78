//! Customers that die: they are processes of the example itself.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use checkout::goods;
use checkout::orders::Counter;
use checkout::shipping::Carrier;
use checkout::stubs;
use checkout::stubs::customer::Client;
use chor_runtime::{Runtime, Store, Uuid};

use crate::ledger::Ledger;
use crate::place::Place;
use crate::processes::{Start, signal};
use crate::reading;

/// Where a customer can die between two things.
pub(crate) const PLACES: &[&str] = &["after_send", "before_done", "after_done"];

/// The command that plays this part on this file.
fn command(part: &str, place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_checkout"));
    command.args([part, "--store", &place.address()]).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A process that is killed when this is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until nobody has anything to take.
async fn quiet(store: &Store) {
    let patience = Instant::now() + Duration::from_mins(1);
    while store.backlog().await.unwrap().iter().any(|behind| behind.events > 0) {
        assert!(Instant::now() < patience, "something is never taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_dies_places_no_order_twice_and_hears_all_the_others() {
    let place = Place::file();
    let store = place.store().await;
    let services = ["orders", "payment", "inventory", "shipping"];
    let _shop = services.map(|part| Killed(command(part, &place).spawn().unwrap()));
    for (failpoint, passing) in PLACES.iter().flat_map(|name| (1..4).map(move |n| (name, n))) {
        let mut customer = command("customer", &place);
        customer.args(["--orders", "4"]);
        let dead = customer.env("CHOR_FAILPOINT", format!("{failpoint}:{passing}")).status().unwrap();
        assert!(!dead.success(), "{failpoint}:{passing} was not reached");
    }
    // What the dead have not heard waits for the next customer.
    let client = Client::new(&store);
    let hearing = tokio::spawn(async move {
        loop {
            client.next().await.unwrap().done().await.unwrap();
        }
    });
    quiet(&store).await;
    hearing.abort();

    let log = place.log().await;
    // Whoever died after its n-th order had placed n; whoever died later had placed all four.
    assert_eq!(log.len(), 1 + 2 + 3 + 4 * 6);
    for (order, mut events) in log {
        events.sort();
        let is_of = |ending| {
            let mut expected = reading::events(ending).to_vec();
            expected.sort_unstable();
            events.iter().map(|(name, _)| name.as_str()).eq(expected)
        };
        assert!((0..4).map(goods::ending).any(is_of), "order {order}: {events:?}");
    }
}

/// Taken for dead while events are on their way to it, it has each of them twice when it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_taken_for_dead_hears_nothing_twice() {
    const ORDERS: usize = 200;
    let place = Place::nats();
    let store = place.store().await;
    let running = Runtime::new(&store)
        .serve(stubs::orders::service(Counter))
        .serve(stubs::payment::service(goods::bank()))
        .serve(stubs::inventory::service(goods::warehouse()))
        .serve(stubs::shipping::service(Carrier))
        .start();
    let ledger = place.folder().join("ledger");
    let log = place.folder().join("said");
    let start = Start { address: place.address(), ledger: ledger.clone(), log, thinks: 0, mutation: None };
    let customer = Killed(start.start("customer", None));
    let client = Client::new(&store);
    let heard = || Ledger::read(&ledger).heard;
    for number in 0..ORDERS {
        let order = goods::order(u32::try_from(number).unwrap(), Uuid::new_v4());
        client.place_order(&order).await.unwrap();
        if number == ORDERS / 2 {
            let patience = Instant::now() + Duration::from_mins(1);
            while heard().is_empty() {
                assert!(Instant::now() < patience, "the customer hears nothing");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            signal(&customer.0, "-STOP");
        }
    }
    // Longer than the ten seconds after which a delivery is given to another.
    tokio::time::sleep(Duration::from_secs(12)).await;
    signal(&customer.0, "-CONT");
    let patience = Instant::now() + Duration::from_mins(1);
    while heard().len() < ORDERS {
        assert!(Instant::now() < patience, "the customer has heard of {} orders", heard().len());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    running.shutdown().await.unwrap();
    let twice: Vec<_> = heard().into_iter().filter(|(_, times)| *times > 1).collect();
    assert_eq!(twice, []);
}
