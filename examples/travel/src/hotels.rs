//! Hotels: books rooms, some of them by telephone, and gives them back.

use chor_runtime::{Answer, CompleteError, Context, Store, Uuid};

use crate::stock::Stock;
use crate::stubs::hotels::{
    Completer, HotelFull, Hotels, KnownOnTripBooked, KnownOnTripExpired, KnownOnTripFailed, OnTripPlanned,
    RoomBooked, RoomReturned, TripBooked, TripExpired, TripFailed, TripPlanned,
};

/// A broker of rooms.
#[derive(Clone, Debug)]
pub struct Broker {
    /// Its rooms.
    pub rooms: Stock,
    /// Where there is but one hotel, which says that it will call back.
    pub by_telephone: String,
}

impl Broker {
    /// The hotel has called back and has a room, if it is not too late.
    pub async fn called_back(&self, trip: Uuid, store: &Store) -> Result<(), CompleteError> {
        let answer = self.book(trip, &self.by_telephone);
        let taken = Completer::new(store).complete_trip_planned(&trip, &answer).await;
        if let Err(CompleteError::NotAwaited(_)) = taken {
            self.rooms.release(trip);
        }
        taken
    }

    fn book(&self, trip: Uuid, city: &str) -> OnTripPlanned {
        if !self.rooms.hold(trip) {
            return HotelFull { trip }.into();
        }
        RoomBooked { trip, hotel: format!("Grand Hotel {city}") }.into()
    }
}

impl Hotels for Broker {
    async fn on_trip_planned(&self, event: TripPlanned, cx: &Context) -> Answer<OnTripPlanned> {
        if event.city == self.by_telephone {
            // The answer is handed in by `called_back`, today or never.
            return Err(cx.later());
        }
        Ok(self.book(event.trip, &event.city))
    }

    async fn undo_room_booked(&self, event: RoomBooked, _: &Context) -> Answer<RoomReturned> {
        self.rooms.release(event.trip);
        Ok(RoomReturned { trip: event.trip })
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
