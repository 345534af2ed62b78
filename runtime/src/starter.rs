//! Services that start instances by themselves.

use crate::error::SendError;
use crate::handler::Emissions;
use crate::machine::Machine;
use crate::store::Store;

/// Starts instances on behalf of one service, as generated code sees it.
#[derive(Clone, Debug)]
pub struct Starter {
    store: Store,
    service: &'static str,
    machines: &'static [Machine],
}

/// What came of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// The instance runs from now on.
    Started,
    /// There was one for this key already; nothing was published.
    AlreadyStarted,
}

impl Starter {
    /// Starts instances of these machines.
    pub fn new(store: &Store, service: &'static str, machines: &'static [Machine]) -> Self {
        Self { store: store.clone(), service, machines }
    }

    /// Starts an instance of `choreography` with its first events; at most once for a key.
    pub async fn start(&self, choreography: &'static str, first: Emissions) -> Result<Started, SendError> {
        let _ = (&self.store, self.machines, choreography, first.as_slice());
        Err(SendError::Refused(format!("{} cannot start instances yet", self.service)))
    }
}
