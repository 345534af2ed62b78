//! Every run of the machines, the shortest first.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::step::{Did, Step};
use super::world::{Cast, Line, World};
use super::{Counterexample, Exploration, Fault, Limit};
use crate::model::{EventId, Id, LocalStateId, ScopeId, ServiceId};
use crate::project::machine::LocalMachine;

/// What a participant may ever hear from a state on: emitter, lane, event, deadlines.
type Hearable = FxHashSet<(ServiceId, u32, EventId, Vec<ScopeId>)>;

/// Breadth first over the worlds, so every counterexample is as short as can be.
pub(super) fn search(cast: Cast<'_>) -> Exploration {
    let mut search = Search {
        cast,
        worlds: IndexSet::default(),
        origins: Vec::new(),
        futures: cast.machines.iter().map(futures).collect(),
        found: BTreeMap::new(),
        reached: BTreeSet::new(),
    };
    search.reach(World::start(cast), None);
    let mut at = 0;
    while at < search.worlds.len() {
        if search.worlds.len() > cast.limits.worlds {
            search.reached.insert(Limit::Worlds);
            break;
        }
        search.expand(at);
        at += 1;
    }
    search.finish()
}

struct Search<'a> {
    cast: Cast<'a>,
    /// All worlds that were reached, in that order.
    worlds: IndexSet<World, FxBuildHasher>,
    /// Of each world: the one before it, the step from there, and how many steps there are in all.
    origins: Vec<(Option<(usize, Step)>, usize)>,
    futures: Vec<Vec<Hearable>>,
    found: BTreeMap<Fault, usize>,
    reached: BTreeSet<Limit>,
}

impl Search<'_> {
    fn reach(&mut self, world: World, origin: Option<(usize, Step)>) {
        let before = origin.as_ref().and_then(|(from, _)| self.origins.get(*from));
        let length = before.map_or(0, |(_, length)| length + 1);
        if self.worlds.insert(world) {
            self.origins.push((origin, length));
        }
    }

    fn expand(&mut self, at: usize) {
        let Some(world) = self.worlds.get_index(at).cloned() else { return };
        if let Some(fault) = self.unheard(&world) {
            // What follows is told by this.
            self.found.entry(fault).or_insert(at);
            return;
        }
        if self.origins.get(at).is_some_and(|(_, length)| *length >= self.cast.limits.steps) {
            self.reached.insert(Limit::Steps);
            return;
        }
        let next = world.next(self.cast);
        if next.moves.is_empty() && next.reached.is_empty() {
            for fault in self.at_rest(&world) {
                self.found.entry(fault).or_insert(at);
            }
        }
        self.reached.extend(next.reached);
        for (step, after) in next.moves {
            self.reach(after, Some((at, step)));
        }
    }

    /// An event at the head of its line that its receiver hears in no state to come.
    fn unheard(&self, world: &World) -> Option<Fault> {
        world.lines.iter().find_map(|(line, messages)| {
            let message = messages.front()?;
            let number = self.cast.machines.iter().position(|it| it.participant == line.to)?;
            let (futures, party) = (self.futures.get(number)?, world.parties.get(number)?);
            let scopes = message.rounds.iter().map(|(scope, _)| *scope).collect();
            let wanted = (line.from, line.lane, message.event, scopes);
            let hearable = party.place.all().into_iter().any(|(_, state)| {
                let future = futures.get(state.index());
                future.is_some_and(|future| future.contains(&wanted))
            });
            (!hearable).then(|| unheard(line, message.event))
        })
    }

    /// What is wrong when nothing more can happen.
    fn at_rest(&self, world: &World) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (machine, party) in self.cast.machines.iter().zip(&world.parties) {
            let who = machine.participant;
            let waits = || {
                let states = party.place.all().into_iter().map(|(_, state)| &machine.states[state]);
                let hears = states.flat_map(|state| &state.hears).filter(|hear| hear.leaves.is_none());
                let mut events: Vec<EventId> = hears.map(|hear| hear.event).collect();
                events.sort_unstable();
                events.dedup();
                events
            };
            if !party.place.may_be_over(machine) {
                faults.push(Fault::Stuck { who, waits: waits() });
            } else if party.acted && !waits().is_empty() {
                faults.push(Fault::Left { who, waits: waits() });
            }
        }
        let left = world.lines.iter().filter_map(|(line, it)| Some(unheard(line, it.front()?.event)));
        faults.extend(left);
        faults
    }

    fn finish(self) -> Exploration {
        let mut counterexamples: Vec<Counterexample> =
            self.found.iter().map(|(fault, at)| self.trace(fault, *at)).collect();
        counterexamples.sort_by_key(|it| it.steps.len());
        let unreached = if self.reached.is_empty() { self.unreached() } else { Vec::new() };
        Exploration { counterexamples, unreached, worlds: self.worlds.len(), reached: self.reached }
    }

    fn trace(&self, fault: &Fault, end: usize) -> Counterexample {
        let mut steps = Vec::new();
        let mut at = end;
        while let Some((Some((from, step)), _)) = self.origins.get(at) {
            steps.push(step.clone());
            at = *from;
        }
        steps.reverse();
        Counterexample { fault: fault.clone(), steps }
    }

    /// The transitions that no run takes, as the states from which nothing was ever done.
    fn unreached(&self) -> Vec<(ServiceId, LocalStateId)> {
        let mut reached: FxHashSet<(usize, LocalStateId)> = FxHashSet::default();
        for world in &self.worlds {
            for (number, party) in world.parties.iter().enumerate() {
                reached.extend(party.place.all().into_iter().map(|(_, state)| (number, state)));
            }
        }
        let machines = self.cast.machines.iter().enumerate();
        let all = machines.flat_map(|(number, m)| m.states.ids().map(move |id| (number, m.participant, id)));
        all.filter(|(number, _, id)| !reached.contains(&(*number, *id)))
            .filter(|(number, _, id)| !self.passes(*number, *id))
            .map(|(_, who, id)| (who, id))
            .collect()
    }

    /// A fork all of whose regions are over at once is passed through without a stop.
    fn passes(&self, number: usize, id: LocalStateId) -> bool {
        self.cast.machines.get(number).is_some_and(|machine| machine.states[id].fork.is_some())
    }
}

fn unheard(line: &Line, event: EventId) -> Fault {
    Fault::Unheard { who: line.to, event, from: line.from }
}

/// What may ever be heard from each state on.
fn futures(machine: &LocalMachine) -> Vec<Hearable> {
    let mut futures: Vec<Hearable> = machine
        .states
        .values()
        .map(|state| {
            let hears = state.hears.iter();
            hears.map(|it| (it.from, it.place.lane, it.event, it.place.scopes.clone())).collect()
        })
        .collect();
    let mut grown = true;
    while grown {
        grown = false;
        for (id, state) in machine.states.iter().rev() {
            let behind: Hearable =
                state.targets().filter_map(|target| futures.get(target.index())).flatten().cloned().collect();
            if let Some(here) = futures.get_mut(id.index()) {
                let before = here.len();
                here.extend(behind);
                grown |= here.len() > before;
            }
        }
    }
    futures
}

impl Step {
    /// Whether a deadline passes with it.
    pub fn expires(&self) -> bool {
        matches!(self.did, Did::Emit { passed: Some(_), .. })
    }
}
