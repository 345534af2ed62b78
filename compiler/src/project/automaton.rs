//! A choreography as a finite automaton: who may do what next, seen from above.
//!
//! The body is walked once. A step is one transition; the branches of a choice leave one state and meet in
//! another. What the form conditions ask of a choice is judged on the states that come out: all transitions
//! of a state have one emitter, and their events differ.

use crate::diag::{Diagnostic, codes};
use crate::model::{Arena, Choice, Choreography, EventId, Model, Node, ServiceId, StateId, StepId};
use crate::source::Span;

/// The automaton of one choreography. State 0 is where an instance starts.
///
/// Sequence and choice give one region: one automaton. A construct with independent regions gets one
/// automaton a region, each under the same conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Automaton {
    /// The states.
    pub states: Arena<StateId, State>,
}

/// One state of the whole flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What may happen next; all by one emitter.
    pub transitions: Vec<Transition>,
    /// Whether the flow may be over here.
    pub ends: bool,
}

/// `emitter → subscribers : event`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Who publishes.
    pub emitter: ServiceId,
    /// Who hears, sorted, each once, without the emitter.
    pub subscribers: Vec<ServiceId>,
    /// What.
    pub event: EventId,
    /// The step in the text.
    pub step: StepId,
    /// What holds afterwards.
    pub target: StateId,
}

impl Transition {
    /// Whether this participant emits or hears the event.
    pub fn involves(&self, participant: ServiceId) -> bool {
        self.emitter == participant || self.hears(participant)
    }

    /// Whether this participant hears the event.
    pub fn hears(&self, participant: ServiceId) -> bool {
        self.subscribers.binary_search(&participant).is_ok()
    }
}

impl Automaton {
    /// Where an instance starts.
    pub fn initial(&self) -> Option<StateId> {
        self.states.ids().next()
    }

    /// The participants, by id.
    pub fn participants(&self) -> Vec<ServiceId> {
        let mut participants: Vec<_> = self
            .states
            .values()
            .flat_map(|state| &state.transitions)
            .flat_map(|transition| transition.subscribers.iter().copied().chain([transition.emitter]))
            .collect();
        participants.sort_unstable();
        participants.dedup();
        participants
    }

    /// The same automaton, in which `participant` hears these steps too.
    #[must_use]
    pub fn with_subscriber(&self, participant: ServiceId, steps: &[StepId]) -> Self {
        let mut extended = self.clone();
        for state in extended.states.values_mut() {
            for transition in &mut state.transitions {
                if steps.contains(&transition.step) && !transition.involves(participant) {
                    transition.subscribers.push(participant);
                    transition.subscribers.sort_unstable();
                }
            }
        }
        extended
    }
}

/// Builds the automaton of a choreography; what its form forbids is reported, and then there is none.
pub fn build(model: &Model, choreography: &Choreography) -> Result<Automaton, Vec<Diagnostic>> {
    let mut builder = Builder { model, choreography, automaton: Automaton::default(), findings: Vec::new() };
    let start = builder.automaton.states.push(State::default());
    let end = builder.automaton.states.push(State { transitions: Vec::new(), ends: true });
    if choreography.body.is_empty() {
        let name = &choreography.header.name;
        builder.findings.push(
            Diagnostic::new(&codes::EMPTY_CHOREOGRAPHY, name.span, format!("`{}` has no step", name.text))
                .label("nothing ever happens in it")
                .help("write at least one step, such as `A -> B: SomethingHappened`, or remove the choreography"),
        );
    }
    builder.sequence(&choreography.body, start, end);
    if builder.findings.is_empty() { Ok(builder.automaton) } else { Err(builder.findings) }
}

struct Builder<'a> {
    model: &'a Model,
    choreography: &'a Choreography,
    automaton: Automaton,
    findings: Vec<Diagnostic>,
}

impl Builder<'_> {
    fn sequence(&mut self, nodes: &[Node], from: StateId, to: StateId) {
        let mut here = from;
        for (index, node) in nodes.iter().enumerate() {
            let last = index + 1 == nodes.len();
            let next = if last { to } else { self.automaton.states.push(State::default()) };
            match node {
                Node::Step(step) => self.step(*step, here, next),
                Node::Choice(choice) => self.choice(choice, here, next),
            }
            here = next;
        }
    }

    fn step(&mut self, id: StepId, from: StateId, to: StateId) {
        let step = &self.choreography.steps[id];
        let emitter = step.emitter.id;
        // An emitter among its own subscribers is reported with the contracts; here it is passed over.
        let mut subscribers: Vec<_> =
            step.subscribers.iter().map(|subscriber| subscriber.id).filter(|s| *s != emitter).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let transition = Transition { emitter, subscribers, event: step.event.id, step: id, target: to };
        self.automaton.states[from].transitions.push(transition);
    }

    fn choice(&mut self, choice: &Choice, from: StateId, to: StateId) {
        if let [only] = choice.branches.as_slice() {
            self.findings.push(
                Diagnostic::new(
                    &codes::SINGLE_BRANCH,
                    choice.decider.span,
                    "this choice has one branch only",
                )
                .label("nothing to decide")
                .help("add `or { … }`, or write the steps without `choice`")
                .related(only.span, "the only branch"),
            );
        }
        let mut heads: Vec<(EventId, StepId)> = Vec::new();
        for branch in &choice.branches {
            self.branch_heads(choice, &branch.body, branch.span, &mut heads);
            self.sequence(&branch.body, from, to);
        }
    }

    /// Holds the events that open a branch to the form: emitted by the decider, and each a different one.
    fn branch_heads(
        &mut self,
        choice: &Choice,
        body: &[Node],
        span: Span,
        heads: &mut Vec<(EventId, StepId)>,
    ) {
        match body.first() {
            None => self.findings.push(
                Diagnostic::new(&codes::EMPTY_BRANCH, span, "this branch opens with no event")
                    .label("nobody is told that it was taken")
                    .related(choice.decider.span, format!("{} decides here", self.service(choice.decider.id)))
                    .help(format!(
                        "let it open with an event of {0}, heard by whoever must know: `{0} -> …: …`",
                        self.service(choice.decider.id)
                    )),
            ),
            Some(Node::Step(id)) => self.branch_head(choice, *id, heads),
            Some(Node::Choice(inner)) => {
                for branch in &inner.branches {
                    if !branch.body.is_empty() {
                        self.branch_heads(choice, &branch.body, branch.span, heads);
                    }
                }
            }
        }
    }

    fn branch_head(&mut self, choice: &Choice, id: StepId, heads: &mut Vec<(EventId, StepId)>) {
        let step = &self.choreography.steps[id];
        let decider = self.service(choice.decider.id);
        if step.emitter.id != choice.decider.id {
            let emitter = self.service(step.emitter.id);
            self.findings.push(
                Diagnostic::new(
                    &codes::BRANCH_OPENED_BY_ANOTHER,
                    step.emitter.span,
                    format!("this branch is {decider}'s to choose, but {emitter} opens it"),
                )
                .label(format!("emitted by {emitter}"))
                .related(choice.decider.span, format!("{decider} decides here"))
                .help(format!(
                    "write `choice at {emitter}` if {emitter} decides; otherwise let {decider} open the branch with an event of its own"
                )),
            );
            return;
        }
        let event = step.event.id;
        if let Some((_, earlier)) = heads.iter().find(|(head, other)| *head == event && *other != id) {
            let name = &self.model.events[event].header.name.text;
            self.findings.push(
                Diagnostic::new(
                    &codes::BRANCHES_OPEN_ALIKE,
                    step.event.span,
                    format!("two branches of this choice open with `{name}`"),
                )
                .label("and so does this one")
                .related(self.choreography.steps[*earlier].event.span, format!("one branch opens with `{name}`"))
                .help("open each branch with an event of its own, so that who hears it knows the branch; or move the common event before the choice"),
            );
            return;
        }
        if !heads.contains(&(event, id)) {
            heads.push((event, id));
        }
    }

    fn service(&self, id: ServiceId) -> &str {
        &self.model.services[id].header.name.text
    }
}
