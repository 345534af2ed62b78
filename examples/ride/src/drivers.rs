//! Drivers: shows rides to drivers, who bid when they want to, if at all.

use chor_runtime::{Answer, CompleteError, Context, Store, Uuid};

use crate::stubs::drivers::{
    BiddingClosed, BiddingOpened, Completer, Drivers, FareRaised, KnownOnBiddingClosed, KnownOnFareRaised,
    KnownOnRideAssigned, KnownOnRideUnavailable, KnownRepeatBids, RideAssigned, RideBid, RideUnavailable,
};

/// The app that drivers carry.
#[derive(Clone, Debug, Default)]
pub struct App;

/// A driver has bid.
pub async fn bid(store: &Store, ride: Uuid, driver: &str, minutes: u32) -> Result<(), CompleteError> {
    let bid = RideBid { ride, driver: driver.to_owned(), minutes };
    Completer::new(store).complete_repeat_bids(&ride, &bid).await
}

impl Drivers for App {
    async fn repeat_bids(&self, _: KnownRepeatBids, cx: &Context) -> Answer<RideBid> {
        // The next bid is handed in by `bid`. After it there may be another, until bidding is closed.
        Err(cx.later())
    }

    async fn on_bidding_opened(&self, _: BiddingOpened, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_bidding_closed(&self, _: BiddingClosed, _: KnownOnBiddingClosed, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_fare_raised(&self, _: FareRaised, _: KnownOnFareRaised, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_ride_assigned(&self, _: RideAssigned, _: KnownOnRideAssigned, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_ride_unavailable(
        &self,
        _: RideUnavailable,
        _: KnownOnRideUnavailable,
        _: &Context,
    ) -> Answer<()> {
        Ok(())
    }
}
