//! Flights: books seats, and gives them back.

use chor_runtime::{Answer, Context};

use crate::stock::Stock;
use crate::stubs::flights::{
    FlightBooked, FlightFull, FlightReturned, Flights, KnownOnTripBooked, KnownOnTripExpired,
    KnownOnTripFailed, OnTripPlanned, TripBooked, TripExpired, TripFailed, TripPlanned,
};

/// An airline.
#[derive(Clone, Debug)]
pub struct Airline {
    /// Its seats.
    pub seats: Stock,
}

impl Flights for Airline {
    async fn on_trip_planned(&self, event: TripPlanned, cx: &Context) -> Answer<OnTripPlanned> {
        let trip = event.trip;
        if !self.seats.hold(trip) {
            return Ok(FlightFull { trip }.into());
        }
        Ok(FlightBooked { trip, locator: cx.idempotency_key() }.into())
    }

    async fn undo_flight_booked(&self, event: FlightBooked, _: &Context) -> Answer<FlightReturned> {
        self.seats.release(event.trip);
        Ok(FlightReturned { trip: event.trip })
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
