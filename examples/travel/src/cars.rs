//! Cars: hands out keys, and takes them back.

use chor_runtime::{Answer, Context};

use crate::stock::Stock;
use crate::stubs::cars::{
    CarBooked, CarReturned, Cars, CarsOut, KnownOnTripBooked, KnownOnTripExpired, KnownOnTripFailed,
    OnTripPlanned, TripBooked, TripExpired, TripFailed, TripPlanned,
};

/// A car rental.
#[derive(Clone, Debug)]
pub struct Rental {
    /// Its cars.
    pub lot: Stock,
}

impl Cars for Rental {
    async fn on_trip_planned(&self, event: TripPlanned, _: &Context) -> Answer<OnTripPlanned> {
        let trip = event.trip;
        if !self.lot.hold(trip) {
            return Ok(CarsOut { trip }.into());
        }
        Ok(CarBooked { trip, plate: "28-TR-31".to_owned() }.into())
    }

    async fn undo_car_booked(&self, event: CarBooked, _: &Context) -> Answer<CarReturned> {
        self.lot.release(event.trip);
        Ok(CarReturned { trip: event.trip })
    }

    async fn on_trip_booked(&self, _: TripBooked, _: KnownOnTripBooked, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_trip_failed(&self, _: TripFailed, _: KnownOnTripFailed, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_trip_expired(&self, _: TripExpired, _: KnownOnTripExpired, _: &Context) -> Answer<()> {
        Ok(())
    }
}
