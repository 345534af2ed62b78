//! From the draft to the automaton: what nobody does is left out, and each state knows which deadlines are open.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::deadline::{Begin, Deadlines, deadlines};
use super::draft::{Draft, Edge, Position, States, What, state_id};
use super::{Automaton, Enters, Fork, ForkId, State, Transition, Unsettled, form, rollback};
use crate::diag::Diagnostic;
use crate::model::{ScopeId, StateId, StepId, Undo};

/// A position, and how far the deadlines around it are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Situation {
    position: Position,
    /// The deadlines that run: the keeper has entered their body.
    running: BTreeSet<ScopeId>,
    /// Those of them that are settled.
    settled: BTreeSet<ScopeId>,
    /// Those that have just been settled by an event which whoever keeps the deadline may not have heard in time.
    crossing: BTreeSet<ScopeId>,
}

/// The automaton of a draft, or why there is none.
pub(super) fn condense(mut draft: Draft<'_>, start: Position) -> Result<Automaton, Vec<Diagnostic>> {
    let deadlines = deadlines(&mut draft);
    form::audience(&mut draft);
    rollback::expand(&mut draft);
    if !draft.findings.is_empty() {
        return Err(draft.findings);
    }
    let mut condenser = Condenser {
        draft: &draft,
        deadlines: &deadlines,
        numbers: FxHashMap::default(),
        pending: Vec::new(),
        states: States::new(),
        unsettled: BTreeMap::new(),
    };
    let nothing = BTreeSet::new();
    condenser.number(Situation {
        position: start,
        running: nothing.clone(),
        settled: nothing.clone(),
        crossing: nothing,
    });
    condenser.run();
    let (states, unsettled) = (condenser.states, condenser.unsettled);
    let places = draft.places.clone();
    let keepers = draft.choreography.scopes.values().map(|scope| scope.keeper.id).collect();
    let automaton = Automaton { states, places, keepers, unsettled };
    let findings = form::check(&draft, &automaton);
    if findings.is_empty() { Ok(automaton) } else { Err(findings) }
}

struct Condenser<'a, 'd> {
    draft: &'a Draft<'d>,
    deadlines: &'a Deadlines,
    numbers: FxHashMap<Situation, StateId>,
    pending: Vec<Situation>,
    states: States,
    /// The deadlines whose body comes to its end before they are settled.
    unsettled: BTreeMap<ScopeId, Unsettled>,
}

impl Condenser<'_, '_> {
    fn number(&mut self, situation: Situation) -> StateId {
        let next = state_id(self.pending.len());
        *self.numbers.entry(situation).or_insert_with_key(|situation| {
            self.pending.push(situation.clone());
            next
        })
    }

    fn run(&mut self) {
        while let Some(situation) = self.pending.get(self.states.len()).cloned() {
            let state = self.state(&situation);
            self.states.push(state);
        }
    }

    /// The state of a situation: everything that may happen after nothing has.
    fn state(&mut self, situation: &Situation) -> State {
        let mut state = State::default();
        for scope in &situation.crossing {
            let expiries = self.expiries(situation, *scope);
            state.expiries.extend(expiries.into_iter().map(|t| Transition { crossing: true, ..t }));
        }
        for silent in self.silently(situation.clone()) {
            let Some(node) = self.draft.nodes.get(silent.position) else { continue };
            state.within = node.within.iter().map(|fork| fork_id(*fork)).collect();
            state.lane = node.lane;
            state.ends |= node.ends;
            if let Some(join) = self.draft.closes(node) {
                state.closes = Some(self.number(silent.moved(join, self.draft)));
            }
            for (at, edge) in node.edges.iter().enumerate() {
                state.transitions.extend(self.transition(&silent, at, edge));
                for scope in silent.unsettled(edge) {
                    self.ends_unsettled(scope, silent.position);
                }
            }
            if let Some(fork) = &node.fork {
                let regions = fork
                    .regions
                    .iter()
                    .map(|region| self.number(silent.moved(*region, self.draft)))
                    .collect();
                let join = self.number(silent.moved(fork.join, self.draft));
                state.fork = Some(Fork { id: fork_id(silent.position), regions, join, span: fork.span });
            }
            for scope in silent.running.difference(&silent.settled) {
                let expiries = self.expiries(&silent, *scope);
                for expiry in expiries {
                    if !state.expiries.contains(&expiry) {
                        state.expiries.push(expiry);
                    }
                }
            }
        }
        state
    }

    /// Notes that the body of a deadline comes to its end here, and how it has come here.
    fn ends_unsettled(&mut self, scope: ScopeId, here: Position) {
        let unsettled = self.unsettled.entry(scope).or_default();
        let mut unheard = self.deadlines.unheard(self.draft, scope, here).peekable();
        unsettled.otherwise |= unheard.peek().is_none();
        for (step, by) in unheard {
            unsettled.unheard.entry(step).or_default().extend(by);
        }
    }

    /// What may happen when this deadline passes.
    fn expiries(&mut self, situation: &Situation, scope: ScopeId) -> Vec<Transition> {
        let Some(otherwise) = self.draft.otherwise.get(&scope) else { return Vec::new() };
        let mut expiries = Vec::new();
        for silent in self.silently(situation.moved(*otherwise, self.draft)) {
            let Some(node) = self.draft.nodes.get(silent.position) else { continue };
            for (at, edge) in node.edges.iter().enumerate() {
                let transition = self.transition(&silent, at, edge);
                expiries.extend(transition.map(|t| Transition { leaves: Some(scope), ..t }));
            }
        }
        expiries
    }

    fn transition(&mut self, from: &Situation, at: usize, edge: &Edge) -> Option<Transition> {
        let (step, undoes) = match &edge.what {
            What::Step(step) => (*step, Vec::new()),
            What::Undo(steps) => (*steps.last()?, steps.clone()),
            _ => return None,
        };
        let node = self.draft.nodes.get(from.position)?;
        let mut next = Situation { crossing: BTreeSet::new(), ..from.clone() };
        let (mut with, mut crossing) = (Vec::new(), BTreeSet::new());
        for scope in &node.scopes {
            if self.deadlines.begins.get(scope) == Some(&Begin::First) && next.running.insert(*scope) {
                with.push(*scope);
            }
            let word = self.deadlines.word(*scope, from.position, at);
            let open = next.running.contains(scope) && !next.settled.contains(scope);
            if let Some(crosses) = word.filter(|_| open) {
                next.settled.insert(*scope);
                crossing.extend(crosses.then_some(*scope));
            }
        }
        let next = Situation { crossing, ..next.moved(edge.target, self.draft) };
        let enters = Enters { with, behind: self.entered(&next) };
        let target = self.number(next);
        Some(self.of_step(step, undoes, enters, target))
    }

    fn of_step(&self, step: StepId, undoes: Vec<StepId>, enters: Enters, target: StateId) -> Transition {
        let (emitter, mut subscribers) = self.draft.participants(step);
        let choreography = self.draft.choreography;
        let mut event = choreography.steps[step].event.id;
        if !undoes.is_empty() {
            subscribers.clear();
            if let Some(Undo::By(undo)) = choreography.steps[step].undo {
                event = choreography.steps[undo].event.id;
            }
        }
        let foreign = choreography.foreign_step() == Some(step);
        let (leaves, crossing) = (None, false);
        Transition { emitter, subscribers, event, step, foreign, undoes, enters, leaves, crossing, target }
    }

    /// The deadlines whose bodies begin as this situation is reached.
    fn entered(&self, situation: &Situation) -> Vec<ScopeId> {
        let reached = self.reached(situation.clone(), |from, edge| self.before_body(from, edge));
        let entering =
            reached.iter().filter_map(|at| self.draft.nodes.get(at.position)).flat_map(|node| &node.edges);
        let before = |scope: &ScopeId| self.deadlines.begins.get(scope) == Some(&Begin::Before);
        let mut entered: Vec<ScopeId> = entering
            .filter_map(|edge| if let What::Enter(scope) = edge.what { Some(scope) } else { None })
            .filter(before)
            .collect();
        entered.sort_unstable();
        entered.dedup();
        entered
    }

    /// What is reached from a situation while nothing happens, itself first.
    fn silently(&self, from: Situation) -> Vec<Situation> {
        self.reached(from, |from, edge| self.silent(from, edge))
    }

    /// What is reached from a situation along these edges, itself first.
    fn reached(
        &self,
        from: Situation,
        along: impl Fn(&Situation, &Edge) -> Option<Situation>,
    ) -> Vec<Situation> {
        let mut reached = vec![from];
        let mut at = 0;
        while let Some(situation) = reached.get(at).cloned() {
            at += 1;
            let Some(node) = self.draft.nodes.get(situation.position) else { continue };
            for next in node.edges.iter().filter_map(|edge| along(&situation, edge)) {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
        }
        reached
    }

    /// Where an edge leads that may stand between a step and the body that begins behind it: what is taken back there is
    /// taken back by each for itself.
    fn before_body(&self, from: &Situation, edge: &Edge) -> Option<Situation> {
        match &edge.what {
            What::Undo(_) => Some(from.moved(edge.target, self.draft)),
            _ => self.silent(from, edge),
        }
    }

    fn silent(&self, from: &Situation, edge: &Edge) -> Option<Situation> {
        let mut next = from.clone();
        match &edge.what {
            What::Nothing => {}
            What::Enter(scope) => {
                next.settled.remove(scope);
                next.running.remove(scope);
                if self.deadlines.begins.get(scope) == Some(&Begin::Before) {
                    next.running.insert(*scope);
                }
                // `moved` keeps what concerns the target: the body of the deadline.
            }
            What::Leave(scopes) if scopes.iter().all(|scope| from.settled.contains(scope)) => {}
            What::Leave(_) | What::Step(_) | What::Undo(_) | What::Rollback(_) => return None,
        }
        Some(next.moved(edge.target, self.draft))
    }
}

fn fork_id(position: Position) -> ForkId {
    // A choreography has at most some ten thousand positions.
    ForkId(u32::try_from(position).unwrap_or(u32::MAX))
}

impl Situation {
    /// The running deadlines that keep this edge from being taken.
    fn unsettled(&self, edge: &Edge) -> Vec<ScopeId> {
        let What::Leave(scopes) = &edge.what else { return Vec::new() };
        scopes.iter().copied().filter(|scope| !self.settled.contains(scope)).collect()
    }

    /// The same at another position: only the deadlines around it count there.
    fn moved(&self, position: Position, draft: &Draft<'_>) -> Self {
        let around = draft.nodes.get(position).map(|node| node.scopes.as_slice()).unwrap_or_default();
        let keep =
            |scopes: &BTreeSet<ScopeId>| scopes.iter().copied().filter(|s| around.contains(s)).collect();
        let (running, settled) = (keep(&self.running), keep(&self.settled));
        Self { position, running, settled, crossing: BTreeSet::new() }
    }
}
