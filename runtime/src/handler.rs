//! What a service's own code sees: the event, its context, and how it answers.

mod context;
mod emissions;
mod error;
mod input;

use std::pin::Pin;
use std::sync::Arc;

use crate::envelope::{Heard, Listener, Name, Said, Subscription};
use crate::machine::Machine;

pub use context::Context;
pub use emissions::Emissions;
pub use error::{Answer, Fault, HandlerError};
pub use input::Input;

/// What a handler is doing, until it has answered.
pub type HandlerFuture<'a> = Pin<Box<dyn Future<Output = Result<Emissions, HandlerError>> + Send + 'a>>;

/// A service's methods, behind one door. Generated code implements it.
pub trait Handler: Send + Sync + 'static {
    /// Calls the method with this number.
    fn handle<'a>(&'a self, point: u32, input: Input<'a>) -> HandlerFuture<'a>;
}

/// A service, ready to be served by a runtime. Generated code makes it: `payment::service(MyPayment)`.
#[derive(Clone)]
pub struct Service {
    name: &'static str,
    machines: &'static [Machine],
    handler: Arc<dyn Handler>,
}

impl Service {
    /// The service `name`, which plays its part in each of these machines.
    #[doc(hidden)]
    pub fn new(name: &'static str, machines: &'static [Machine], handler: impl Handler) -> Self {
        Self { name, machines, handler: Arc::new(handler) }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The same service, its methods called through another door.
    #[cfg(feature = "metrics")]
    pub(crate) fn wrap(self, wrap: impl FnOnce(Arc<dyn Handler>) -> Arc<dyn Handler>) -> Self {
        Self { handler: wrap(self.handler), ..self }
    }

    pub(crate) fn machines(&self) -> &'static [Machine] {
        self.machines
    }

    /// The foreign events that it listens to: their types, former ones too, each with the choreography that listens.
    pub(crate) fn listeners(&self) -> Vec<Listener> {
        let rows = self.machines.iter().flat_map(|machine| {
            let hears = machine.states.iter().flat_map(|state| state.hears).filter(|hear| hear.foreign);
            hears
                .flat_map(|hear| machine.names(hear.event))
                .map(|event| (Name::from(event), Name::from(machine.choreography)))
        });
        let mut listeners: Vec<Listener> =
            rows.map(|(event, choreography)| Listener { event, choreography }).collect();
        listeners.sort();
        listeners.dedup();
        listeners
    }

    /// What it wants to hear.
    pub(crate) fn subscription(&self) -> Subscription {
        let listeners = self.listeners();
        Subscription { name: self.name.into(), external: false, hears: self.hears(), listeners }
    }

    /// The events of its own choreographies that it hears, under all names that they have had, those by which others take
    /// theirs back among them.
    fn hears(&self) -> Vec<Heard> {
        let rows = self.machines.iter().flat_map(|machine| {
            let heard = machine.states.iter().flat_map(|state| state.hears).filter(|hear| !hear.foreign);
            let heard = heard.map(|hear| (hear.event, hear.from, hear.unordered));
            let undone = machine.undone.iter().map(|undone| (undone.event, undone.from, false));
            heard.chain(undone).flat_map(move |(event, by, outside)| {
                machine.names(event).map(move |event| {
                    let said = Said { choreography: machine.choreography.into(), by: by.into() };
                    Heard { event: event.into(), said: Some(said), outside }
                })
            })
        });
        let mut hears: Vec<Heard> = rows.collect();
        hears.sort();
        hears.dedup();
        hears
    }

    pub(crate) fn handler(&self) -> &dyn Handler {
        &*self.handler
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({})", self.name)
    }
}
