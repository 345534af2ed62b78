use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::limit::Limit;
use crate::RetryPolicy;
use crate::envelope::{Delivery, Name};
use crate::handler::Service;
use crate::machine::{Machine, Progress};
use crate::observe::Observer;

/// A service as the workers of one runtime see it.
pub(super) struct Role {
    pub(super) service: Service,
    pub(super) retry: RetryPolicy,
    pub(super) observers: Vec<Observer>,
    /// `None`: all handlers may be called at once.
    pub(super) limit: Option<Limit>,
    /// Where instances stand before anything has happened; one for each machine.
    fresh: Vec<Arc<Progress>>,
    /// Choreographies that the service does not take part in, which has been said.
    foreign: Mutex<HashSet<Name>>,
}

impl Role {
    pub(super) fn new(
        service: Service,
        retry: RetryPolicy,
        most_calls: Option<usize>,
        observers: Vec<Observer>,
    ) -> Self {
        let fresh = service.machines().iter().map(|machine| Arc::new(Progress::new(machine))).collect();
        let limit = most_calls.map(Limit::new);
        Self { service, retry, observers, limit, fresh, foreign: Mutex::default() }
    }

    pub(super) fn name(&self) -> Name {
        self.service.name().into()
    }

    /// The number of the machine for a choreography.
    pub(super) fn machine_of(&self, choreography: &Name) -> Option<usize> {
        self.service.machines().iter().position(|machine| choreography == machine.choreography)
    }

    /// The machine of this number, and where an instance of it stands before anything has happened.
    pub(super) fn machine(&self, number: usize) -> Option<(&'static Machine, Arc<Progress>)> {
        Some((self.service.machines().get(number)?, Arc::clone(self.fresh.get(number)?)))
    }

    /// Says, once for each choreography, that its events wait for another version of the service.
    pub(super) fn say_foreign(&self, delivery: &Delivery) {
        let choreography = &delivery.event.choreography;
        let fresh = self.foreign.lock().unwrap_or_else(PoisonError::into_inner).insert(choreography.clone());
        if fresh {
            let service = self.service.name();
            tracing::warn!(service, %choreography, "this version of the service takes no part in the choreography; its events wait");
        }
    }
}
