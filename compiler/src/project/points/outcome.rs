//! What a service may emit before it hears again.

use std::collections::BTreeSet;

use super::{Alternative, Outcome};
use crate::model::{Arena, Id, LocalStateId};
use crate::project::machine::{Emit, LocalMachine, LocalState};

/// More ways than this to answer at one point (events, counted over all of them) are refused: nobody could
/// read the type.
pub(super) const MAX_ANSWER: usize = 64;

/// The answer would be larger than anybody could read.
pub(super) struct TooLarge;

/// Reads answers off a machine.
pub(super) struct Answers<'a> {
    states: &'a Arena<LocalStateId, LocalState>,
    /// Where an answer ends although more is emitted: the service is asked again there.
    pub(super) asks: BTreeSet<LocalStateId>,
}

impl<'a> Answers<'a> {
    /// A service is asked again behind a fork, since the regions end at different times, and once for each time
    /// round a loop in which it hears nothing.
    pub(super) fn new(machine: &'a LocalMachine) -> Self {
        let joins = machine.states.values().filter_map(|state| state.fork.as_ref()).map(|fork| fork.join);
        let mut answers = Self { states: &machine.states, asks: joins.collect() };
        answers.asks.extend(rounds(machine));
        let asked: Vec<_> = answers.asks.iter().copied().collect();
        // Where nothing is emitted, nothing is asked. One that is too large is told where it is asked for.
        let idle = asked.into_iter().filter(|at| matches!(answers.at(*at), Ok(Outcome::Nothing)));
        for at in idle.collect::<Vec<_>>() {
            answers.asks.remove(&at);
        }
        answers
    }

    /// What the service answers when it is asked in this state.
    pub(super) fn at(&self, state: LocalStateId) -> Result<Outcome, TooLarge> {
        self.from(state, &[], &mut { MAX_ANSWER })
    }

    /// What it answers on the way to this state: nothing where it is asked there.
    pub(super) fn to(&self, state: LocalStateId) -> Result<Outcome, TooLarge> {
        self.reach(state, &[], &mut { MAX_ANSWER })
    }

    /// What it answers with one of these.
    pub(super) fn one_of(&self, emits: &[Emit]) -> Result<Outcome, TooLarge> {
        self.alternatives(emits, &[], &mut { MAX_ANSWER })
    }

    fn reach(&self, at: LocalStateId, then: &[LocalStateId], room: &mut usize) -> Result<Outcome, TooLarge> {
        if self.asks.contains(&at) { self.next(then, room) } else { self.from(at, then, room) }
    }

    /// Regions that begin together are answered for one after the other: `then` are those that are still to come.
    fn from(&self, at: LocalStateId, then: &[LocalStateId], room: &mut usize) -> Result<Outcome, TooLarge> {
        let state = &self.states[at];
        if let Some(rollback) = &state.rollback {
            *room = room.checked_sub(1).ok_or(TooLarge)?;
            return self.reach(rollback.target, then, room);
        }
        if let Some(fork) = &state.fork {
            *room = room.checked_sub(1).ok_or(TooLarge)?;
            return self.next(&[&fork.regions, then].concat(), room);
        }
        if state.emits.is_empty() {
            return self.next(then, room);
        }
        self.alternatives(&state.emits, then, room)
    }

    fn next(&self, then: &[LocalStateId], room: &mut usize) -> Result<Outcome, TooLarge> {
        match then.split_first() {
            Some((next, others)) => self.reach(*next, others, room),
            None => Ok(Outcome::Nothing),
        }
    }

    fn alternatives(
        &self,
        emits: &[Emit],
        then: &[LocalStateId],
        room: &mut usize,
    ) -> Result<Outcome, TooLarge> {
        let mut alternatives = Vec::new();
        for emit in emits {
            *room = room.checked_sub(1).ok_or(TooLarge)?;
            alternatives.push(Alternative { event: emit.event, then: self.reach(emit.target, then, room)? });
        }
        Ok(Outcome::Emits(alternatives))
    }
}

/// Where loops start in which the participant hears nothing: the targets of edges that lead back, depth first.
fn rounds(machine: &LocalMachine) -> BTreeSet<LocalStateId> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; machine.states.len()];
    let mut rounds = BTreeSet::new();
    for start in machine.states.ids() {
        // A stack of states with those of their targets that are left.
        let mut stack = vec![(start, Vec::new())];
        while let Some((at, mut targets)) = stack.pop() {
            let Some(mark) = marks.get_mut(at.index()) else { continue };
            if *mark == Mark::New {
                *mark = Mark::Open;
                targets = of_its_own_accord(&machine.states[at]);
            }
            let next = if *mark == Mark::Open { targets.pop() } else { None };
            let Some(next) = next else {
                *mark = Mark::Done;
                continue;
            };
            stack.push((at, targets));
            match marks.get(next.index()) {
                Some(Mark::New) => stack.push((next, Vec::new())),
                Some(Mark::Open) => {
                    rounds.insert(next);
                }
                _ => {}
            }
        }
    }
    rounds
}

/// Where a state leads without anything being heard.
fn of_its_own_accord(state: &LocalState) -> Vec<LocalStateId> {
    let emitted = state.emits.iter().map(|emit| emit.target);
    emitted.chain(state.rollback.iter().map(|rollback| rollback.target)).collect()
}
