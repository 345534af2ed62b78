//! Agency: asks the three firms, and says how the trip ends.

use chor_runtime::{Answer, Context};

use crate::stubs::agency::{
    Agency, CarBookedOrCarsOut, CarReturned, FlightBookedOrFlightFull, FlightReturned,
    KnownExpireTripExpired, KnownOnAnswered, OnAnswered, Part, PlanTrip, RoomBookedOrHotelFull, RoomReturned,
    TripBooked, TripExpired, TripFailed, TripPlanned,
};

/// A travel agency that wants all parts of a trip, or none.
#[derive(Clone, Debug, Default)]
pub struct Desk;

impl Agency for Desk {
    async fn on_plan_trip(&self, event: PlanTrip, _: &Context) -> Answer<TripPlanned> {
        Ok(TripPlanned { trip: event.trip, city: event.city, nights: event.nights })
    }

    async fn on_answered(
        &self,
        flight: FlightBookedOrFlightFull,
        room: RoomBookedOrHotelFull,
        car: CarBookedOrCarsOut,
        known: KnownOnAnswered,
        _: &Context,
    ) -> Answer<OnAnswered> {
        use CarBookedOrCarsOut::{CarBooked, CarsOut};
        use FlightBookedOrFlightFull::{FlightBooked, FlightFull};
        use RoomBookedOrHotelFull::{HotelFull, RoomBooked};

        let trip = known.plan_trip.trip;
        if let (FlightBooked(flight), RoomBooked(room), CarBooked(car)) = (&flight, &room, &car) {
            let locator = flight.locator.clone();
            let (hotel, plate) = (room.hotel.clone(), car.plate.clone());
            return Ok(TripBooked { trip, locator, hotel, plate }.into());
        }
        let parts = [
            (Part::Flight, matches!(flight, FlightFull(_))),
            (Part::Room, matches!(room, HotelFull(_))),
            (Part::Car, matches!(car, CarsOut(_))),
        ];
        let missing = parts.into_iter().filter_map(|(part, missing)| missing.then_some(part)).collect();
        Ok(TripFailed { trip, missing }.into())
    }

    async fn expire_trip_expired(&self, known: KnownExpireTripExpired, _: &Context) -> Answer<TripExpired> {
        Ok(TripExpired { trip: known.plan_trip.trip })
    }

    async fn on_flight_returned(&self, _: FlightReturned, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_room_returned(&self, _: RoomReturned, _: &Context) -> Answer<()> {
        Ok(())
    }

    async fn on_car_returned(&self, _: CarReturned, _: &Context) -> Answer<()> {
        Ok(())
    }
}
