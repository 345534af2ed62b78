use std::collections::VecDeque;
use std::sync::Arc;

use crate::envelope::{Delivery, InstanceId, Key, Sequence};
use crate::machine::{self, Machine, Progress, Question, Verdict, Walk};
use crate::store::Snapshot;

use super::limit::Wanted;
use super::turn::{Standing, Turn, Write};

/// So many events wait for others here; what comes before its time then is parked at once.
const MOST_EARLY: usize = 32;

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
    /// What came before its time and is not parked yet, in the order of arrival.
    early: Vec<Early>,
    pub(super) doing: Doing,
    /// Of the question to which the handler's answer is wanted. No other question of the worker has it.
    pub(super) ticket: Option<u64>,
    /// Dropped with the ticket: the handler need not be called any more, if it is not being called yet.
    pub(super) wanted: Option<Wanted>,
    /// The event that is being dealt with.
    pub(super) current: Option<Current>,
    /// What is early or parked may have become takeable.
    look_at_waiting: bool,
    read: Read,
    /// It has been said that the instance is held.
    pub(super) held: bool,
}

/// What is known of the store's own view of the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// Nothing yet: an event that begins an instance is taken for what it seems to be.
    Never,
    /// What was read or written last is what it has.
    Once,
    /// Someone else has changed the instance since.
    Stale,
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

/// An event that came before its time. Those that it waits for are often just behind it: so it is not parked at once.
struct Early {
    delivery: Delivery,
    /// When it is to be parked, in milliseconds since 1970.
    until: i64,
}

/// What is next for an instance.
pub(super) enum Next {
    /// It has to be read first.
    Read,
    Nothing,
    Take(Taking),
}

/// An event to take, and what is to be done with it.
pub(super) struct Taking {
    pub(super) delivery: Delivery,
    pub(super) turn: Turn,
    /// The store has it, as in [`Current`].
    pub(super) parked: bool,
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

impl Current {
    pub(super) fn new(delivery: Delivery, parked: bool) -> Self {
        Self { delivery, parked, step: None, attempt: 0 }
    }
}

impl Slot {
    pub(super) fn new(id: SlotId, machine: &'static Machine, fresh: Arc<Progress>) -> Self {
        Self {
            id,
            machine,
            snapshot: None,
            fresh,
            queue: VecDeque::new(),
            early: Vec::new(),
            doing: Doing::Nothing,
            ticket: None,
            wanted: None,
            current: None,
            look_at_waiting: false,
            read: Read::Never,
            held: false,
        }
    }

    /// Where it stands, if that has been read.
    pub(super) fn standing(&self) -> Option<Standing<'_>> {
        Some(Standing::new(self.machine, self.snapshot.as_ref()?, &self.fresh))
    }

    /// The same; where that is not known, as if nothing had happened.
    pub(super) fn standing_or_unknown(&self) -> Standing<'_> {
        self.standing().unwrap_or_else(|| Standing::unknown(self.machine, &self.fresh))
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
        let current = self.current.as_ref().map(|current| &current.delivery);
        let early = self.early.iter().map(|early| &early.delivery);
        if current.into_iter().chain(early).chain(&self.queue).any(|it| it.handle == delivery.handle) {
            return false;
        }
        self.queue.push_back(delivery);
        true
    }

    /// Keeps an event here that came before its time, until then at most; `false`: too many wait here.
    pub(super) fn keep(&mut self, delivery: &Delivery, until: i64) -> bool {
        let room = self.early.len() < MOST_EARLY;
        if room {
            self.early.push(Early { delivery: delivery.clone(), until });
        }
        room
    }

    /// Where it stands now, as it was read or written.
    pub(super) fn stands(&mut self, snapshot: Snapshot) {
        let parked = snapshot.progress.as_ref().is_some_and(|progress| !progress.parked.is_empty());
        self.snapshot = Some(snapshot);
        self.look_at_waiting = parked || !self.early.is_empty();
    }

    /// It has to be read: someone else has changed it.
    pub(super) fn unread(&mut self) {
        self.snapshot = None;
        self.read = Read::Once;
    }

    /// The same, as soon as what is going on here is done.
    pub(super) fn set_stale(&mut self) {
        self.read = Read::Stale;
    }

    /// What waits is to be looked at again.
    pub(super) fn look_at_waiting(&mut self) {
        self.look_at_waiting = true;
    }

    /// What is next, at this time.
    pub(super) fn next(&mut self, now: i64) -> Next {
        if self.read == Read::Stale {
            self.unread();
        }
        if self.snapshot.is_none() && self.seems_new() {
            self.snapshot = Some(Snapshot::default());
        }
        let Some(standing) = self.standing() else { return Next::Read };
        let look = self.look_at_waiting;
        let unparked = if look { standing.unparked() } else { None };
        let ripe = if look && unparked.is_none() { self.ripe(standing, now) } else { None };
        let first = match (&unparked, &ripe) {
            (Some((delivery, _)), _) => Some(delivery),
            (_, Some((index, _))) => self.early.get(*index).map(|early| &early.delivery),
            _ => self.queue.front(),
        };
        // What was published before a deadline fell due goes first.
        if let Some((delivery, walk)) = standing.due(&self.id.1, first.map_or(now, |delivery| delivery.at)) {
            return Next::Take(Taking { delivery, turn: Turn::Begin(walk), parked: true });
        }
        if let Some((delivery, turn)) = unparked {
            return Next::Take(Taking { delivery, turn, parked: true });
        }
        if let Some((index, turn)) = ripe {
            let Early { delivery, .. } = self.early.remove(index);
            return Next::Take(Taking { delivery, turn, parked: false });
        }
        let turn = self.queue.front().map(|delivery| standing.arrived(delivery));
        self.look_at_waiting = false;
        match turn.and_then(|turn| Some((self.queue.pop_front()?, turn))) {
            Some((delivery, turn)) => Next::Take(Taking { delivery, turn, parked: false }),
            None => Next::Nothing,
        }
    }

    /// The first early event that need not wait here any longer: its time has come, or it is to be parked.
    fn ripe(&self, standing: Standing<'_>, now: i64) -> Option<(usize, Turn)> {
        self.early.iter().enumerate().find_map(|(index, Early { delivery, until })| {
            match standing.arrived(delivery) {
                Turn::Early if *until > now => None,
                Turn::Early => Some((index, Turn::Write(Box::new(standing.park(delivery))))),
                turn => Some((index, turn)),
            }
        })
    }

    /// Whether the event that has arrived is the first of its emitter, and begins an instance. Then nothing is read: if the
    /// instance is there after all, the store refuses the step.
    fn seems_new(&self) -> bool {
        let Some(delivery) = self.queue.front().filter(|_| self.read == Read::Never) else { return false };
        let first = delivery.sequence.is_some_and(|Sequence { number, .. }| number == 1) && !delivery.again;
        first && matches!(machine::judge(self.machine, &self.fresh, delivery), Verdict::Enabled(_))
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
        (self.ticket, self.wanted) = (None, None);
        Some((write, self.doing == Doing::Asking))
    }

    /// Nothing is going on, and nothing waits.
    pub(super) fn idle(&self) -> bool {
        self.doing == Doing::Nothing
            && self.queue.is_empty()
            && self.early.is_empty()
            && self.current.is_none()
            && !self.look_at_waiting
            && self.read != Read::Stale
    }

    /// Takes out all that waits here.
    pub(super) fn take_waiting(&mut self) -> Vec<Delivery> {
        self.look_at_waiting = false;
        let early = self.early.drain(..).map(|early| early.delivery);
        early.chain(self.queue.drain(..)).collect()
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

    /// Something may be parked or due that has not been looked at since the last step, here or elsewhere.
    pub(super) fn has_unseen(&self) -> bool {
        self.look_at_waiting
            || self.read == Read::Stale
            || self.current.as_ref().is_some_and(|current| current.parked)
            || matches!(self.doing, Doing::Loading | Doing::Writing)
    }

    /// Everything that was taken from the mailbox and has not been dealt with, oldest first.
    pub(super) fn unfinished(self) -> impl DoubleEndedIterator<Item = Delivery> {
        let current = self.current.filter(|current| !current.parked).map(|current| current.delivery);
        let early = self.early.into_iter().map(|early| early.delivery);
        early.chain(current).chain(self.queue)
    }
}
