//! The endings of a trip, in memory and in virtual time: whatever arrives first, and even if events come twice and
//! services die between their handler and the commit.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use chor_runtime::harness::{Harness, Run};
use chor_runtime::{CompleteError, Uuid};
use travel::agency::Desk;
use travel::cars::Rental;
use travel::flights::Airline;
use travel::hotels::Broker;
use travel::stock::Stock;
use travel::stubs;
use travel::stubs::traveller::{Client, Heard, Part, PlanTrip};

const TRIP: Uuid = Uuid::from_u128(1);
const SEEDS: u64 = 50;
const MINUTE: Duration = Duration::from_mins(1);

/// The three firms, and what they have.
struct Firms {
    seats: Stock,
    rooms: Stock,
    lot: Stock,
}

impl Firms {
    fn with(seats: usize, rooms: usize, cars: usize) -> Self {
        Self { seats: Stock::of(seats), rooms: Stock::of(rooms), lot: Stock::of(cars) }
    }

    fn broker(&self) -> Broker {
        Broker { rooms: self.rooms.clone(), by_telephone: "Ericeira".to_owned() }
    }

    /// All services, and the wish for a trip to this city.
    async fn plan(&self, city: &str, seed: u64) -> Harness {
        let services = Harness::new()
            .serve(stubs::agency::service(Desk))
            .serve(stubs::flights::service(Airline { seats: self.seats.clone() }))
            .serve(stubs::hotels::service(self.broker()))
            .serve(stubs::cars::service(Rental { lot: self.lot.clone() }))
            .seed(seed)
            .with_faults();
        let trip = PlanTrip { trip: TRIP, city: city.to_owned(), nights: 3 };
        Client::new(services.store()).plan_trip(&trip).await.unwrap();
        services
    }

    /// How many flights, rooms and cars are held.
    fn held(&self) -> (usize, usize, usize) {
        (self.seats.taken(), self.rooms.taken(), self.lot.taken())
    }
}

async fn told(services: &Harness) -> Heard {
    Client::new(services.store()).next().await.unwrap().done().await.unwrap()
}

fn lines(run: &Run) -> Vec<String> {
    run.ended().unwrap();
    run.of(&TRIP.to_string())
}

#[tokio::test]
async fn what_all_have_is_booked() {
    for seed in 0..SEEDS {
        let firms = Firms::with(1, 1, 1);
        let mut services = firms.plan("Lisbon", seed).await;
        let run = services.run().await.unwrap();
        assert_eq!(
            lines(&run),
            [
                "Traveller -> Agency: PlanTrip",
                "Agency -> Flights, Hotels, Cars: TripPlanned",
                "Cars -> Agency: CarBooked",
                "Flights -> Agency: FlightBooked",
                "Hotels -> Agency: RoomBooked",
                "Agency -> Traveller, Flights, Hotels, Cars: TripBooked",
            ]
        );
        let Heard::TripBooked(booked) = told(&services).await else { panic!("it is not booked") };
        assert_eq!(booked.hotel, "Grand Hotel Lisbon");
        assert_eq!(firms.held(), (1, 1, 1));
        // The deadline is off.
        assert_eq!(lines(&services.advance(60 * MINUTE).await.unwrap()), lines(&run));
    }
}

#[tokio::test]
async fn what_one_has_not_all_take_back() {
    for seed in 0..SEEDS {
        let firms = Firms::with(1, 1, 0);
        let mut services = firms.plan("Lisbon", seed).await;
        assert_eq!(
            lines(&services.run().await.unwrap()),
            [
                "Traveller -> Agency: PlanTrip",
                "Agency -> Flights, Hotels, Cars: TripPlanned",
                "Cars -> Agency: CarsOut",
                "Flights -> Agency: FlightBooked",
                "Hotels -> Agency: RoomBooked",
                "Agency -> Traveller, Flights, Hotels, Cars: TripFailed",
                "Flights -> Agency: FlightReturned",
                "Hotels -> Agency: RoomReturned",
            ]
        );
        let Heard::TripFailed(failed) = told(&services).await else { panic!("it has not failed") };
        assert_eq!(failed.missing, [Part::Car]);
        assert_eq!(firms.held(), (0, 0, 0));
    }
}

#[tokio::test]
async fn what_nobody_has_needs_no_taking_back() {
    let firms = Firms::with(0, 0, 0);
    let mut services = firms.plan("Lisbon", 0).await;
    let lines = lines(&services.run().await.unwrap());
    assert_eq!(lines.last().unwrap(), "Agency -> Traveller, Flights, Hotels, Cars: TripFailed");
    let Heard::TripFailed(failed) = told(&services).await else { panic!("it has not failed") };
    assert_eq!(failed.missing, [Part::Flight, Part::Room, Part::Car]);
}

#[tokio::test]
async fn who_calls_back_in_time_is_waited_for() {
    for seed in 0..SEEDS {
        let firms = Firms::with(1, 1, 1);
        let mut services = firms.plan("Ericeira", seed).await;
        services.advance(29 * MINUTE).await.unwrap();
        firms.broker().called_back(TRIP, services.store()).await.unwrap();
        let run = services.advance(60 * MINUTE).await.unwrap();
        assert_eq!(lines(&run).last().unwrap(), "Agency -> Traveller, Flights, Hotels, Cars: TripBooked");
        assert_eq!(firms.held(), (1, 1, 1));
    }
}

#[tokio::test]
async fn who_does_not_call_back_in_time_is_not_waited_for() {
    for seed in 0..SEEDS {
        let firms = Firms::with(1, 1, 1);
        let mut services = firms.plan("Ericeira", seed).await;
        assert_eq!(
            lines(&services.advance(30 * MINUTE).await.unwrap()),
            [
                "Traveller -> Agency: PlanTrip",
                "Agency -> Flights, Hotels, Cars: TripPlanned",
                "Cars -> Agency: CarBooked",
                "Flights -> Agency: FlightBooked",
                "Agency -> Traveller, Flights, Hotels, Cars: TripExpired",
                "Cars -> Agency: CarReturned",
                "Flights -> Agency: FlightReturned",
            ]
        );
        assert!(matches!(told(&services).await, Heard::TripExpired(_)));
        let late = firms.broker().called_back(TRIP, services.store()).await;
        assert!(matches!(late, Err(CompleteError::NotAwaited(_))), "{late:?}");
        services.run().await.unwrap().ended().unwrap();
        assert_eq!(firms.held(), (0, 0, 0));
    }
}
