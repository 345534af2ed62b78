//! Answers that were put off.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::envelope::{InstanceId, Key, KeyPart, short};
use crate::handler::{Emissions, HandlerError};
use crate::machine::{Machine, Next, Progress, Walk, held};
use crate::store::{Change, Step, Store, StoreError};

/// So long whoever serves the service is waited for where it has a step to finish first, looked at this often.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

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
    /// The store did not say that it has taken it. It may have, if only its answer was lost: hand it in again, and see
    /// [`NotAwaited`](Self::NotAwaited) as taken then.
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
        let (answer, began) = (answer.into_vec(), Instant::now());
        loop {
            let snapshot = self.store.snapshot(&instance).await?;
            let Some(progress) = snapshot.progress else { return Err(not_awaited(machine, &instance, None)) };
            if let Some(reason) = held(machine, &progress).or_else(|| progress.quarantine.clone()) {
                return Err(refused(format!("{} of {}: {reason}", self.service, instance.key)));
            }
            if progress.open.is_some() {
                // Whoever serves the service has yet to go on with what came before. Only one step can be open.
                if began.elapsed() > PATIENCE {
                    return Err(refused(format!(
                        "{} has not gone on for {PATIENCE:?} with the answer that came before: is it served?",
                        self.service
                    )));
                }
                tokio::time::sleep(PAUSE).await;
                continue;
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
            Self::Store(error) => write!(f, "the answer may not have been taken: {error}"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Cause, Decision, Open, Place, Thread, ends};

    static BANK: Machine = Machine { participant: "Bank", hash: 7, states: &[ends(&[])], ..Machine::EMPTY };

    /// An answer that was put off, and a step that whoever serves the bank has still to go on with.
    #[tokio::test]
    async fn an_answer_waits_until_the_step_before_it_is_over() {
        let (store, instance) = (
            Store::memory(),
            InstanceId { service: "Bank".into(), choreography: "".into(), key: Key::from_text("o1") },
        );
        let thread = Thread { cause: Cause::Start, published: 0, asked: 1 };
        let decision = Decision { point: 1, from: 0, left: None, thread: thread.clone() };
        let place = Place { decision: Some(Box::new(decision)), ..Place::default() };
        let open = Some(Box::new(Open { thread, left: Vec::new() }));
        let stands = async |expected, open| {
            let progress = Arc::new(Progress { open, place: place.clone(), ..Progress::new(&BANK) });
            let change = Change { instance: instance.clone(), expected, progress, was_due: None };
            assert!(store.commit_one(Step { change: Some(change), ..Step::default() }).await.unwrap());
        };
        stands(0, open).await;
        let completer = Completer::new(&store, "Bank", std::slice::from_ref(&BANK));
        let completing = completer.complete("", &[&"o1"], 1, Emissions::new());
        let mut completing = std::pin::pin!(completing);
        let soon = tokio::time::timeout(Duration::from_millis(100), &mut completing).await;
        assert!(soon.is_err(), "the step that is open would be lost");
        stands(1, None).await;
        completing.await.unwrap();
    }
}
