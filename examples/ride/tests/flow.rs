//! The endings of a ride, in memory and in virtual time: whatever arrives first, and even if events come twice and
//! services die between their handler and the commit.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chor_runtime::harness::{Harness, Run};
use chor_runtime::{Answer, CompleteError, Context, Service, Store, Uuid};
use ride::dispatch::{Board, Centre};
use ride::drivers::{self, App};
use ride::stubs;
use ride::stubs::dispatch::{
    BiddingOpened, Dispatch, ExpireBiddingClosed, KnownExpireBiddingClosed, KnownOnRideBid, RideBid,
};
use ride::stubs::passenger::{Client, Heard, RequestRide};

const RIDE: Uuid = Uuid::from_u128(1);
const SEEDS: u64 = 50;
const ROUND: Duration = Duration::from_secs(1);

fn centre() -> Centre {
    Centre { fare: 10, highest: 20, board: Board::default() }
}

/// Both services, and the wish for a ride.
async fn request(seed: u64, dispatch: impl FnOnce(&Store) -> Service) -> Harness {
    let services = Harness::new().seed(seed).with_faults();
    let dispatch = dispatch(services.store());
    let mut services = services.serve(dispatch).serve(stubs::drivers::service(App));
    let wish = RequestRide { ride: RIDE, from: "Central Station".to_owned() };
    Client::new(services.store()).request_ride(&wish).await.unwrap();
    services.run().await.unwrap();
    services
}

/// With the dispatch centre of the example.
async fn open(seed: u64) -> Harness {
    request(seed, |_| stubs::dispatch::service(centre())).await
}

async fn bid(services: &mut Harness, driver: &str, minutes: u32) {
    drivers::bid(services.store(), RIDE, driver, minutes).await.unwrap();
    services.run().await.unwrap();
}

fn lines(run: &Run) -> Vec<String> {
    run.ended().unwrap();
    run.of(&RIDE.to_string())
}

async fn told(services: &Harness) -> Heard {
    Client::new(services.store()).next().await.unwrap().done().await.unwrap()
}

#[tokio::test]
async fn the_nearest_driver_is_taken() {
    for seed in 0..SEEDS {
        let mut services = open(seed).await;
        bid(&mut services, "Ada", 7).await;
        bid(&mut services, "Bo", 4).await;
        bid(&mut services, "Cleo", 5).await;
        let run = services.advance(ROUND).await.unwrap();
        let expected = [
            "Passenger -> Dispatch: RequestRide",
            "Dispatch -> Drivers: BiddingOpened",
            "Drivers -> Dispatch: RideBid",
            "Drivers -> Dispatch: RideBid",
            "Drivers -> Dispatch: RideBid",
            "Dispatch -> Drivers: BiddingClosed",
            "Dispatch -> Passenger, Drivers: RideAssigned",
        ];
        assert_eq!(lines(&run), expected);
        let Heard::RideAssigned(assigned) = told(&services).await else { panic!("nobody comes") };
        assert_eq!((assigned.driver.as_str(), assigned.minutes), ("Bo", 4));
    }
}

#[tokio::test]
async fn nobody_is_asked_twice_and_then_nobody_comes() {
    for seed in 0..SEEDS {
        let mut services = open(seed).await;
        let run = services.advance(ROUND * 2).await.unwrap();
        let expected = [
            "Passenger -> Dispatch: RequestRide",
            "Dispatch -> Drivers: BiddingOpened",
            "Dispatch -> Drivers: BiddingClosed",
            "Dispatch -> Drivers: FareRaised",
            "Dispatch -> Drivers: BiddingClosed",
            "Dispatch -> Passenger, Drivers: RideUnavailable",
        ];
        assert_eq!(lines(&run), expected);
        assert!(matches!(told(&services).await, Heard::RideUnavailable(_)));
    }
}

#[tokio::test]
async fn who_bids_for_the_better_fare_is_taken() {
    for seed in 0..SEEDS {
        let mut services = open(seed).await;
        services.advance(ROUND).await.unwrap();
        bid(&mut services, "Ada", 9).await;
        let run = services.advance(ROUND).await.unwrap();
        assert_eq!(lines(&run).last().unwrap(), "Dispatch -> Passenger, Drivers: RideAssigned");
        let Heard::RideAssigned(assigned) = told(&services).await else { panic!("nobody comes") };
        assert_eq!(assigned.driver, "Ada");
    }
}

#[tokio::test]
async fn nobody_may_bid_for_what_is_assigned() {
    let mut services = open(0).await;
    bid(&mut services, "Ada", 7).await;
    services.advance(ROUND).await.unwrap();
    let late = drivers::bid(services.store(), RIDE, "Bo", 1).await;
    assert!(matches!(late, Err(CompleteError::NotAwaited(_))), "{late:?}");
}

/// A dispatch centre whose first round ends while a bid is on its way.
struct Crossing {
    centre: Centre,
    store: Store,
    said: AtomicBool,
}

impl Dispatch for Crossing {
    async fn on_request_ride(
        &self,
        event: stubs::dispatch::RequestRide,
        cx: &Context,
    ) -> Answer<BiddingOpened> {
        self.centre.on_request_ride(event, cx).await
    }

    async fn on_ride_bid(&self, event: RideBid, known: KnownOnRideBid, cx: &Context) -> Answer<()> {
        self.centre.on_ride_bid(event, known, cx).await
    }

    async fn expire_bidding_closed(
        &self,
        known: KnownExpireBiddingClosed,
        cx: &Context,
    ) -> Answer<ExpireBiddingClosed> {
        // If this method is called again, the drivers have said it.
        if known.fare_raised.is_none() && !self.said.swap(true, Ordering::SeqCst) {
            drivers::bid(&self.store, RIDE, "Cleo", 1).await.unwrap();
        }
        self.centre.expire_bidding_closed(known, cx).await
    }
}

#[tokio::test]
async fn a_late_bid_of_one_round_is_no_bid_of_the_next() {
    for seed in 0..SEEDS {
        let crossing = |store: &Store| {
            let (store, said) = (store.clone(), AtomicBool::default());
            stubs::dispatch::service(Crossing { centre: centre(), store, said })
        };
        let mut services = request(seed, crossing).await;
        services.advance(ROUND).await.unwrap();
        bid(&mut services, "Ada", 9).await;
        let run = services.advance(ROUND).await.unwrap();
        let bids = lines(&run).iter().filter(|line| line.ends_with("RideBid")).count();
        assert_eq!(bids, 2, "{run}");
        let Heard::RideAssigned(assigned) = told(&services).await else { panic!("nobody comes") };
        assert_eq!(assigned.driver, "Ada", "seed {seed}: the late bid was taken\n{run}");
    }
}
