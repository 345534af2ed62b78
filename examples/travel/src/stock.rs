//! What a firm has to offer: seats, rooms or cars.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chor_runtime::Uuid;

/// So many places, and the trips that hold one.
///
/// It stands for a firm's booking system. A method of a service may be called again after a crash, so both ways are
/// safe to repeat: a trip that holds a place holds one however often it asks.
#[derive(Clone, Debug)]
pub struct Stock {
    places: usize,
    held: Arc<Mutex<BTreeSet<Uuid>>>,
}

impl Stock {
    /// As many as this.
    pub fn of(places: usize) -> Self {
        Self { places, held: Arc::default() }
    }

    /// Holds a place for a trip, and says whether there was one.
    pub fn hold(&self, trip: Uuid) -> bool {
        let mut held = self.held();
        if held.len() == self.places && !held.contains(&trip) {
            return false;
        }
        held.insert(trip);
        true
    }

    /// Gives the place of a trip back.
    pub fn release(&self, trip: Uuid) {
        self.held().remove(&trip);
    }

    /// Whether the trip holds a place.
    pub fn holds(&self, trip: Uuid) -> bool {
        self.held().contains(&trip)
    }

    /// How many places are held.
    pub fn taken(&self) -> usize {
        self.held().len()
    }

    fn held(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
