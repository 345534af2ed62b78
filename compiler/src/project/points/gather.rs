//! Gathers the points of one participant from its machine.

use std::collections::{BTreeMap, BTreeSet};

use super::clash::label_needed;
use super::outcome::{Answers, MAX_ANSWER, TooLarge};
use super::{Alternative, Known, Occasion, Outcome, Point, Serve, join, snake_case};
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, EventId, Id, LocalStateId, Model, Name, Node, StepId, Undo};
use crate::project::known::{either, known};
use crate::project::machine::{LocalFork, LocalMachine};
use crate::source::Span;

/// The methods that a service needs for this machine, in the order of the text.
///
/// Points of one name and one outcome are one method: what is known on only some of the ways there is then
/// uncertain. Points of one name that differ in what may be answered are reported.
pub fn points(
    model: &Model,
    choreography: &Choreography,
    machine: &LocalMachine,
) -> Result<Vec<Point>, Vec<Diagnostic>> {
    let mut gatherer = Gatherer {
        model,
        choreography,
        machine,
        answers: Answers::new(machine),
        known: known(machine),
        points: BTreeMap::new(),
        findings: Vec::new(),
    };
    gatherer.start();
    gatherer.joins();
    gatherer.rounds();
    gatherer.hears();
    gatherer.expiries();
    gatherer.undos();
    if !gatherer.findings.is_empty() {
        return Err(gatherer.findings);
    }
    let mut points: Vec<Point> = gatherer.points.into_values().collect();
    points.sort_by(|a, b| (&a.steps, &a.name).cmp(&(&b.steps, &b.name)));
    Ok(points)
}

struct Gatherer<'a> {
    model: &'a Model,
    choreography: &'a Choreography,
    machine: &'a LocalMachine,
    answers: Answers<'a>,
    known: Vec<Vec<Known>>,
    /// By prefix and name.
    points: BTreeMap<(&'static str, String), Point>,
    findings: Vec<Diagnostic>,
}

impl<'a> Gatherer<'a> {
    /// A service that acts before it has heard anything starts the instance.
    fn start(&mut self) {
        let Some((id, state)) = self.machine.states.iter().next() else { return };
        let outcome = self.answers.at(id);
        if state.hears.is_empty()
            && let Some(outcome) = self.told(outcome, &self.emitted(id))
            && outcome != Outcome::Nothing
        {
            self.add(Point {
                name: snake_case(&self.choreography.header.name.text),
                occasion: Occasion::Start,
                known: Vec::new(),
                outcome,
                serves: vec![Serve::Decide(id)],
                steps: self.emitted(id),
            });
        }
    }

    /// The forks behind which the service is asked.
    fn asked_joins(&self) -> Vec<(LocalStateId, &'a LocalFork)> {
        let forks = self.machine.states.iter().filter_map(|(id, state)| Some((id, state.fork.as_ref()?)));
        forks.filter(|(_, fork)| self.answers.asks.contains(&fork.join)).collect()
    }

    fn joins(&mut self) {
        for (at, fork) in self.asked_joins() {
            let ends = join::ends(self.machine, at);
            let steps = self.emitted(fork.join);
            let Some(outcome) = self.told(self.answers.at(fork.join), &steps) else { continue };
            let label = join::label(self.choreography, fork.span);
            let Some(name) = self.join_name(label, &ends) else {
                let finding = self.unlabelled(fork.span);
                self.findings.push(finding);
                continue;
            };
            // What a region ends with is an argument of its own.
            let last: BTreeSet<EventId> = ends.iter().flatten().copied().collect();
            let known = self.known_at(fork.join).into_iter().filter(|known| !last.contains(&known.event));
            self.add(Point {
                name,
                occasion: Occasion::Join(ends),
                known: known.collect(),
                outcome,
                serves: vec![Serve::Decide(fork.join)],
                steps,
            });
        }
    }

    fn join_name(&self, label: Option<&Name>, ends: &[Vec<EventId>]) -> Option<String> {
        if let Some(label) = label {
            return Some(snake_case(&label.text));
        }
        let single = ends.iter().map(|events| match events.as_slice() {
            [only] => Some(snake_case(self.event(*only))),
            _ => None,
        });
        single.collect::<Option<Vec<_>>>().filter(|names| !names.is_empty()).map(|names| names.join("_and_"))
    }

    fn unlabelled(&self, par: Span) -> Diagnostic {
        let service = &self.model.services[self.machine.participant].header.name.text;
        Diagnostic::new(
            &codes::STEP_LABEL_NEEDED,
            par.at_start(),
            format!("{service} acts when all parts of this `par` are over, and the method has no name"),
        )
        .label("its parts may end in several ways")
        .help("put a label before it, such as `settled: par { … }`; the method is then named after it")
        .edit(par.at_start(), "settled: ")
    }

    /// Loops in which the service hears nothing: one decision each time round.
    fn rounds(&mut self) {
        let joins: BTreeSet<LocalStateId> =
            self.asked_joins().into_iter().map(|(_, fork)| fork.join).collect();
        let rounds: Vec<_> = self.answers.asks.iter().copied().filter(|at| !joins.contains(at)).collect();
        for at in rounds {
            let steps = self.emitted(at);
            let Some(outcome) = self.told(self.answers.at(at), &steps) else { continue };
            let name = steps.first().and_then(|step| around(&self.choreography.body, *step));
            let name = name.unwrap_or(&self.choreography.header.name);
            self.add(Point {
                name: snake_case(&name.text),
                occasion: Occasion::Round,
                known: self.known_at(at),
                outcome,
                serves: vec![Serve::Decide(at)],
                steps,
            });
        }
    }

    fn hears(&mut self) {
        let silent = join::heard_last(self.machine, &self.asked_joins());
        for (id, state) in self.machine.states.iter() {
            for (index, hear) in
                state.hears.iter().enumerate().filter(|(index, _)| !silent.contains(&(id, *index)))
            {
                let Some(outcome) = self.told(self.answers.to(hear.target), &hear.steps) else { continue };
                self.add(Point {
                    name: snake_case(hear.label.as_deref().unwrap_or(self.event(hear.event))),
                    occasion: Occasion::Hear(hear.event),
                    known: self.known_at(id),
                    outcome,
                    serves: vec![Serve::Hear(id, index)],
                    steps: hear.steps.clone(),
                });
            }
        }
    }

    fn expiries(&mut self) {
        for (id, state) in self.machine.states.iter() {
            for expire in &state.expires {
                let steps: Vec<StepId> = expire.emits.iter().flat_map(|emit| emit.steps.clone()).collect();
                let Some(outcome) = self.told(self.answers.one_of(&expire.emits), &steps) else { continue };
                let Some(first) = steps.first() else { continue };
                self.add(Point {
                    name: self.step_name(*first),
                    occasion: Occasion::Expire,
                    known: self.known_within(id),
                    outcome,
                    serves: vec![Serve::Expire(id, expire.scope)],
                    steps,
                });
            }
        }
    }

    /// Steps that may be taken back, its own and those that it hears.
    fn undos(&mut self) {
        for (id, step) in self.choreography.steps.iter() {
            let Some(Undo::By(undo)) = step.undo else { continue };
            let undoing = &self.choreography.steps[undo];
            if step.emitter.id == self.machine.participant && self.takes_back(id) {
                let then = Outcome::Nothing;
                self.add(Point {
                    name: self.step_name(id),
                    occasion: Occasion::Undo(step.event.id),
                    known: Vec::new(),
                    outcome: Outcome::Emits(vec![Alternative { event: undoing.event.id, then }]),
                    serves: vec![Serve::Undo(id)],
                    steps: vec![id],
                });
            }
            if undoing.subscribers.iter().any(|subscriber| subscriber.id == self.machine.participant) {
                self.add(Point {
                    name: self.step_name(undo),
                    occasion: Occasion::Undone(undoing.event.id),
                    known: Vec::new(),
                    outcome: Outcome::Nothing,
                    serves: vec![Serve::Undone(id)],
                    steps: vec![undo],
                });
            }
        }
    }

    /// Whether some rollback may take this step back.
    fn takes_back(&self, step: StepId) -> bool {
        let mut rollbacks = self.machine.states.values().filter_map(|state| state.rollback.as_ref());
        rollbacks.any(|rollback| rollback.steps.contains(&step))
    }

    /// The step's label, or its event.
    fn step_name(&self, step: StepId) -> String {
        let step = &self.choreography.steps[step];
        snake_case(step.label.as_ref().map_or(self.event(step.event.id), |label| &label.text))
    }

    fn event(&self, id: EventId) -> &'a str {
        &self.model.events[id].header.name.text
    }

    fn known_at(&self, state: LocalStateId) -> Vec<Known> {
        self.known.get(state.index()).cloned().unwrap_or_default()
    }

    /// What is known in a state, or somewhere in the regions that begin there.
    fn known_within(&self, state: LocalStateId) -> Vec<Known> {
        let inside = join::members(self.machine, state).into_iter().flatten();
        inside.fold(self.known_at(state), |known, at| {
            let there = self.known_at(at).into_iter().map(|known| Known { certain: false, ..known });
            crate::project::known::both(&known, &there.collect::<Vec<_>>())
        })
    }

    fn emitted(&self, state: LocalStateId) -> Vec<StepId> {
        let state = &self.machine.states[state];
        let first = state.emits.iter().flat_map(|emit| emit.steps.iter().copied());
        let regions = state.fork.iter().flat_map(|fork| &fork.regions);
        let inside =
            regions.flat_map(|at| self.machine.states[*at].emits.iter().flat_map(|emit| emit.steps.clone()));
        first.chain(inside).collect()
    }

    fn add(&mut self, point: Point) {
        let key = (point.occasion.prefix(), point.name.clone());
        let Some(same) = self.points.get_mut(&key) else {
            self.points.insert(key, point);
            return;
        };
        if same.occasion == point.occasion && same.outcome == point.outcome {
            same.known = either(&same.known, &point.known);
            same.serves.extend(point.serves);
            same.steps.extend(point.steps);
            same.steps.sort_unstable();
            same.steps.dedup();
        } else {
            let finding = label_needed(
                self.model,
                (self.choreography, same),
                (self.choreography, &point),
                self.machine.participant,
            );
            self.findings.push(finding);
        }
    }

    /// The outcome, or a finding when it is too much to write down.
    fn told(&mut self, outcome: Result<Outcome, TooLarge>, steps: &[StepId]) -> Option<Outcome> {
        if outcome.is_err() {
            let service = &self.model.services[self.machine.participant].header.name.text;
            let span = steps
                .first()
                .map_or(self.choreography.header.name.span, |step| self.choreography.steps[*step].span);
            self.findings.push(
                Diagnostic::new(
                    &codes::ANSWER_TOO_LARGE,
                    span,
                    format!("{service} has more than {MAX_ANSWER} events to answer with here"),
                )
                .label(format!("after this, {service} emits without hearing in between"))
                .help(format!(
                    "gather several events into one, or let {service} hear something between its decisions"
                )),
            );
        }
        outcome.ok()
    }
}

/// The name of the innermost loop around a step.
fn around(nodes: &[Node], step: StepId) -> Option<&Name> {
    nodes.iter().find_map(|node| {
        let inner = node.bodies().into_iter().find_map(|body| around(body, step));
        inner.or_else(|| match node {
            Node::Loop(node) => holds(&node.body, step).then_some(&node.name),
            _ => None,
        })
    })
}

fn holds(nodes: &[Node], step: StepId) -> bool {
    nodes.iter().any(|node| match node {
        Node::Step(id) => *id == step,
        other => other.bodies().into_iter().any(|body| holds(body, step)),
    })
}
