use std::collections::VecDeque;
use std::sync::Arc;

use crate::envelope::{Delivery, InstanceId, Key};
use crate::machine::{Machine, Progress, Question, Walk};
use crate::store::Snapshot;

use super::turn::{Standing, Write};

/// An instance within one worker: the number of its machine, and its key.
pub(super) type SlotId = (usize, Key);

/// One instance that a worker is busy with, or remembers.
pub(super) struct Slot {
    pub(super) id: SlotId,
    pub(super) machine: &'static Machine,
    /// Where it stands, as last read or written; `None`: it has to be read.
    pub(super) snapshot: Option<Snapshot>,
    /// Where it stands before anything has happened.
    pub(super) fresh: Arc<Progress>,
    /// What has arrived and has not been looked at.
    pub(super) queue: VecDeque<Delivery>,
    pub(super) doing: Doing,
    /// Of the question to which the handler's answer is wanted. No other question of the worker has it.
    pub(super) ticket: Option<u64>,
    /// The event that is being dealt with.
    pub(super) current: Option<Current>,
    /// What is parked may have become takeable.
    pub(super) look_at_parked: bool,
    /// Someone else has changed the instance.
    pub(super) stale: bool,
    /// It has been said that the instance is held.
    pub(super) held: bool,
}

/// An instance does one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Nothing,
    Loading,
    Asking,
    Resting,
    Writing,
}

/// The event that an instance is dealing with.
pub(super) struct Current {
    pub(super) delivery: Delivery,
    /// The store has it, should it have to be looked at again: it was parked, or is no event from outside the
    /// instance.
    pub(super) parked: bool,
    /// The step, if the handler is to be asked, and the question.
    pub(super) step: Option<(Box<Walk>, Question)>,
    /// How often the handler has been asked.
    pub(super) attempt: u32,
}

impl Slot {
    pub(super) fn new(id: SlotId, machine: &'static Machine, fresh: Arc<Progress>) -> Self {
        Self {
            id,
            machine,
            snapshot: None,
            fresh,
            queue: VecDeque::new(),
            doing: Doing::Nothing,
            ticket: None,
            current: None,
            look_at_parked: false,
            stale: false,
            held: false,
        }
    }

    /// Where it stands, if that has been read.
    pub(super) fn standing(&self) -> Option<Standing<'_>> {
        Some(Standing::new(self.machine, self.snapshot.as_ref()?, &self.fresh))
    }

    pub(super) fn instance(&self) -> InstanceId {
        InstanceId {
            service: self.machine.participant.into(),
            choreography: self.machine.choreography.into(),
            key: self.id.1.clone(),
        }
    }

    /// Queues an event, unless it is here already.
    pub(super) fn accept(&mut self, delivery: Delivery) -> bool {
        let current = self.current.as_ref().is_some_and(|c| c.delivery.handle == delivery.handle);
        if current || self.queue.iter().any(|queued| queued.handle == delivery.handle) {
            return false;
        }
        self.queue.push_back(delivery);
        true
    }

    /// Lets an event that waits overtake what the handler thinks about, if one may: what is to be written for
    /// that, and whether the handler was at work.
    pub(super) fn overtake(&mut self, now: i64) -> Option<(Write, bool)> {
        let current = self.current.as_ref()?;
        let (walk, _) =
            current.step.as_ref().filter(|_| matches!(self.doing, Doing::Asking | Doing::Resting))?;
        let (urgent, write) = self.standing()?.overtaken(walk, &current.delivery, self.queue.iter(), now)?;
        let urgent = self.queue.remove(urgent);
        self.queue.extend(urgent);
        self.queue.rotate_right(1);
        // What the handler says to the question is not wanted any more.
        self.ticket = None;
        Some((write, self.doing == Doing::Asking))
    }

    /// Nothing is going on, and nothing waits.
    pub(super) fn idle(&self) -> bool {
        self.doing == Doing::Nothing
            && self.queue.is_empty()
            && self.current.is_none()
            && !self.look_at_parked
            && !self.stale
    }

    /// When it has something to do by itself.
    pub(super) fn due(&self) -> Option<i64> {
        self.snapshot.as_ref()?.progress.as_ref()?.due()
    }

    /// The instance is over: there is no need to remember it.
    pub(super) fn over(&self) -> bool {
        let progress = self.snapshot.as_ref().and_then(|snapshot| snapshot.progress.as_ref());
        self.idle() && progress.is_some_and(|progress| progress.finished && progress.parked.is_empty())
    }

    /// Something may be parked that has not been looked at since the last step, here or elsewhere.
    pub(super) fn has_unseen(&self) -> bool {
        self.look_at_parked || self.stale || matches!(self.doing, Doing::Loading | Doing::Writing)
    }

    /// Everything that was taken from the mailbox and has not been dealt with, oldest first.
    pub(super) fn unfinished(self) -> impl DoubleEndedIterator<Item = Delivery> {
        let current = self.current.filter(|current| !current.parked).map(|current| current.delivery);
        current.into_iter().chain(self.queue)
    }
}
