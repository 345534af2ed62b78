//! Answers that were put off.

use std::fmt;
use std::sync::Arc;

use crate::envelope::{InstanceId, Key, KeyPart, short};
use crate::handler::{Emissions, HandlerError};
use crate::machine::{Machine, Next, Progress, Walk, held};
use crate::store::{Change, Step, Store, StoreError};

/// Hands in the answers that a service has put off, as generated code sees it. It need not be where the
/// service is served: any process that has the store may complete.
#[derive(Clone, Debug)]
pub struct Completer {
    store: Store,
    service: &'static str,
    machines: &'static [Machine],
}

/// Why an answer was not taken.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CompleteError {
    /// The instance does not wait for this answer: it was never asked, has been answered already, or was
    /// overtaken, by a deadline for example.
    NotAwaited(String),
    /// The answer is not what the choreography says, or the instance was set aside. It still waits.
    Refused(String),
    /// The store did not take it. The instance still waits.
    Store(StoreError),
}

impl Completer {
    /// Completes what `service` has put off in these machines.
    pub fn new(store: &Store, service: &'static str, machines: &'static [Machine]) -> Self {
        Self { store: store.clone(), service, machines }
    }

    /// Hands in the answer of the method `point`, once: a second one is an error. It is published when this
    /// returns.
    pub async fn complete(
        &self,
        choreography: &'static str,
        key: &[&dyn KeyPart],
        point: u32,
        answer: Emissions,
    ) -> Result<(), CompleteError> {
        let refused = |reason: String| CompleteError::Refused(reason);
        let key = Key::new(key).map_err(|invalid| refused(invalid.to_string()))?;
        let machine = self.machines.iter().find(|machine| machine.choreography == choreography);
        let machine =
            machine.ok_or_else(|| refused(format!("{} takes no part in {choreography}", self.service)))?;
        let instance = InstanceId { service: self.service.into(), choreography: choreography.into(), key };
        let answer = answer.into_vec();
        loop {
            let snapshot = self.store.snapshot(&instance).await?;
            let Some(progress) = snapshot.progress else { return Err(not_awaited(machine, &instance, None)) };
            if let Some(reason) = held(machine, &progress).or_else(|| progress.quarantine.clone()) {
                return Err(refused(format!("{} of {}: {reason}", self.service, instance.key)));
            }
            let walk = Walk::complete(machine, &progress, &instance.key, point, answer.clone());
            let mut walk = walk.ok_or_else(|| not_awaited(machine, &instance, Some(&progress)))?;
            let now = self.store.backend().now();
            let taken = match walk.next().map_err(refused)? {
                Next::Rest => walk.finish(now),
                // Whoever serves the service goes on.
                Next::Ask(_) => walk.leave_open(now),
            };
            let change = Change {
                instance: instance.clone(),
                expected: snapshot.revision,
                progress: Arc::new(taken.progress),
                was_due: progress.due(),
            };
            let step = Step { nudge: true, change: Some(change), emitted: taken.outgoing, ..Step::default() };
            if self.store.commit_one(step).await? {
                return Ok(());
            }
        }
    }
}

fn not_awaited(machine: &Machine, instance: &InstanceId, progress: Option<&Progress>) -> CompleteError {
    let (service, key, choreography) = (machine.participant, &instance.key, short(machine.choreography));
    let reason = match progress {
        None => format!("{service} has not heard of {key} in {choreography}"),
        Some(_) => format!(
            "{service} does not wait for this answer about {key} in {choreography}: it was given already, or \
             overtaken by a deadline, or never put off"
        ),
    };
    CompleteError::NotAwaited(reason)
}

impl fmt::Display for CompleteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAwaited(reason) | Self::Refused(reason) => f.write_str(reason),
            Self::Store(error) => write!(f, "the answer was not taken: {error}"),
        }
    }
}

impl std::error::Error for CompleteError {}

impl From<HandlerError> for CompleteError {
    fn from(error: HandlerError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<StoreError> for CompleteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
