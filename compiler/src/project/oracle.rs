//! The projection held against its meaning: the machines together have exactly the runs of the whole.
//!
//! The oracle knows nothing of views or coherence. It runs the machines of all participants together, over
//! every interleaving, with one line per pair of emitter and receiver, and gathers what each participant
//! has seen at the end. The automaton's own runs, seen by each participant, must be the same set. For random
//! choreographies this must hold whenever they are accepted, and must fail whenever they are refused because
//! somebody cannot know what to do: the conditions are exact.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use rustc_hash::FxHashSet;

use super::automaton::{self, Automaton, PlaceId};
use super::coherence::{self, Breach};
use super::machine::{self, LocalMachine};
use super::sight::Sight;
use super::view::{self, Action};
use crate::model::{EventId, LocalStateId, Model, ServiceId, StateId, resolve::resolve};
use crate::source::Sources;
use crate::syntax::parse::parse_all;

/// What one participant sees: its own actions, in order.
type Trace = Vec<Action>;
/// What each participant has seen at the end of a run.
type Run = BTreeMap<ServiceId, Trace>;

/// How the machines together can end.
#[derive(Debug, Default, PartialEq)]
struct Ends {
    /// Runs after which nothing is left to do.
    complete: BTreeSet<Run>,
    /// A run that ends with an event that nobody takes, or with somebody who must go on and cannot.
    stuck: Option<Run>,
}

/// The runs of the whole, seen by each participant.
fn runs_of_whole(automaton: &Automaton) -> BTreeSet<Run> {
    let participants = automaton.participants();
    let empty: Run = participants.iter().map(|participant| (*participant, Trace::new())).collect();
    let mut runs = BTreeSet::new();
    let mut pending: Vec<(StateId, Run)> =
        automaton.initial().map(|state| (state, empty)).into_iter().collect();
    while let Some((state, run)) = pending.pop() {
        if automaton.states[state].ends {
            runs.insert(run);
            continue;
        }
        for transition in &automaton.states[state].transitions {
            let mut longer = run.clone();
            for (participant, trace) in &mut longer {
                trace.extend(Action::of(automaton, transition, *participant));
            }
            pending.push((transition.target, longer));
        }
    }
    runs
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Situation {
    states: Vec<LocalStateId>,
    lines: BTreeMap<(ServiceId, ServiceId), VecDeque<EventId>>,
    run: Run,
}

/// Runs the machines together over every interleaving.
fn runs_of_machines(machines: &[LocalMachine]) -> Ends {
    let start = Situation {
        states: machines.iter().map(|machine| machine.states.ids().next().unwrap()).collect(),
        lines: BTreeMap::new(),
        run: machines.iter().map(|machine| (machine.participant, Trace::new())).collect(),
    };
    let (mut seen, mut pending, mut ends) = (FxHashSet::default(), vec![start], Ends::default());
    while let Some(situation) = pending.pop() {
        if !seen.insert(situation.clone()) {
            continue;
        }
        let next = successors(machines, &situation);
        if next.is_empty() {
            let over = machines.iter().zip(&situation.states).all(|(m, state)| m.states[*state].ends);
            if over && situation.lines.values().all(VecDeque::is_empty) {
                ends.complete.insert(situation.run);
            } else {
                ends.stuck = Some(situation.run);
            }
        }
        pending.extend(next);
    }
    ends
}

fn successors(machines: &[LocalMachine], situation: &Situation) -> Vec<Situation> {
    let mut next = Vec::new();
    for (index, machine) in machines.iter().enumerate() {
        let (me, state) = (machine.participant, &machine.states[situation.states[index]]);
        for emit in &state.emits {
            let mut after = situation.clone();
            after.states[index] = emit.target;
            for subscriber in &emit.subscribers {
                after.lines.entry((me, *subscriber)).or_default().push_back(emit.event);
            }
            after.run.entry(me).or_default().push(Action::Emit(
                emit.event,
                emit.subscribers.clone(),
                PlaceId::default(),
                None,
            ));
            next.push(after);
        }
        for hear in &state.hears {
            let line = (hear.from, me);
            if situation.lines.get(&line).and_then(VecDeque::front) == Some(&hear.event) {
                let mut after = situation.clone();
                after.states[index] = hear.target;
                after.lines.entry(line).or_default().pop_front();
                after.run.entry(me).or_default().push(Action::Hear(
                    hear.event,
                    hear.from,
                    PlaceId::default(),
                ));
                next.push(after);
            }
        }
    }
    next
}

/// The first model of a text that resolves.
fn model(text: &str) -> Model {
    let mut sources = Sources::new();
    sources.add("random.chor", text).unwrap();
    let trees: Vec<_> = parse_all(&sources).into_iter().map(|parsed| parsed.tree).collect();
    resolve(&trees).0
}

/// The breaches of the only choreography of a text, its automaton, and the machines, projected even so.
fn project_anyway(text: &str) -> Option<(Vec<Breach>, Automaton, Vec<LocalMachine>)> {
    let model = model(text);
    let (id, choreography) = model.choreographies.iter().next()?;
    let automaton = automaton::build(&model, choreography).ok()?;
    let (mut breaches, mut machines) = (Vec::new(), Vec::new());
    for participant in automaton.participants() {
        let sight = Sight::new(&automaton, participant);
        let views = view::views(&sight).unwrap();
        breaches.extend(coherence::breaches(&sight, &views).unwrap());
        machines.push(machine::machine(id, choreography, &sight, &views));
    }
    Some((breaches, automaton, machines))
}

const SERVICES: [&str; 4] = ["Ann", "Ben", "Cyd", "Dan"];

#[derive(Clone, Debug)]
enum Part {
    /// Emitter, event (of three a service), subscribers as bits of the other three.
    Step(usize, usize, u8),
    /// Decider, and what follows the opening event of each branch.
    Choice(usize, [(u8, Vec<Part>); 2]),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let step = (0..4usize, 0..2usize, 1..8u8).prop_map(|(emitter, event, to)| Part::Step(emitter, event, to));
    let leaf = prop::collection::vec(step, 0..3);
    let some = leaf.prop_recursive(3, 12, 3, |inner| {
        let step =
            (0..4usize, 0..2usize, 1..8u8).prop_map(|(emitter, event, to)| Part::Step(emitter, event, to));
        let branch = (1..8u8, inner);
        let choice = (0..4usize, branch.clone(), branch)
            .prop_map(|(decider, one, other)| Part::Choice(decider, [one, other]));
        prop::collection::vec(prop_oneof![2 => step, 1 => choice], 0..3)
    });
    (parts_start(), some).prop_map(|(first, rest)| first.into_iter().chain(rest).collect())
}

fn parts_start() -> impl Strategy<Value = Vec<Part>> {
    prop::collection::vec((0..4usize, 0..2usize, 1..8u8).prop_map(|(a, e, to)| Part::Step(a, e, to)), 1..2)
}

fn step_text(emitter: usize, event: usize, to: u8) -> String {
    let others = (0..4).filter(|other| *other != emitter);
    let to: Vec<&str> =
        others.enumerate().filter(|(bit, _)| to & (1 << bit) != 0).map(|(_, at)| SERVICES[at]).collect();
    format!("{} -> {}: {}{event}\n", SERVICES[emitter], to.join(", "), SERVICES[emitter])
}

fn text(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Step(emitter, event, to) => step_text(*emitter, *event, *to),
            Part::Choice(decider, [one, other]) => format!(
                "choice at {} {{\n{}{}}} or {{\n{}{}}}\n",
                SERVICES[*decider],
                step_text(*decider, 0, one.0),
                text(&one.1),
                step_text(*decider, 1, other.0),
                text(&other.1),
            ),
        })
        .collect()
}

fn program(parts: &[Part]) -> String {
    let declarations: Vec<String> = SERVICES
        .iter()
        .map(|name| format!("service {name}\nevent {name}0 {{ key: uuid }}\nevent {name}1 {{ key: uuid }}"))
        .collect();
    format!("{}\nchoreography Random by key {{\n{}}}\n", declarations.join("\n"), text(parts))
}

fn cannot_know(breach: &Breach) -> bool {
    !matches!(breach, Breach::Untold { .. })
}

#[test]
fn the_conditions_are_exact() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let (mut accepted, mut refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    runner
        .run(&parts(), |parts| {
            let program = program(&parts);
            let Some((breaches, automaton, machines)) = project_anyway(&program) else { return Ok(()) };
            let whole = Ends { complete: runs_of_whole(&automaton), stuck: None };
            let together = runs_of_machines(&machines);
            if breaches.iter().any(cannot_know) {
                refused.set(refused.get() + 1);
                prop_assert_ne!(together, whole, "refused without need: {:?}\n{}", breaches, program);
            } else {
                accepted.set(accepted.get() + 1);
                prop_assert_eq!(together, whole, "accepted wrongly:\n{}", program);
            }
            Ok(())
        })
        .unwrap();
    let (accepted, refused) = (*accepted.get_mut(), *refused.get_mut());
    assert!(accepted > 300 && refused > 300, "too one-sided: {accepted} accepted, {refused} refused");
}
