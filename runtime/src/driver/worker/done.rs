//! What has come of what a worker has started, and how it goes on from there.

use super::Worker;
use crate::driver::outbox::Receipt;
use crate::driver::slot::{Current, Doing};
use crate::driver::slots::SlotNumber;
use crate::driver::turn::Standing;
use crate::failpoint;
use crate::handler::{Emissions, Fault, HandlerError};
use crate::observe::{self, Happened};
use crate::store::{Loaded, Outcome, Snapshot, StoreError};

/// What has come of something that was started.
pub(super) enum Done {
    Loaded(Vec<SlotNumber>, Result<Vec<Loaded>, StoreError>),
    /// `None`: it was not asked, since that is not wanted any more.
    Answered(SlotNumber, u64, Option<Result<Emissions, HandlerError>>),
    Rested(SlotNumber, u64),
    Written(Vec<Receipt>, Result<Vec<Outcome>, StoreError>),
}

impl Worker {
    /// Deals with all that has been done; says whether there was anything.
    pub(super) fn conclude(&mut self) -> Result<bool, StoreError> {
        let came = !self.done.is_empty();
        let mut all = std::mem::replace(&mut self.done, std::mem::take(&mut self.spare));
        for done in all.drain(..) {
            match done {
                Done::Loaded(numbers, snapshots) => self.loaded(numbers, snapshots?),
                Done::Answered(number, ticket, answer) => self.answered(number, ticket, answer),
                Done::Rested(number, ticket) => self.rested(number, ticket),
                Done::Written(receipts, outcomes) => self.written(receipts, outcomes?),
            }
        }
        self.spare = all;
        Ok(came)
    }

    fn loaded(&mut self, numbers: Vec<SlotNumber>, all: Vec<Loaded>) {
        for (number, loaded) in numbers.into_iter().zip(all) {
            let Some(slot) = self.slots.get_mut(number) else { continue };
            slot.doing = Doing::Nothing;
            match loaded {
                Ok(snapshot) => {
                    slot.stands(snapshot);
                    self.ready.push_back(number);
                }
                Err(error) => self.leave(number, &error.to_string()),
            }
        }
    }

    fn answered(&mut self, number: SlotNumber, ticket: u64, answer: Option<Result<Emissions, HandlerError>>) {
        let Some(slot) = self.slots.asking(number, ticket) else { return };
        self.busy -= 1;
        slot.doing = Doing::Nothing;
        let Some(answer) = answer else { return };
        let (Some(current), Some(snapshot)) = (&mut slot.current, &slot.snapshot) else { return };
        let attempt = current.attempt;
        if let Err(error) = &answer
            && error.fault() == Fault::Transient
            && self.role.retry.attempts > attempt
        {
            self.rest(number, attempt, error);
            return;
        }
        let Some((walk, _)) = current.step.take() else { return };
        let standing = Standing::new(slot.machine, snapshot, &slot.fresh);
        let onward = standing.answered(walk, &current.delivery, answer, attempt, self.now);
        self.go_on(number, onward);
    }

    /// Waits before the handler is asked again. A worker that stops does not: the event comes again.
    fn rest(&mut self, number: SlotNumber, attempt: u32, error: &HandlerError) {
        if self.stopping {
            return;
        }
        let Some(slot) = self.slots.get_mut(number) else { return };
        let Some(ticket) = slot.ticket else { return };
        let wait = self.role.retry.wait(attempt, fastrand::f64());
        let (choreography, service, key) = (slot.machine.choreography, self.role.service.name(), &slot.id.1);
        let event = slot.current.as_ref().map(|current| current.delivery.event.name.short());
        tracing::warn!(choreography, %key, service, event, attempt, ?wait, reason = %error, "handler failed, will be asked again");
        slot.doing = Doing::Resting;
        self.begin(Box::pin(async move {
            tokio::time::sleep(wait).await;
            Done::Rested(number, ticket)
        }));
    }

    fn rested(&mut self, number: SlotNumber, ticket: u64) {
        let Some(slot) = self.slots.asking(number, ticket) else { return };
        slot.doing = Doing::Nothing;
        if !self.stopping {
            self.ask(number);
        }
    }

    fn written(&mut self, receipts: Vec<Receipt>, outcomes: Vec<Outcome>) {
        failpoint::pass("after_commit");
        for (receipt, outcome) in receipts.into_iter().zip(outcomes) {
            if outcome.is_written() {
                self.tell(&receipt);
            }
            let Some(number) = receipt.slot else { continue };
            self.busy -= 1;
            let Some(slot) = self.slots.get_mut(number) else { continue };
            slot.doing = Doing::Nothing;
            let current = slot.current.take();
            match outcome {
                Outcome::Written(revision) => {
                    slot.stands(Snapshot { revision, progress: receipt.progress });
                    self.holding -= usize::from(current.is_some_and(|current| !current.parked));
                }
                // Someone else was faster: read where the instance stands, and look at the event again.
                Outcome::Conflict => {
                    slot.unread();
                    if let Some(current) = current.filter(|current| !current.parked) {
                        slot.queue.push_front(current.delivery);
                    }
                }
                Outcome::Refused(reason) => {
                    self.refused(number, &receipt, current, &reason);
                    continue;
                }
            }
            let due = slot.due().is_some_and(|due| due <= self.now);
            if slot.idle() && !due && slot.snapshot.is_some() {
                self.forget(number);
            } else {
                self.ready.push_back(number);
            }
        }
    }

    /// The store will never take the step: the instance is set aside instead. If it does not take that either, the event is
    /// left to whoever has a store that does.
    fn refused(&mut self, number: SlotNumber, receipt: &Receipt, current: Option<Current>, reason: &str) {
        let again = matches!(receipt.happened, Happened::Quarantined(_));
        let Some(slot) = self.slots.get_mut(number) else { return };
        if let Some(standing) = slot.standing().filter(|_| !again) {
            let write = standing.quarantine(&receipt.heard, reason);
            slot.current = current;
            self.write(number, write);
        } else if let Some(current) = current.filter(|current| !current.parked) {
            self.hold(number, current.delivery, reason);
            self.ready.push_back(number);
        } else {
            self.say_held(number, &receipt.heard, reason);
        }
    }

    fn tell(&self, receipt: &Receipt) {
        observe::trace(self.role.service.name(), &receipt.heard, &receipt.happened);
        if !self.role.observers.is_empty() {
            let (heard, happened) = (&receipt.heard, &receipt.happened);
            observe::tell(&self.role.observers, self.role.service.name(), heard, happened, &receipt.emitted);
        }
    }
}
