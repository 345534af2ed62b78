//! One step: what was heard, what is answered to it, and what that leads to, until the instance rests again.
//!
//! A step may ask several questions: after what was heard, at joins, around cycles, and for each step that is
//! taken back. It is computed as a whole and written as a whole.

mod emit;
mod undo;

use std::collections::VecDeque;

use super::place::{Cause, Decision, Open, Path, Place, Thread, state};
use super::progress::{Live, Timer};
use super::step::adopt;
use super::{Expire, Hear, Machine, Progress, Undone};
use crate::envelope::{Delivery, Emission, EventId, Key, Outgoing, short};
use undo::Back;

/// So much may one step publish and ask: a handler that goes round a cycle for ever is stopped here.
const MOST: u64 = 10_000;

/// A step that is being computed.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    machine: &'static Machine,
    key: Key,
    progress: Progress,
    thread: Thread,
    outgoing: Vec<Outgoing>,
    /// The deadlines that begin to run.
    entered: Vec<u32>,
    /// What was answered and is not yet published.
    left: VecDeque<Emission>,
    /// The question that the step begins with.
    first: Option<Question>,
    /// The question that was asked last.
    asking: Option<Question>,
}

/// A question for the handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The method.
    pub(crate) point: u32,
    /// What the method is told.
    pub(crate) about: About,
    /// How many questions the step has asked before.
    pub(crate) number: u64,
    /// Where the answer is walked from.
    path: Path,
    /// The state in which it is asked.
    from: u32,
    /// The deadline that is left with that.
    left: Option<u32>,
}

/// What a method is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The event that was heard.
    Heard,
    /// The event that was heard, by which another takes a step back.
    Undone,
    /// No event: the past alone.
    Nothing,
    /// A step of its own that is to be taken back.
    Step(Box<Live>),
}

/// How a step goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The handler is to be asked.
    Ask(Question),
    /// The instance rests.
    Rest,
}

/// Where an instance stands after a step, and what the step publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) progress: Progress,
    pub(crate) outgoing: Vec<Outgoing>,
}

impl Walk {
    fn new(machine: &'static Machine, progress: &Progress, key: &Key, cause: Cause) -> Self {
        Self {
            machine,
            key: key.clone(),
            progress: adopt(machine, progress),
            thread: Thread { cause, published: 0, asked: 0 },
            outgoing: Vec::new(),
            entered: Vec::new(),
            left: VecDeque::new(),
            first: None,
            asking: None,
        }
    }

    /// The step of an event that can be taken.
    pub(crate) fn hear(
        machine: &'static Machine,
        progress: &Progress,
        delivery: &Delivery,
        hear: &'static Hear,
    ) -> Self {
        let event = &delivery.event;
        let mut walk = Self::new(machine, progress, &event.key, Cause::of(delivery));
        walk.progress.note(delivery);
        let takes = |place: &Place| place.hears(machine).any(|row| std::ptr::eq(row, hear)).then_some(());
        let path = walk.progress.place.find(&mut |place| takes(place)).map(|(path, ())| path);
        let from = walk.go(path.as_deref().unwrap_or_default(), hear.target);
        for scope in hear.leaves {
            walk.progress.leave(*scope);
        }
        walk.enter(hear.site.opens);
        walk.enter(hear.site.enters);
        if let (Some(_), Some(sequence)) = (hear.took, delivery.sequence) {
            walk.progress.took.push((event.source.clone(), sequence));
        }
        match hear.point {
            Some(point) => walk.begin(
                point,
                About::Heard,
                (path.unwrap_or_default(), from),
                hear.leaves.first().copied(),
            ),
            None => walk.progress.keep(machine, &event.name, &event.payload),
        }
        walk
    }

    /// The step of an event by which another takes back what was taken.
    pub(crate) fn undone(
        machine: &'static Machine,
        progress: &Progress,
        delivery: &Delivery,
        row: &Undone,
    ) -> Self {
        let event = &delivery.event;
        let mut walk = Self::new(machine, progress, &event.key, Cause::of(delivery));
        walk.progress.note(delivery);
        walk.progress
            .took
            .retain(|(source, taken)| Some(*taken) != delivery.undoes || *source != event.source);
        walk.begin(row.point, About::Undone, (Path::new(), 0), None);
        walk
    }

    /// The step of a deadline that falls due.
    pub(crate) fn expire(
        machine: &'static Machine,
        progress: &Progress,
        key: &Key,
        expire: &'static Expire,
    ) -> Self {
        let id = deadline(machine, progress, key, expire);
        let mut walk = Self::new(machine, progress, key, Cause::Deadline(id));
        let runs = |place: &Place| place.expires(machine).any(|row| row == expire).then_some(());
        let path = walk.progress.place.find(&mut |place| runs(place)).map(|(path, ())| path);
        let path = path.unwrap_or_default();
        let from = walk.go(&path, expire.target);
        walk.progress.leave(expire.scope);
        walk.progress.timers.retain(|timer| timer.scope != expire.scope);
        walk.begin(expire.point, About::Nothing, (path, from), Some(expire.scope));
        walk
    }

    /// The step by which the participant begins an instance itself.
    pub(crate) fn start(
        machine: &'static Machine,
        progress: &Progress,
        key: &Key,
        answer: Vec<Emission>,
    ) -> Self {
        let mut walk = Self::new(machine, progress, key, Cause::Start);
        walk.left = answer.into();
        walk
    }

    /// The rest of a step that was left before its end.
    pub(crate) fn resume(machine: &'static Machine, progress: &Progress, key: &Key) -> Self {
        let mut walk = Self::new(machine, progress, key, Cause::Start);
        if let Some(open) = walk.progress.open.take() {
            (walk.thread, walk.left) = (open.thread, open.left.into());
        }
        walk
    }

    /// The rest of a step whose answer was put off: `None`, if no answer of this method is to come.
    pub(crate) fn complete(
        machine: &'static Machine,
        progress: &Progress,
        key: &Key,
        point: u32,
        answer: Vec<Emission>,
    ) -> Option<Self> {
        let awaits = |place: &Place| place.decision.as_ref().filter(|it| it.point == point).map(|_| ());
        let (path, ()) = progress.place.find(&mut |place| awaits(place))?;
        let mut walk = Self::new(machine, progress, key, Cause::Start);
        walk.thread = walk.progress.place.get_mut(&path)?.decision.take()?.thread;
        walk.left = answer.into();
        Some(walk)
    }

    /// Moves the place to this state, out of all regions and decisions in it; says where it was.
    fn go(&mut self, path: &[usize], target: u32) -> u32 {
        let Some(place) = self.progress.place.get_mut(path) else { return 0 };
        std::mem::replace(place, Place::at(target)).state
    }

    fn begin(&mut self, point: u32, about: About, (path, from): (Path, u32), left: Option<u32>) {
        self.first = Some(Question { point, about, number: self.thread.asked, path, from, left });
    }

    /// What is to be done next. An answer that the machine does not allow is an error, in words.
    pub(crate) fn next(&mut self) -> Result<Next, String> {
        if let Some(first) = self.first.take() {
            return Ok(self.ask(first));
        }
        loop {
            self.progress.place.settle(self.machine)?;
            if self.thread.published.max(self.thread.asked) > MOST {
                let participant = self.machine.participant;
                return Err(format!("{participant} goes round: one step has published {MOST} events"));
            }
            if self.publish_next()? {
                continue;
            }
            match self.take_back() {
                Some(Back::Ask(question)) => return Ok(self.ask(question)),
                Some(Back::Moved) => continue,
                None => {}
            }
            if let Some(emission) = self.left.front() {
                return Err(self.not_allowed(emission));
            }
            return self.decide();
        }
    }

    /// The decision that is to be taken where the step comes to rest, if there is one.
    fn decide(&mut self) -> Result<Next, String> {
        let emits = |state: &'static super::State| state.emits.first().map(|missing| (state.asks, missing));
        let Some((path, (asks, missing))) = self.progress.place.leaf(self.machine, emits) else {
            return Ok(Next::Rest);
        };
        let Some(point) = asks else {
            return Err(format!("{} has yet to emit {}", self.machine.participant, short(missing.event)));
        };
        let from = self.progress.place.get_mut(&path).map_or(0, |place| place.state);
        let number = self.thread.asked;
        Ok(self.ask(Question { point, about: About::Nothing, number, path, from, left: None }))
    }

    fn ask(&mut self, question: Question) -> Next {
        self.thread.asked += 1;
        self.asking = Some(question.clone());
        Next::Ask(question)
    }

    /// What the handler has answered to the question that was asked last; `heard` is what the step is about.
    pub(crate) fn answered(&mut self, heard: &Delivery, answer: Vec<Emission>) -> Result<(), String> {
        let Some(asked) = self.asking.take() else { return Ok(()) };
        match asked.about {
            About::Heard => {
                self.progress.keep(self.machine, &heard.event.name, &heard.event.payload);
                self.left = answer.into();
            }
            About::Nothing => {
                let place = self.progress.place.get_mut(&asked.path).map(|place| place.state);
                let missing = place.and_then(|at| state(self.machine, at)).and_then(|it| it.emits.first());
                if let (Some(missing), true) = (missing, answer.is_empty()) {
                    let participant = self.machine.participant;
                    return Err(format!(
                        "{participant} has yet to emit {}",
                        short(self.machine.now(missing.event))
                    ));
                }
                self.left = answer.into();
            }
            About::Undone => {
                self.progress.keep(self.machine, &heard.event.name, &heard.event.payload);
                if let Some(emission) = answer.first() {
                    return Err(self.not_allowed(emission));
                }
            }
            About::Step(live) => self.took_back(&live, answer)?,
        }
        Ok(())
    }

    /// The handler has put the answer off. Only what it decides can be: what takes a step back is due at once.
    pub(crate) fn put_off(&mut self, heard: &Delivery) -> Result<(), String> {
        let Some(asked) = self.asking.take() else { return Ok(()) };
        match asked.about {
            About::Heard => self.progress.keep(self.machine, &heard.event.name, &heard.event.payload),
            About::Nothing => {}
            About::Undone | About::Step(..) => {
                let participant = self.machine.participant;
                return Err(format!("{participant} cannot put off what takes a step back"));
            }
        }
        let Question { point, from, left, .. } = asked;
        let decision = Decision { point, from, left, thread: self.thread.clone() };
        if let Some(place) = self.progress.place.get_mut(&asked.path) {
            place.decision = Some(Box::new(decision));
        }
        Ok(())
    }

    /// What later questions may know.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Where the instance stands after the step, and what the step publishes.
    pub(crate) fn finish(mut self, now: i64) -> Taken {
        self.progress.open = None;
        self.set_timers(now);
        if self.progress.place.over(self.machine) {
            self.shrink();
        }
        Taken { progress: self.progress, outgoing: self.outgoing }
    }

    /// The same before the step's end: the service's own handler is asked the rest.
    pub(crate) fn leave_open(mut self, now: i64) -> Taken {
        if let Some(asked) = self.asking.take() {
            self.thread.asked = asked.number;
        }
        let left = std::mem::take(&mut self.left).into();
        let open = Some(Box::new(Open { thread: self.thread.clone(), left }));
        let mut taken = self.finish(now);
        taken.progress.open = open;
        taken
    }

    /// These deadlines begin.
    fn enter(&mut self, scopes: &[u32]) {
        self.entered.extend_from_slice(scopes);
        for scope in scopes {
            self.progress.enter(*scope);
        }
    }

    /// Lets the deadlines run that run here, and no others.
    fn set_timers(&mut self, now: i64) {
        let before = std::mem::take(&mut self.progress.timers);
        let (machine, entered, mut timers) = (self.machine, &self.entered, Vec::new());
        self.progress.place.any(&mut |place| {
            for expire in place.expires(machine) {
                let ran = before.iter().find(|timer| timer.scope == expire.scope);
                let after = i64::try_from(expire.after).unwrap_or(i64::MAX);
                let fresh = Timer { scope: expire.scope, due: now.saturating_add(after) };
                let goes_on = ran.filter(|_| !entered.contains(&expire.scope));
                if timers.iter().all(|timer: &Timer| timer.scope != expire.scope) {
                    timers.push(goes_on.copied().unwrap_or(fresh));
                }
            }
            false
        });
        self.progress.timers = timers;
    }

    /// Keeps of an instance that is over what tells duplicates, what is late, and what may be taken back.
    fn shrink(&mut self) {
        let progress = &mut self.progress;
        progress.finished = true;
        progress.emitted = Vec::new();
        progress.entries = Vec::new();
        progress.live = Vec::new();
        if progress.took.is_empty() {
            progress.known = Vec::new();
        }
    }
}

/// The id of a deadline that falls due.
pub(crate) fn deadline(
    machine: &'static Machine,
    progress: &Progress,
    key: &Key,
    expire: &Expire,
) -> EventId {
    let round = progress.round(expire.scope);
    EventId::of_deadline(machine.choreography, key, machine.participant, expire.scope, round)
}
