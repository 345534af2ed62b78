//! All participants of one instance at one moment, and what is under way between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::place::Place;
use super::step::{Did, Step};
use super::{Limit, Limits};
use crate::model::{Choreography, EventId, Id, LocalStateId, ScopeId, ServiceId, StepId};
use crate::project::automaton;
use crate::project::machine::{Emit, Hear, LocalMachine};

/// One moment. Worlds that are equal have the same future.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) parties: Vec<Party>,
    /// What is under way, in order; no line is empty.
    pub(super) lines: BTreeMap<Line, VecDeque<Message>>,
}

/// One participant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Party {
    pub(super) place: Place,
    /// How often it has left each deadline because it had passed, as far as that differs (see [`World::settle`]).
    pub(super) rounds: BTreeMap<ScopeId, u32>,
    /// What it emitted and would have to take back: the steps that may be meant, an emission each.
    pub(super) live: Vec<Vec<StepId>>,
    /// It has emitted something.
    pub(super) acted: bool,
}

/// Events are heard in the order of their emission only within one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Line {
    pub(super) from: ServiceId,
    pub(super) to: ServiceId,
    /// The region.
    pub(super) lane: u32,
}

/// An event under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Message {
    pub(super) event: EventId,
    /// The deadlines around it, and the round of each in which it was emitted.
    pub(super) rounds: Vec<(ScopeId, u32)>,
    /// Of these deadlines, those whose body its emitter keeps and has not entered anew since: if one passes, this is late.
    pub(super) bodies: Vec<ScopeId>,
    /// The deadline that had passed for its emitter: it overtakes what comes from the body, and nothing else does.
    pub(super) passed: Option<ScopeId>,
    /// The steps that may be meant.
    pub(super) steps: Vec<StepId>,
}

impl Message {
    /// Whether this transition is the one that hears it.
    pub(super) fn is_heard_by(&self, hear: &Hear) -> bool {
        let scopes = self.rounds.iter().map(|(scope, _)| scope);
        self.event == hear.event && scopes.eq(&hear.place.scopes)
    }
}

/// The machines that run together.
#[derive(Clone, Copy)]
pub(super) struct Cast<'a> {
    pub(super) choreography: &'a Choreography,
    pub(super) machines: &'a [LocalMachine],
    /// Which steps have an `undo` that takes them back.
    pub(super) undoable: &'a [StepId],
    pub(super) limits: Limits,
}

/// What may happen next.
#[derive(Debug, Default)]
pub(super) struct Next {
    pub(super) moves: Vec<(Step, World)>,
    /// The limits that forbid more.
    pub(super) reached: BTreeSet<Limit>,
}

impl World {
    pub(super) fn start(cast: Cast<'_>) -> Self {
        let start = LocalStateId::from_index(0);
        let party = |machine| Party {
            place: Place::at(machine, start),
            rounds: BTreeMap::new(),
            live: Vec::new(),
            acted: false,
        };
        let parties = cast.machines.iter().map(party).collect();
        Self { parties, lines: Self::from_elsewhere(cast.choreography) }
    }

    /// What another choreography has published to start this one.
    fn from_elsewhere(choreography: &Choreography) -> BTreeMap<Line, VecDeque<Message>> {
        let Some(id) = choreography.foreign_step() else { return BTreeMap::new() };
        let step = &choreography.steps[id];
        let (rounds, bodies, steps) = (Vec::new(), Vec::new(), vec![id]);
        let message = Message { event: step.event.id, rounds, bodies, passed: None, steps };
        let line = |to: ServiceId| Line { from: step.emitter.id, to, lane: 0 };
        step.subscribers.iter().map(|to| (line(to.id), VecDeque::from([message.clone()]))).collect()
    }

    /// Everything that may happen next.
    ///
    /// Where a participant waits for one line alone and its event is there, only that is tried: nobody else can prevent
    /// it, nor offer the participant anything else, and it prevents nobody. So whatever could happen before it can happen
    /// after it as well, and no end is missed. It cannot go on for ever either: each time, one event less is under way.
    pub(super) fn next(&self, cast: Cast<'_>) -> Next {
        for number in 0..cast.machines.len() {
            let mut next = Next::default();
            if self.waits_for_one_line(cast, number) {
                self.of_party(cast, number, &mut next);
                if !next.moves.is_empty() {
                    return next;
                }
            }
        }
        let mut next = Next::default();
        for number in 0..cast.machines.len() {
            self.of_party(cast, number, &mut next);
        }
        next
    }

    fn waits_for_one_line(&self, cast: Cast<'_>, number: usize) -> bool {
        let (Some(machine), Some(party)) = (cast.machines.get(number), self.parties.get(number)) else {
            return false;
        };
        let state = &machine.states[party.place.state];
        let mut lines = state.hears.iter().map(|hear| (hear.from, hear.place.lane));
        let first = lines.next();
        // That a deadline has passed may be heard before what is in front of it.
        let may_pass = state.hears.iter().any(|hear| hear.leaves.is_some());
        state.rests() && state.expires.is_empty() && !may_pass && lines.all(|line| Some(line) == first)
    }

    fn of_party(&self, cast: Cast<'_>, number: usize, next: &mut Next) {
        let (Some(machine), Some(party)) = (cast.machines.get(number), self.parties.get(number)) else {
            return;
        };
        for (way, state) in party.place.all() {
            let here = Here { cast, world: self, number, machine, way: &way };
            let state = &machine.states[state];
            state.emits.iter().for_each(|emit| here.emits(emit, None, next));
            state.hears.iter().for_each(|hear| here.hears(hear, next));
            for expire in &state.expires {
                expire.emits.iter().for_each(|emit| here.emits(emit, Some(expire.scope), next));
            }
            if let Some(rollback) = &state.rollback {
                here.takes_back(&rollback.steps, rollback.target, next);
            }
        }
    }

    /// What is to be heard next of a line. That a deadline has passed is heard before what comes from its body and stands
    /// in front of it: that is late then, and whatever it waits for may never come. What was emitted before the body was
    /// entered that is left is not late.
    fn first(&self, line: Line, passed: Option<ScopeId>) -> Option<(usize, &Message)> {
        let of_body = |message: &Message| message.bodies.iter().any(|scope| Some(*scope) == passed);
        let mut messages = self.lines.get(&line)?.iter().enumerate();
        let found = messages.find(|(_, message)| !of_body(message))?;
        (found.0 == 0 || found.1.passed == passed).then_some(found)
    }

    /// Absorbs what is late, and counts rounds from the lowest that still matters.
    ///
    /// Late stays late, and nothing waits for it, so it makes no difference when it is absorbed. Rounds are only ever
    /// compared, so of all that there are of one deadline, the lowest may be called 0: a loop around a deadline comes
    /// back to the same world.
    fn settle(&mut self, cast: Cast<'_>) {
        for (line, messages) in &mut self.lines {
            let receiver = cast.machines.iter().zip(&self.parties).find(|(m, _)| m.participant == line.to);
            let Some((_, receiver)) = receiver else { continue };
            while messages.front().is_some_and(|message| receiver.is_late(message)) {
                messages.pop_front();
            }
        }
        self.lines.retain(|_, messages| !messages.is_empty());
        self.renumber(cast);
    }

    /// A participant enters the bodies of these deadlines, which it keeps.
    fn enter(&mut self, keeper: ServiceId, scopes: &[ScopeId]) {
        let own = self.lines.iter_mut().filter(|(line, _)| line.from == keeper);
        for message in own.flat_map(|(_, messages)| messages) {
            message.bodies.retain(|scope| !scopes.contains(scope));
        }
    }

    fn renumber(&mut self, cast: Cast<'_>) {
        let mut scopes: Vec<ScopeId> = self.parties.iter().flat_map(|it| it.rounds.keys().copied()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        for scope in scopes {
            let counting = self.parties.iter().zip(cast.machines).filter(|(_, m)| counts(m, scope));
            let rounds = counting.map(|(party, _)| party.round(scope));
            let messages = self.lines.values().flatten();
            let under_way = messages.flat_map(|message| &message.rounds).filter(|(other, _)| *other == scope);
            let Some(lowest) = rounds.chain(under_way.map(|(_, round)| *round)).min() else { continue };
            for party in &mut self.parties {
                let round = party.round(scope).saturating_sub(lowest);
                if round == 0 {
                    party.rounds.remove(&scope);
                } else {
                    party.rounds.insert(scope, round);
                }
            }
            let messages = self.lines.values_mut().flatten();
            for (_, round) in messages.flat_map(|m| &mut m.rounds).filter(|(other, _)| *other == scope) {
                *round -= lowest;
            }
        }
    }
}

/// Whether a participant learns of it when the deadline passes.
fn counts(machine: &LocalMachine, scope: ScopeId) -> bool {
    machine.states.values().any(|state| {
        state.expires.iter().any(|expire| expire.scope == scope)
            || state.hears.iter().any(|hear| hear.leaves == Some(scope))
    })
}

impl Party {
    fn round(&self, scope: ScopeId) -> u32 {
        self.rounds.get(&scope).copied().unwrap_or_default()
    }

    fn leave(&mut self, scope: Option<ScopeId>) {
        if let Some(scope) = scope {
            *self.rounds.entry(scope).or_default() += 1;
        }
    }

    /// Whether it has left, since, a deadline in which this was emitted.
    fn is_late(&self, message: &Message) -> bool {
        message.rounds.iter().any(|(scope, round)| *round < self.round(*scope))
    }

    fn is_early(&self, message: &Message) -> bool {
        message.rounds.iter().any(|(scope, round)| *round > self.round(*scope))
    }

    fn stamped(&self, place: &automaton::Place) -> Vec<(ScopeId, u32)> {
        place.scopes.iter().map(|scope| (*scope, self.round(*scope))).collect()
    }
}

/// One participant in one of its places.
#[derive(Clone, Copy)]
struct Here<'a> {
    cast: Cast<'a>,
    world: &'a World,
    number: usize,
    machine: &'a LocalMachine,
    way: &'a [usize],
}

impl Here<'_> {
    /// The world after the participant has moved, and what `then` does to it.
    fn moved(self, target: LocalStateId, then: impl FnOnce(&mut Party)) -> World {
        let mut world = self.world.clone();
        if let Some(party) = world.parties.get_mut(self.number) {
            party.place = party.place.moved(self.way, self.machine, target);
            then(party);
        }
        world
    }

    fn step(self, did: Did) -> Step {
        Step { who: self.machine.participant, did }
    }

    fn emits(self, emit: &Emit, passed: Option<ScopeId>, next: &mut Next) {
        let Some(party) = self.world.parties.get(self.number) else { return };
        let (from, lane) = (self.machine.participant, emit.place.lane);
        let lines = || emit.subscribers.iter().map(|to| Line { from, to: *to, lane });
        let full = |line| self.world.lines.get(&line).is_some_and(|it| it.len() >= self.cast.limits.line);
        if passed.is_some_and(|scope| party.round(scope) >= self.cast.limits.rounds) {
            next.reached.insert(Limit::Rounds);
            return;
        }
        if lines().any(full) {
            next.reached.insert(Limit::Line);
            return;
        }
        let undoable = emit.steps.iter().any(|step| self.cast.undoable.contains(step));
        let mut world = self.moved(emit.target, |party| {
            party.acted = true;
            party.leave(passed);
            if undoable {
                party.live.push(emit.steps.clone());
            }
        });
        let Some(party) = world.parties.get(self.number) else { return };
        let (event, steps) = (emit.event, emit.steps.clone());
        let keeps = |scope: &ScopeId| self.cast.choreography.scopes[*scope].keeper.id == from;
        let bodies = emit.place.scopes.iter().copied().filter(keeps).collect();
        let message =
            Message { event, rounds: party.stamped(&emit.place), bodies, passed: emit.leaves, steps };
        world.enter(from, &emit.enters.with);
        for line in lines() {
            world.lines.entry(line).or_default().push_back(message.clone());
        }
        world.enter(from, &emit.enters.behind);
        world.settle(self.cast);
        let (to, steps) = (emit.subscribers.clone(), emit.steps.clone());
        next.moves.push((self.step(Did::Emit { event, to, steps, passed }), world));
    }

    fn hears(self, hear: &Hear, next: &mut Next) {
        if hear.early {
            self.is_asked(hear, next);
            return;
        }
        let line = Line { from: hear.from, to: self.machine.participant, lane: hear.place.lane };
        let Some(party) = self.world.parties.get(self.number) else { return };
        let Some((at, message)) = self.world.first(line, hear.leaves) else { return };
        if !message.is_heard_by(hear) || party.is_early(message) {
            return;
        }
        let steps = message.steps.clone();
        let mut world = self.moved(hear.target, |party| party.leave(hear.leaves));
        world.lines.entry(line).or_default().remove(at);
        hear.enters.all().for_each(|scope| world.enter(line.to, &[scope]));
        world.settle(self.cast);
        let (event, from, passed) = (hear.event, hear.from, hear.leaves);
        next.moves.push((self.step(Did::Hear { event, from, steps, passed }), world));
    }

    /// Hears what may be asked at any time. What it says too late, or for the second time, is absorbed and changes
    /// nothing, so it is said only where it is heard.
    fn is_asked(self, hear: &Hear, next: &mut Next) {
        let Some(party) = self.world.parties.get(self.number) else { return };
        if hear.leaves.is_some_and(|scope| party.round(scope) >= self.cast.limits.rounds) {
            next.reached.insert(Limit::Rounds);
            return;
        }
        let mut world = self.moved(hear.target, |party| party.leave(hear.leaves));
        world.settle(self.cast);
        let (event, from, steps, passed) = (hear.event, hear.from, hear.steps.clone(), hear.leaves);
        next.moves.push((self.step(Did::Hear { event, from, steps, passed }), world));
    }

    /// Takes back what is live of these steps. The events that do it need not be followed: they are heard in every state
    /// and change none, they wait until the event that they take back has been taken or absorbed, and share its fate.
    fn takes_back(self, steps: &[StepId], target: LocalStateId, next: &mut Next) {
        let is_due = |emitted: &Vec<StepId>| emitted.iter().any(|step| steps.contains(step));
        let Some(party) = self.world.parties.get(self.number) else { return };
        let undone: Vec<_> = party.live.iter().rev().filter(|it| is_due(it)).cloned().collect();
        let world = self.moved(target, |party| party.live.retain(|it| !is_due(it)));
        next.moves.push((self.step(Did::TakeBack { undone }), world));
    }
}
