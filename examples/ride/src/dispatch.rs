//! Dispatch: collects bids until the time is up, and then takes the nearest driver or raises the fare.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chor_runtime::{Answer, Context, Uuid};

use crate::stubs::dispatch::{
    BiddingClosed, BiddingOpened, Dispatch, ExpireBiddingClosed, FareRaised, KnownExpireBiddingClosed,
    KnownOnRideBid, RequestRide, RideAssigned, RideBid, RideUnavailable,
};

/// A dispatch centre.
#[derive(Clone, Debug)]
pub struct Centre {
    /// What a driver is offered first.
    pub fare: u32,
    /// What a driver is offered at the most.
    pub highest: u32,
    /// The bids that were heard.
    pub board: Board,
}

/// The bids of each ride, the nearest driver first.
///
/// What a service knows of events in a loop is the last one; this stands for the table in which Dispatch keeps them
/// all. A bid that is entered again after a crash stands there once.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Mutex<BTreeMap<Uuid, BTreeSet<Bid>>>>);

/// How far away, and who.
type Bid = (u32, String);

impl Board {
    fn enter(&self, ride: Uuid, bid: Bid) {
        self.bids().entry(ride).or_default().insert(bid);
    }

    fn nearest(&self, ride: Uuid) -> Option<Bid> {
        self.bids().get(&ride)?.first().cloned()
    }

    fn bids(&self) -> MutexGuard<'_, BTreeMap<Uuid, BTreeSet<Bid>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dispatch for Centre {
    async fn on_request_ride(&self, event: RequestRide, _: &Context) -> Answer<BiddingOpened> {
        Ok(BiddingOpened { ride: event.ride, from: event.from, fare: self.fare })
    }

    async fn on_ride_bid(&self, event: RideBid, _: KnownOnRideBid, _: &Context) -> Answer<()> {
        self.board.enter(event.ride, (event.minutes, event.driver));
        Ok(())
    }

    async fn expire_bidding_closed(
        &self,
        known: KnownExpireBiddingClosed,
        _: &Context,
    ) -> Answer<ExpireBiddingClosed> {
        let ride = known.bidding_opened.ride;
        let fare = known.fare_raised.map_or(known.bidding_opened.fare, |raised| raised.fare);
        let then = match self.board.nearest(ride) {
            Some((minutes, driver)) => RideAssigned { ride, driver, minutes }.into(),
            None if fare < self.highest => {
                FareRaised { ride, fare: self.highest.min(fare.saturating_mul(2)) }.into()
            }
            None => RideUnavailable { ride }.into(),
        };
        Ok(ExpireBiddingClosed { bidding_closed: BiddingClosed { ride }, then })
    }
}
