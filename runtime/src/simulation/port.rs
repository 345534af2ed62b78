//! The store and the network as one process sees them: what it asks may be slow, be done and not be answered, or be cut in
//! two by its death.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::try_join_all;
use tokio::sync::Notify;

use super::world::{Kind, Shared};
use crate::envelope::{Delivery, InstanceId, Name, Subscription};
use crate::machine::{Machine, Progress};
use crate::mutation::{self, Mutation};
use crate::store::{
    Backend, Backlog, Change, Found, Loaded, Outcome, Pending, Pruned, Record, Step, StoreError, Which,
};
use crate::transport::{Mail, Mailbox};

/// Whether a process lives. Once it is dead, nothing of it goes on.
pub(super) struct Fate {
    pub(super) dead: AtomicBool,
    pub(super) died: Notify,
    /// It stands still, or nothing reaches it, as long as this is so.
    frozen: AtomicBool,
    thawed: Notify,
}

impl Fate {
    pub(super) fn new() -> Arc<Self> {
        let [dead, frozen] = [AtomicBool::new(false), AtomicBool::new(false)];
        Arc::new(Self { dead, died: Notify::new(), frozen, thawed: Notify::new() })
    }

    pub(super) fn freeze(&self) {
        self.frozen.store(true, Ordering::SeqCst);
    }

    pub(super) fn thaw(&self) {
        self.frozen.store(false, Ordering::SeqCst);
        self.thawed.notify_waiters();
    }

    pub(super) fn die(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.died.notify_one();
    }

    /// Returns when the process may go on; never, if it is dead.
    pub(super) async fn lives(&self) {
        while self.frozen.load(Ordering::SeqCst) {
            self.thawed.notified().await;
        }
        if self.dead.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }

    /// The process passes a place at which it may die.
    pub(super) async fn passes(&self, shared: &Shared, place: &'static str) {
        self.lives().await;
        let dies = {
            let mut world = shared.world();
            let dies = world.chance(150);
            if dies {
                world.count(place);
                world.tell(|| format!("a process dies {place}"));
            }
            dies
        };
        if dies {
            self.die();
            std::future::pending::<()>().await;
        }
    }
}

/// A process's way to the world.
#[derive(Clone)]
pub(super) struct Port {
    pub(super) shared: Shared,
    pub(super) process: usize,
    pub(super) fate: Arc<Fate>,
}

fn away(what: &str) -> StoreError {
    StoreError::new(format!("the store is away: {what}"))
}

impl Port {
    fn ask<T: Send + 'static, F>(&self, question: impl FnOnce(Self) -> F) -> Pending<T>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        Box::pin(question(self.clone()))
    }

    async fn network(&self) {
        self.fate.lives().await;
        self.shared.passes(5).await;
        self.fate.lives().await;
    }

    /// Once in a while the store fails, and the process ends by that.
    fn fails(&self, what: &'static str) -> Result<(), StoreError> {
        let mut world = self.shared.world();
        if world.chance(400) {
            world.count(what);
            world.tell(|| format!("the store is away, {what}"));
            // How its workers would end is not always the same: in which order they are told is left to chance.
            self.fate.die();
            return Err(away(what));
        }
        Ok(())
    }

    async fn commit_all(self, steps: Vec<Step>) -> Result<Vec<Outcome>, StoreError> {
        self.fate.passes(&self.shared, "before_commit").await;
        self.network().await;
        self.fails("before anything is written")?;
        let kind = self.shared.world().kind;
        let outcomes = match kind {
            Kind::Whole => steps.into_iter().map(|step| self.write_whole(&step)).collect(),
            Kind::Split => try_join_all(steps.into_iter().map(|step| self.write(step))).await?,
        };
        self.fails("after all is written")?;
        self.network().await;
        self.fate.passes(&self.shared, "after_commit").await;
        Ok(outcomes)
    }

    /// All of a step at once.
    fn write_whole(&self, step: &Step) -> Outcome {
        let mut outcome = Outcome::Written(0);
        {
            let mut world = self.shared.world();
            if let Some(change) = &step.change {
                outcome = world.change(change, Vec::new(), Vec::new());
                if outcome == Outcome::Conflict {
                    return outcome;
                }
                world.wakes.insert(change.instance.clone(), change.expected);
            }
            if let Some((subscriber, handle)) = &step.consumed
                && !world.take(subscriber, *handle)
                && step.change.is_none()
            {
                return Outcome::Conflict;
            }
            step.records.iter().for_each(|record| world.note(record.clone()));
        }
        if self.publish_all(step) { outcome } else { Outcome::Conflict }
    }

    /// Says whether what must be new was.
    fn publish_all(&self, step: &Step) -> bool {
        let new = step.emitted.iter().filter(|outgoing| self.shared.publish(outgoing)).count();
        if let Some(change) = step.change.as_ref().filter(|_| step.nudge) {
            self.nudge(&change.instance);
        }
        !step.once || new > 0
    }

    fn nudge(&self, instance: &InstanceId) {
        self.shared.world().put(&instance.service, Mail::Nudge(instance.clone()));
    }

    /// A step one thing after the other, and death between any two of them.
    async fn write(&self, step: Step) -> Result<Outcome, StoreError> {
        let outcome = if let Some(change) = &step.change {
            self.write_change(change, &step).await?
        } else {
            let new = self.publish_all(&step);
            step.records.iter().for_each(|record| self.shared.world().note(record.clone()));
            if new { Outcome::Written(0) } else { Outcome::Conflict }
        };
        if let (Some((subscriber, handle)), Outcome::Written(_)) = (&step.consumed, &outcome) {
            self.fate.passes(&self.shared, "before_ack").await;
            self.acknowledge(subscriber, *handle);
        }
        Ok(outcome)
    }

    async fn write_change(&self, change: &Change, step: &Step) -> Result<Outcome, StoreError> {
        // What was heard comes again until it is acknowledged; where nothing was, something else must lead here.
        let (unasked, waits) = (step.consumed.is_none(), !change.progress.parked.is_empty());
        if unasked || waits || step.nudge || change.progress.due().is_some() {
            self.shared.world().wakes.insert(change.instance.clone(), change.expected);
        }
        self.fate.passes(&self.shared, "after_wakes").await;
        self.network().await;
        let outcome = self.shared.world().change(change, step.emitted.clone(), step.records.clone());
        if outcome == Outcome::Conflict {
            return Ok(outcome);
        }
        if let Some((subscriber, handle)) = &step.consumed
            && mutation::on(Mutation::AcknowledgeFirst)
        {
            self.acknowledge(subscriber, *handle);
        }
        self.fate.passes(&self.shared, "after_state").await;
        for outgoing in &step.emitted {
            self.network().await;
            self.fails("while a step is published")?;
            self.shared.publish(outgoing);
            self.fate.passes(&self.shared, "while_publishing").await;
        }
        self.shared.settle(&change.instance);
        // What is kept with the instance need not come again.
        for delivery in &change.progress.parked {
            self.acknowledge(&delivery.taker(&change.instance.service), delivery.handle);
        }
        if step.nudge {
            self.nudge(&change.instance);
        }
        Ok(outcome)
    }

    /// Lost, the delivery comes again.
    fn acknowledge(&self, subscriber: &Name, handle: u64) {
        let mut world = self.shared.world();
        if world.chance(10) {
            world.count("acknowledgments lost");
        } else {
            world.take(subscriber, handle);
        }
    }
}

impl Backend for Port {
    fn together(&self) -> usize {
        match self.shared.world().kind {
            Kind::Whole => usize::MAX,
            Kind::Split => 1,
        }
    }

    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        self.ask(|port| port.commit_all(steps))
    }

    /// It comes again.
    fn hold(&self, _subscriber: &Name, _delivery: Delivery) {}

    fn parked(&self, subscriber: &Name, delivery: &Delivery) {
        let kind = self.shared.world().kind;
        if kind == Kind::Split {
            self.acknowledge(&delivery.taker(subscriber), delivery.handle);
        }
    }

    fn load(&self, instances: Vec<InstanceId>) -> Pending<Vec<Loaded>> {
        self.ask(async move |port: Self| {
            port.network().await;
            port.fails("when it is read")?;
            let read = |instance: &InstanceId| {
                port.shared.flush(instance);
                let world = port.shared.world();
                world.instances.get(instance).map(|kept| kept.snapshot.clone()).unwrap_or_default()
            };
            let read: Vec<Loaded> = instances.iter().map(|it| Ok(read(it))).collect();
            port.network().await;
            Ok(read)
        })
    }

    fn quarantined(&self, _of: Option<Name>) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn journal(&self, _which: Which, _most: usize) -> Pending<Vec<(i64, Record)>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn survey(&self, _which: Which, _most: usize) -> Pending<Found> {
        Box::pin(ready(Ok(Found::default())))
    }

    fn backlog(&self) -> Pending<Vec<Backlog>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn prune(&self, _before: i64, _remove: bool) -> Pending<Pruned> {
        Box::pin(ready(Ok(Pruned::default())))
    }

    fn keep_legends(&self, _service: &Name, _machines: &'static [Machine]) -> Pending<()> {
        Box::pin(ready(Ok(())))
    }

    fn subscribe(&self, subscription: Subscription) -> Pending<Arc<Mailbox>> {
        self.ask(async move |port: Self| {
            port.network().await;
            let mailbox = port.shared.world().subscribe(port.process, subscription);
            Ok(mailbox)
        })
    }

    fn now(&self) -> i64 {
        self.shared.world().now()
    }
}
