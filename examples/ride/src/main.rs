//! Three rides, of which one is bid for too late. Time is real here: a round takes a second.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chor_runtime::{CompleteError, Running, Runtime, Service, Store, Uuid};
use ride::dispatch::{Board, Centre};
use ride::drivers::{self, App};
use ride::screen::Screen;
use ride::stubs;
use ride::stubs::passenger::{Client, Heard, RequestRide};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let city = City { store: Store::memory(), screen: Arc::default() };
    let centre = Centre { fare: 10, highest: 20, board: Board::default() };
    let dispatch = city.start(stubs::dispatch::service(centre));
    let mut drivers = city.start(stubs::drivers::service(App));
    let mut driven = 0;

    println!("two drivers bid");
    let ride = city.request().await?;
    city.bid(ride, "Ada", 7).await?;
    city.bid(ride, "Bo", 4).await?;
    driven += city.ending(ride).await?;

    println!("\nthe drivers' app is away, and a bid of the first round is late");
    let ride = city.request().await?;
    city.screen.shows("Drivers", ride, "Dispatch -> Drivers: BiddingOpened").await;
    drivers.shutdown().await?;
    city.screen.shows("Dispatch", ride, "Dispatch -> Drivers: FareRaised").await;
    city.bid(ride, "Cleo", 1).await?;
    city.screen.shows("Dispatch", ride, "Drivers -> Dispatch: RideBid, too late").await;
    drivers = city.start(stubs::drivers::service(App));
    city.screen.shows("Drivers", ride, "Dispatch -> Drivers: FareRaised").await;
    city.bid(ride, "Ada", 9).await?;
    driven += city.ending(ride).await?;

    println!("\nnobody bids");
    let ride = city.request().await?;
    driven += city.ending(ride).await?;

    drivers.shutdown().await?;
    dispatch.shutdown().await?;
    println!("\n{driven} of 3 passengers were driven");
    Ok(())
}

/// What the services of a city have in common.
struct City {
    store: Store,
    screen: Arc<Screen>,
}

impl City {
    fn start(&self, service: Service) -> Running {
        let screen = Arc::clone(&self.screen);
        let runtime = Runtime::new(&self.store).serve(service);
        runtime.observe(move |happening| screen.happened(happening)).start()
    }

    async fn request(&self) -> Result<Uuid, Box<dyn Error>> {
        let ride = Uuid::new_v4();
        let from = "Central Station".to_owned();
        Client::new(&self.store).request_ride(&RequestRide { ride, from }).await?;
        Ok(ride)
    }

    /// A driver bids as soon as the service takes bids: it hears that bidding is open, or comes from the bid before.
    async fn bid(&self, ride: Uuid, driver: &str, minutes: u32) -> Result<(), CompleteError> {
        for _ in 0..50 {
            match drivers::bid(&self.store, ride, driver, minutes).await {
                Err(CompleteError::NotAwaited(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
                taken => return taken,
            }
        }
        println!("  {driver} may not bid any more");
        Ok(())
    }

    /// What the passenger hears in the end: how many are driven.
    async fn ending(&self, ride: Uuid) -> Result<u32, Box<dyn Error>> {
        let heard = Client::new(&self.store).next().await?.done().await?;
        // It may be heard before it stands on the screen.
        match heard {
            Heard::RideAssigned(event) => {
                self.screen.shows("Dispatch", ride, "Dispatch -> Passenger, Drivers: RideAssigned").await;
                println!("  {} comes in {} minutes", event.driver, event.minutes);
                Ok(1)
            }
            Heard::RideUnavailable(_) => {
                self.screen.shows("Dispatch", ride, "Dispatch -> Passenger, Drivers: RideUnavailable").await;
                println!("  nobody comes");
                Ok(0)
            }
        }
    }
}
