//! Where a service has something to decide or to do: one method of its trait each.

use std::collections::BTreeMap;

use super::Projection;
use super::known::{either, known};
use super::machine::LocalMachine;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, EventId, Id, LocalStateId, Model, ServiceId, StepId};

/// More ways than this to answer at one point (events, counted over all of them) are refused: nobody could
/// read the type.
const MAX_ANSWER: usize = 64;

/// One method of a service's trait: what it is called, what it gets and what it may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The method's name without its prefix, in snake case: `order_placed` of `on_order_placed`; the step's
    /// label where it has one. For a start: the choreography's name.
    pub name: String,
    /// What was just heard; `None`: the service starts the instance by itself.
    pub hears: Option<EventId>,
    /// What the service knows of the instance here: the events that it heard or emitted before, in the
    /// order of their declaration.
    pub known: Vec<Known>,
    /// What it may answer.
    pub outcome: Outcome,
    /// The transitions that this method serves: the state, and the index in its `hears`.
    /// For a start: the initial state alone, index 0.
    pub serves: Vec<(LocalStateId, usize)>,
    /// The steps in the text that are heard here; for a start, those that are emitted.
    pub steps: Vec<StepId>,
}

/// An event of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub event: EventId,
    /// Whether it was seen on every way here.
    pub certain: bool,
}

/// What a service emits at one point, before it hears again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing.
    Nothing,
    /// One of these; a single one is no choice.
    Emits(Vec<Alternative>),
}

/// One event to emit, and what comes after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The event.
    pub event: EventId,
    /// What is emitted next, before the service hears again.
    pub then: Outcome,
}

/// The methods that a service needs for this machine, in the order of the text.
///
/// Points of one name and one outcome are one method: what is known on only some of the ways there is then
/// uncertain. Points of one name that differ in what may be answered are reported.
pub fn points(
    model: &Model,
    choreography: &Choreography,
    machine: &LocalMachine,
) -> Result<Vec<Point>, Vec<Diagnostic>> {
    let mut gatherer =
        Gatherer { model, choreography, machine, points: BTreeMap::new(), findings: Vec::new() };
    gatherer.start();
    gatherer.hears(&known(machine));
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
    points: BTreeMap<String, Point>,
    findings: Vec<Diagnostic>,
}

impl Gatherer<'_> {
    /// A service that acts before it has heard anything starts the instance.
    fn start(&mut self) {
        let Some((id, state)) = self.machine.states.iter().next().filter(|(_, s)| !s.emits.is_empty()) else {
            return;
        };
        let steps: Vec<StepId> = state.emits.iter().flat_map(|emit| emit.steps.iter().copied()).collect();
        let Some(outcome) = self.outcome(id, &steps) else { return };
        let name = format!("start {}", snake_case(&self.choreography.header.name.text));
        let point = Point {
            name: snake_case(&self.choreography.header.name.text),
            hears: None,
            known: Vec::new(),
            outcome,
            serves: vec![(id, 0)],
            steps,
        };
        // The space keeps starts apart from what is heard: no event's name holds one.
        self.points.insert(name, point);
    }

    fn hears(&mut self, known: &[Vec<Known>]) {
        for (id, state) in self.machine.states.iter() {
            for (index, hear) in state.hears.iter().enumerate() {
                let Some(outcome) = self.outcome(hear.target, &hear.steps) else { continue };
                let event = &self.model.events[hear.event].header.name.text;
                let point = Point {
                    name: snake_case(hear.label.as_ref().unwrap_or(event)),
                    hears: Some(hear.event),
                    known: known.get(id.index()).cloned().unwrap_or_default(),
                    outcome,
                    serves: vec![(id, index)],
                    steps: hear.steps.clone(),
                };
                self.add(point);
            }
        }
    }

    fn add(&mut self, point: Point) {
        let Some(same) = self.points.get_mut(&point.name) else {
            self.points.insert(point.name.clone(), point);
            return;
        };
        if same.hears == point.hears && same.outcome == point.outcome {
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

    /// What the service may emit from here until it hears again; `None`, and a finding, when that is too
    /// much to write down.
    fn outcome(&mut self, state: LocalStateId, heard: &[StepId]) -> Option<Outcome> {
        let mut room = MAX_ANSWER;
        let outcome = unfold(self.machine, state, &mut room);
        if outcome.is_none() {
            let service = &self.model.services[self.machine.participant].header.name.text;
            let span = heard
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
        outcome
    }
}

fn unfold(machine: &LocalMachine, state: LocalStateId, room: &mut usize) -> Option<Outcome> {
    let emits = &machine.states[state].emits;
    if emits.is_empty() {
        return Some(Outcome::Nothing);
    }
    let mut alternatives = Vec::new();
    for emit in emits {
        *room = room.checked_sub(1)?;
        alternatives.push(Alternative { event: emit.event, then: unfold(machine, emit.target, room)? });
    }
    Some(Outcome::Emits(alternatives))
}

fn label_needed(
    model: &Model,
    (one_flow, one): (&Choreography, &Point),
    (other_flow, other): (&Choreography, &Point),
    participant: ServiceId,
) -> Diagnostic {
    let service = &model.services[participant].header.name.text;
    let span = |flow: &Choreography, point: &Point| {
        point.steps.first().map_or(flow.header.name.span, |step| flow.steps[*step].span)
    };
    let answers = |flow: &Choreography, point: &Point| {
        let event = point.hears.map_or("", |event| model.events[event].header.name.text.as_str());
        let place = if one_flow.header.name == other_flow.header.name {
            String::new()
        } else {
            format!(" of {}", flow.header.name.text)
        };
        format!("after this `{event}`{place}, {service} {}", describe(model, &point.outcome))
    };
    Diagnostic::new(
        &codes::STEP_LABEL_NEEDED,
        span(other_flow, other),
        format!("{service} would need two different methods called `on_{}`", one.name),
    )
    .label(answers(other_flow, other))
    .related(span(one_flow, one), answers(one_flow, one))
    .help(format!(
        "put a label before one of the steps, such as `{}_here: …`; the method is then named after it",
        one.name
    ))
}

/// Points of one service that would get one method although they belong to different choreographies.
pub fn clashes(model: &Model, projections: &[Projection]) -> Vec<Diagnostic> {
    let mut taken: BTreeMap<(ServiceId, &str), (&LocalMachine, &Point)> = BTreeMap::new();
    let mut findings = Vec::new();
    for role in projections.iter().flat_map(|projection| &projection.roles) {
        for point in role.points.iter().filter(|point| point.hears.is_some()) {
            let key = (role.machine.participant, point.name.as_str());
            match taken.get(&key) {
                None => {
                    taken.insert(key, (&role.machine, point));
                }
                Some((machine, earlier)) => {
                    let choreography = |machine: &LocalMachine| &model.choreographies[machine.choreography];
                    findings.push(label_needed(
                        model,
                        (choreography(machine), earlier),
                        (choreography(&role.machine), point),
                        role.machine.participant,
                    ));
                }
            }
        }
    }
    findings
}

fn describe(model: &Model, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Nothing => "emits nothing".to_owned(),
        Outcome::Emits(alternatives) => {
            let names: Vec<_> = alternatives
                .iter()
                .map(|alternative| {
                    let name = format!("`{}`", model.events[alternative.event].header.name.text);
                    match alternative.then {
                        Outcome::Nothing => name,
                        Outcome::Emits(_) => format!("{name} and more"),
                    }
                })
                .collect();
            format!("emits {}", names.join(" or "))
        }
    }
}

/// `OrderPlaced` as `order_placed`, `HTTPFailed` as `http_failed`; snake case stays as it is.
pub fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(index + 1);
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts_word {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}
