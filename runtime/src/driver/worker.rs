//! One worker of a service: it alone steps the instances of its shard, each one step at a time, different ones
//! side by side.

mod done;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::watch;

use self::done::Done;
use super::call::{Call, cause, knowing};
use super::limit::Limit;
use super::outbox::Leaving;
use super::slot::{Current, Doing, Next, Slot, Taking};
use super::slots::{SlotNumber, Slots};
use super::turn::{Onward, Turn, Write};
use super::{Post, Role};
use crate::envelope::{Delivery, InstanceId};
use crate::failpoint;
use crate::observe::Happened;
use crate::store::{Step, StoreError};
use crate::transport::Mail;

/// As much mail is taken at a time.
const BATCH: usize = 256;

/// No more mail is taken while so much is waiting here, for slow handlers or for the store.
const MOST_HELD: usize = 16 * 1024;

/// No event that came before its time waits here unparked while so much is waiting.
const MANY_HELD: usize = MOST_HELD / 2;

/// An event that came before its time is parked after this while, in milliseconds. Those that it waits for mostly come
/// before: then there is nothing to write for it.
const PARKED_AFTER: i64 = 500;

/// So many instances are remembered between two events; the others are read again.
const MOST_REMEMBERED: usize = 4096;

pub(super) struct Worker {
    role: Arc<Role>,
    post: Post,
    slots: Slots,
    /// Instances to look at.
    ready: VecDeque<SlotNumber>,
    /// Instances to read.
    wanted: Vec<SlotNumber>,
    /// Steps to write.
    outbox: Vec<Leaving>,
    /// Instances that were asked while more events were waiting in them.
    asked: Vec<SlotNumber>,
    /// Instances in which an event waits that is to be parked, and when, in milliseconds since 1970.
    early: VecDeque<(i64, SlotNumber)>,
    /// How many questions were asked.
    questions: u64,
    /// What is going on elsewhere.
    working: FuturesUnordered<Working>,
    /// What has come of it.
    done: Vec<Done>,
    /// Room for more of it.
    spare: Vec<Done>,
    /// Room for mail.
    mail: Vec<Mail>,
    /// How many deliveries are here.
    holding: usize,
    /// So many instances may be here before the idle ones are forgotten.
    most_remembered: usize,
    /// What time it is, in milliseconds since 1970.
    now: i64,
    /// How many instances are being asked or written.
    busy: usize,
    stopping: bool,
}

type Working = Pin<Box<dyn Future<Output = Done> + Send>>;

impl Worker {
    pub(super) fn new(role: Arc<Role>, post: Post) -> Self {
        Self {
            role,
            post,
            slots: Slots::default(),
            ready: VecDeque::new(),
            wanted: Vec::new(),
            outbox: Vec::new(),
            asked: Vec::new(),
            early: VecDeque::new(),
            questions: 0,
            working: FuturesUnordered::new(),
            done: Vec::new(),
            spare: Vec::new(),
            mail: Vec::new(),
            holding: 0,
            most_remembered: MOST_REMEMBERED,
            now: 0,
            busy: 0,
            stopping: false,
        }
    }

    /// Works until it is told to stop, and then until nothing is half done.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        loop {
            self.stopping |= *stop.borrow_and_update();
            if let Some(limit) = self.role.limit.as_ref().filter(|_| self.stopping) {
                limit.close();
            }
            self.now = self.post.backend.now();
            let took = self.take_mail();
            self.look_at_early();
            self.collect();
            while let Some(number) = self.ready.pop_front() {
                self.advance(number);
            }
            let came = self.conclude()?;
            self.flush();
            if took || came || !self.done.is_empty() || !self.ready.is_empty() || self.let_all_overtake() {
                // Many rounds may follow each other without a wait: leave room for others.
                tokio::task::yield_now().await;
            } else if self.stopping && self.busy == 0 {
                return Ok(());
            } else {
                self.wait(&mut stop).await;
            }
        }
    }

    /// Until mail arrives, something is done, or it is time to stop.
    async fn wait(&mut self, stop: &mut watch::Receiver<bool>) {
        let takes = self.takes_mail();
        let early = self.early.front().filter(|_| !self.stopping).map(|(until, _)| until - self.now);
        let pause = Duration::from_millis(early.map_or(0, |pause| u64::try_from(pause).unwrap_or(0)));
        tokio::select! {
            // Nothing comes too short by it, and a simulation goes the same way each time.
            biased;
            Some(done) = self.working.next(), if !self.working.is_empty() => self.done.push(done),
            () = self.post.mailbox.arrived(self.post.shard), if takes => {}
            () = tokio::time::sleep(pause), if early.is_some() => {}
            // The sender outlives the workers; were it gone, that would mean to stop as well.
            changed = stop.changed(), if !self.stopping => self.stopping |= changed.is_err(),
        }
    }

    fn takes_mail(&self) -> bool {
        !self.stopping && self.holding < MOST_HELD
    }

    fn take_mail(&mut self) -> bool {
        if !self.takes_mail() {
            return false;
        }
        let mut mail = std::mem::take(&mut self.mail);
        let took = self.post.mailbox.take(self.post.shard, BATCH, &mut mail) > 0;
        for letter in mail.drain(..) {
            match letter {
                Mail::Delivery(delivery) => self.accept(delivery),
                Mail::Nudge(instance) => self.look_again(instance),
            }
        }
        self.mail = mail;
        took
    }

    fn accept(&mut self, delivery: Delivery) {
        let Some(machine) = self.role.machine_of(delivery.choreography()) else {
            self.role.say_foreign(&delivery);
            self.post.backend.hold(&self.role.name(), delivery);
            return;
        };
        let id = (machine, delivery.event.key.clone());
        let Some(number) = self.slots.number(id, &self.role) else { return };
        if !self.slots.get_mut(number).is_some_and(|slot| slot.accept(delivery)) {
            return;
        }
        self.holding += 1;
        self.ready.push_back(number);
        self.let_overtake(number);
    }

    /// Lets an event that waits overtake what the handler thinks about, if one may.
    fn let_overtake(&mut self, number: SlotNumber) -> bool {
        let overtaken = self.slots.get_mut(number).and_then(|slot| slot.overtake(self.now));
        let Some((write, asking)) = overtaken else { return false };
        if asking {
            self.busy -= 1;
        }
        self.write(number, write);
        true
    }

    /// The same for those that were asked with events waiting behind them, and have not answered at once.
    fn let_all_overtake(&mut self) -> bool {
        let asked = std::mem::take(&mut self.asked);
        asked.into_iter().filter(|number| self.let_overtake(*number)).count() > 0
    }

    /// Someone else has changed the instance.
    fn look_again(&mut self, instance: InstanceId) {
        let Some(machine) = self.role.machine_of(&instance.choreography) else { return };
        let Some(number) = self.slots.number((machine, instance.key), &self.role) else { return };
        if let Some(slot) = self.slots.get_mut(number) {
            slot.set_stale();
            self.ready.push_back(number);
        }
    }

    /// Looks at the instances in which an event has waited long enough to be parked.
    fn look_at_early(&mut self) {
        while let Some((_, number)) = self.early.pop_front_if(|(until, _)| *until <= self.now) {
            if let Some(slot) = self.slots.get_mut(number) {
                slot.look_at_waiting();
                self.ready.push_back(number);
            }
        }
    }

    /// Starts something, and takes what has come of it at once if it needs no wait.
    fn begin(&mut self, mut work: Working) {
        match (&mut work).now_or_never() {
            Some(done) => self.done.push(done),
            None => self.working.push(work),
        }
    }

    /// Takes what has been done meanwhile.
    fn collect(&mut self) {
        while !self.working.is_empty() {
            let Some(Some(done)) = self.working.next().now_or_never() else { return };
            self.done.push(done);
        }
    }

    /// Goes on with an instance until it has to wait for something.
    fn advance(&mut self, number: SlotNumber) {
        loop {
            let Some(slot) = self.slots.get_mut(number) else { return };
            if slot.doing != Doing::Nothing || self.stopping {
                return;
            }
            match slot.next(self.now) {
                Next::Read => {
                    slot.doing = Doing::Loading;
                    self.wanted.push(number);
                    return;
                }
                Next::Nothing => {
                    self.forget(number);
                    return;
                }
                Next::Take(taking) => self.act(number, taking),
            }
        }
    }

    /// Does with an event what is to be done.
    fn act(&mut self, number: SlotNumber, Taking { delivery, turn, parked }: Taking) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        match turn {
            Turn::Nothing => {
                self.holding -= 1;
                self.post.backend.parked(&self.role.name(), &delivery);
            }
            Turn::Early => {
                let until = self.now.saturating_add(PARKED_AFTER);
                if self.holding < MANY_HELD && slot.keep(&delivery, until) {
                    self.early.push_back((until, number));
                    return;
                }
                let Some(write) = slot.standing().map(|standing| standing.park(&delivery)) else { return };
                slot.current = Some(Current::new(delivery, parked));
                self.write(number, write);
            }
            Turn::Begin(walk) => {
                let Some(standing) = slot.standing() else { return };
                let onward = standing.go_on(walk, &delivery, self.now);
                slot.current = Some(Current::new(delivery, parked));
                self.go_on(number, onward);
            }
            Turn::Write(write) if write.step.change.is_none() => {
                self.holding -= 1;
                self.outbox.push(Leaving { slot: None, write: *write });
            }
            Turn::Write(write) => {
                slot.current = Some(Current::new(delivery, parked));
                self.write(number, *write);
            }
            Turn::Hold(reason) => self.hold(number, delivery, &reason),
        }
    }

    /// Leaves an event to another version of the service, and says so once.
    fn hold(&mut self, number: SlotNumber, delivery: Delivery, reason: &str) {
        self.holding -= 1;
        self.say_held(number, &delivery, reason);
        self.post.backend.hold(&self.role.name(), delivery);
    }

    fn say_held(&mut self, number: SlotNumber, delivery: &Delivery, reason: &str) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        if std::mem::replace(&mut slot.held, true) {
            return;
        }
        let (choreography, service, key) = (slot.machine.choreography, slot.machine.participant, &slot.id.1);
        tracing::warn!(choreography, %key, service, reason, "instance held");
        let record = slot.standing_or_unknown().held(delivery, reason);
        let step = Step { records: vec![record], ..Step::default() };
        let write = Write { step, heard: delivery.clone(), happened: Happened::Held(reason.to_owned()) };
        self.outbox.push(Leaving { slot: None, write });
    }

    /// An instance that cannot be read is left as it is, with all that waits for it.
    fn leave(&mut self, number: SlotNumber, reason: &str) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        let waiting = slot.take_waiting();
        if waiting.is_empty() {
            let look = slot.standing_or_unknown().look(&slot.id.1, self.now);
            self.say_held(number, &look, reason);
        }
        for delivery in waiting {
            self.hold(number, delivery, reason);
        }
    }

    /// Goes on with the current step: asks the handler, or writes what has come of it.
    fn go_on(&mut self, number: SlotNumber, onward: Onward) {
        match onward {
            Onward::Write(write) => self.write(number, *write),
            Onward::Ask(question, walk) => {
                let Some(current) = self.slots.get_mut(number).and_then(|slot| slot.current.as_mut()) else {
                    return;
                };
                current.step = Some((walk, question));
                current.attempt = 0;
                self.ask(number);
            }
        }
    }

    fn write(&mut self, number: SlotNumber, write: Write) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        slot.doing = Doing::Writing;
        self.busy += 1;
        self.outbox.push(Leaving { slot: Some(number), write });
    }

    /// Asks the handler the current question, once more.
    fn ask(&mut self, number: SlotNumber) {
        let Some(slot) = self.slots.get_mut(number) else { return };
        let (Some(current), Some(snapshot)) = (&mut slot.current, &slot.snapshot) else { return };
        let Some((walk, question)) = &current.step else { return };
        current.attempt = current.attempt.saturating_add(1);
        slot.doing = Doing::Asking;
        self.questions += 1;
        let ticket = self.questions;
        slot.ticket = Some(ticket);
        self.busy += 1;
        if !slot.queue.is_empty() {
            self.asked.push(number);
        }
        let before = snapshot.progress.as_ref().unwrap_or(&slot.fresh);
        let call = Call {
            service: self.role.service.clone(),
            heard: current.delivery.clone(),
            progress: knowing(walk, question, before),
            cause: cause(&current.delivery, before),
            question: question.clone(),
            attempt: current.attempt,
        };
        let (place, wanted) = self.role.limit.as_ref().map(Limit::line_up).unzip();
        slot.wanted = wanted;
        self.begin(Box::pin(async move { Done::Answered(number, ticket, call.ask_in_turn(place).await) }));
    }

    /// Forgets an instance that is over, and all idle ones when they are too many.
    fn forget(&mut self, number: SlotNumber) {
        if self.slots.get(number).is_some_and(Slot::over) {
            self.slots.remove(number);
        } else if self.slots.len() > self.most_remembered {
            self.slots.retain(|slot| !slot.idle());
            // Where many are busy, they are not looked through for each that rests.
            self.most_remembered = MOST_REMEMBERED.max(2 * self.slots.len());
        }
    }

    /// Sends what is to be read and written to the store.
    fn flush(&mut self) {
        let together = self.post.backend.together();
        let mut wanted = std::mem::take(&mut self.wanted);
        for part in wanted.chunks(together) {
            let instance = |number: &SlotNumber| Some((*number, self.slots.get(*number)?.instance()));
            let (numbers, instances) = part.iter().filter_map(instance).unzip();
            let loading = self.post.backend.load(instances);
            self.begin(Box::pin(async move { Done::Loaded(numbers, loading.await) }));
        }
        wanted.clear();
        self.wanted = wanted;
        let mut outbox = std::mem::take(&mut self.outbox);
        let observed = !self.role.observers.is_empty();
        let mut leaving = outbox.drain(..).map(|leaving| leaving.receipt(observed));
        while leaving.len() > 0 {
            failpoint::pass("before_commit");
            let (receipts, steps) = leaving.by_ref().take(together).unzip();
            let writing = self.post.backend.commit(steps);
            self.begin(Box::pin(async move { Done::Written(receipts, writing.await) }));
        }
        drop(leaving);
        self.outbox = outbox;
    }
}

impl Drop for Worker {
    /// What was not dealt with goes back, for whoever serves next.
    fn drop(&mut self) {
        for slot in self.slots.drain() {
            if slot.has_unseen() {
                self.post.mailbox.put_back(Mail::Nudge(slot.instance()));
            }
            for delivery in slot.unfinished().rev() {
                self.post.mailbox.put_back(Mail::Delivery(delivery));
            }
        }
        self.post.mailbox.wake(self.post.shard);
    }
}
