//! Services that start instances by themselves.

use std::sync::Arc;

use crate::envelope::{InstanceId, Key};
use crate::error::SendError;
use crate::handler::Emissions;
use crate::machine::{Machine, Next, Progress, Walk};
use crate::store::{Change, Step, Store};

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
        let service = self.service;
        let machine = self.machines.iter().find(|machine| machine.choreography == choreography);
        let (Some(machine), Some(emission)) = (machine, first.first()) else {
            return Err(SendError::Refused(format!("{service} does not start {choreography}")));
        };
        let key = Key::from_text(&emission.key);
        let instance = InstanceId { service: service.into(), choreography: choreography.into(), key };
        loop {
            let now = self.store.backend().now();
            let snapshot = self.store.snapshot(&instance).await?;
            let stands = snapshot.progress.unwrap_or_else(|| Arc::new(Progress::new(machine)));
            if stands.begun() {
                return Ok(Started::AlreadyStarted);
            }
            let mut walk = Walk::start(machine, &stands, &instance.key, first.clone().into_vec());
            let taken = match walk.next().map_err(SendError::Refused)? {
                Next::Rest => walk.finish(now),
                // Its own handler has to go on: whoever starts it is not always the one that serves it.
                Next::Ask(_) => walk.leave_open(now),
            };
            let progress = Arc::new(taken.progress);
            let (expected, was_due) = (snapshot.revision, stands.due());
            let change = Change { instance: instance.clone(), expected, progress, was_due };
            let step = Step {
                // What had come before the start may be takeable now.
                nudge: !change.progress.parked.is_empty(),
                change: Some(change),
                emitted: taken.outgoing,
                ..Step::default()
            };
            if self.store.commit_one(step).await? {
                return Ok(Started::Started);
            }
        }
    }
}
