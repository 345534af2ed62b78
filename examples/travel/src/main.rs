//! Plans four trips, with all services in this process and a clock that waits for nobody.

use std::error::Error;
use std::time::Duration;

use chor_runtime::Uuid;
use chor_runtime::harness::{Harness, Run};
use travel::agency::Desk;
use travel::cars::Rental;
use travel::flights::Airline;
use travel::hotels::Broker;
use travel::stock::Stock;
use travel::stubs;
use travel::stubs::traveller::{Client, Heard, PlanTrip};

/// Where the only hotel is reached by telephone.
const BY_TELEPHONE: &str = "Ericeira";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (seats, rooms, lot) = (Stock::of(9), Stock::of(9), Stock::of(2));
    let broker = Broker { rooms: rooms.clone(), by_telephone: BY_TELEPHONE.to_owned() };
    let mut services = Harness::new()
        .serve(stubs::agency::service(Desk))
        .serve(stubs::flights::service(Airline { seats: seats.clone() }))
        .serve(stubs::hotels::service(broker.clone()))
        .serve(stubs::cars::service(Rental { lot: lot.clone() }));
    let traveller = Client::new(services.store());
    let mut booked = 0;
    // Where to, and after how many minutes the hotel calls back, if it is one that does.
    let trips = [("Lisbon", None), (BY_TELEPHONE, Some(40)), (BY_TELEPHONE, Some(10)), ("Porto", None)];
    for (number, (city, calls_back)) in (1..).zip(trips) {
        println!("\ntrip {number}: {city}");
        let trip = Uuid::new_v4();
        traveller.plan_trip(&PlanTrip { trip, city: city.to_owned(), nights: 3 }).await?;
        let mut shown = show(&services.run().await?, trip, 0);
        if let Some(minutes) = calls_back {
            shown = show(&services.advance(Duration::from_mins(minutes)).await?, trip, shown);
            let taken = broker.called_back(trip, services.store()).await;
            println!(
                "  after {minutes} minutes the hotel calls back{}",
                if taken.is_ok() { "" } else { ", too late" }
            );
        }
        show(&services.run().await?, trip, shown);
        let heard = traveller.next().await?.done().await?;
        booked += u32::from(matches!(heard, Heard::TripBooked(_)));
        println!("  {}", told(&heard));
    }
    let (seats, rooms, lot) = (seats.taken(), rooms.taken(), lot.taken());
    println!("\n{booked} of 4 trips are booked; held are {seats} flights, {rooms} rooms and {lot} cars");
    Ok(())
}

/// Prints what was published for a trip, but for what was shown before. Says how much that is by now.
fn show(run: &Run, trip: Uuid, shown: usize) -> usize {
    let lines = run.of(&trip.to_string());
    for line in lines.iter().skip(shown) {
        println!("    {line}");
    }
    lines.len()
}

/// What the traveller is told, in words.
fn told(heard: &Heard) -> String {
    match heard {
        Heard::TripBooked(event) => format!("booked: {}, car {}", event.hotel, event.plate),
        Heard::TripFailed(event) => format!("called off, for want of: {:?}", event.missing),
        Heard::TripExpired(_) => "called off: somebody did not answer in time".to_owned(),
    }
}
