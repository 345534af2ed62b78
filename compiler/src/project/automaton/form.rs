//! What the form of a choreography demands, before anything is asked of what its participants can know.

use rustc_hash::FxHashSet;

use super::draft::{Draft, What};
use super::{Automaton, State, early, reach, undo};
use crate::diag::words::shown;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choice, Choreography, Deadline, EventId, Model, Node, Parallel, ServiceId, StepId};
use crate::source::Span;

pub(super) fn service(model: &Model, id: ServiceId) -> &str {
    &model.services[id].header.name.text
}

pub(super) fn event(model: &Model, id: EventId) -> &str {
    &model.events[id].header.name.text
}

/// A choreography without a step.
pub(super) fn empty(choreography: &Choreography, findings: &mut Vec<Diagnostic>) {
    if choreography.body.is_empty() {
        let name = &choreography.header.name;
        findings.push(
            Diagnostic::new(&codes::EMPTY_CHOREOGRAPHY, name.span, format!("`{}` has no step", name.text))
                .label("nothing ever happens in it")
                .help("write at least one step, such as `A -> B: SomethingHappened`, or remove the choreography"),
        );
    }
}

/// A `par` with one part.
pub(super) fn parallel(parallel: &Parallel, findings: &mut Vec<Diagnostic>) {
    if let [only] = parallel.regions.as_slice() {
        findings.push(
            Diagnostic::new(&codes::SINGLE_BRANCH, parallel.span, "this `par` has one part only")
                .label("nothing happens side by side")
                .help("add `and { … }`, or write the steps without `par`")
                .related(only.span, "the only part"),
        );
    }
    for region in parallel.regions.iter().filter(|region| region.body.is_empty()) {
        findings.push(
            Diagnostic::new(&codes::EMPTY_BRANCH, region.span, "nothing happens in this part of the `par`")
                .label("no step")
                .help("write what happens in it, or remove the part"),
        );
    }
}

/// The branches of a choice: several, each opened by an event of the decider, each by another.
pub(super) fn choice(
    model: &Model,
    choreography: &Choreography,
    choice: &Choice,
    findings: &mut Vec<Diagnostic>,
) {
    if let [only] = choice.branches.as_slice() {
        findings.push(
            Diagnostic::new(&codes::SINGLE_BRANCH, choice.decider.span, "this choice has one branch only")
                .label("nothing to decide")
                .help("add `or { … }`, or write the steps without `choice`")
                .related(only.span, "the only branch"),
        );
    }
    let mut heads = Heads { model, choreography, choice, seen: Vec::new(), findings };
    for branch in &choice.branches {
        heads.branch(&branch.body, branch.span);
    }
}

struct Heads<'a> {
    model: &'a Model,
    choreography: &'a Choreography,
    choice: &'a Choice,
    seen: Vec<(EventId, StepId)>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Heads<'_> {
    /// What may happen first in a branch.
    fn branch(&mut self, body: &[Node], span: Span) {
        match body.first() {
            Some(Node::Step(id)) => self.step(*id),
            Some(Node::Choice(inner)) => {
                for branch in inner.branches.iter().filter(|branch| !branch.body.is_empty()) {
                    self.branch(&branch.body, branch.span);
                }
            }
            Some(Node::Loop(inner)) if !inner.body.is_empty() => self.branch(&inner.body, inner.span),
            other => self.no_event(other, span),
        }
    }

    fn no_event(&mut self, first: Option<&Node>, span: Span) {
        let decider = service(self.model, self.choice.decider.id);
        let place = first.map_or(span, |node| node.span(&self.choreography.steps));
        self.findings.push(
            Diagnostic::new(&codes::EMPTY_BRANCH, place, "this branch opens with no event")
                .label("nobody is told that it was taken")
                .related(self.choice.decider.span, format!("{decider} decides here"))
                .help(format!(
                    "let it open with an event of {decider}, heard by whoever must know: `{decider} -> …: …`"
                )),
        );
    }

    fn step(&mut self, id: StepId) {
        let step = &self.choreography.steps[id];
        let decider = service(self.model, self.choice.decider.id);
        if step.emitter.id != self.choice.decider.id {
            let emitter = service(self.model, step.emitter.id);
            self.findings.push(
                Diagnostic::new(
                    &codes::BRANCH_OPENED_BY_ANOTHER,
                    step.emitter.span,
                    format!("this branch is {decider}'s to choose, but {emitter} opens it"),
                )
                .label(format!("emitted by {emitter}"))
                .related(self.choice.decider.span, format!("{decider} decides here"))
                .help(format!(
                    "write `choice at {emitter}` if {emitter} decides; otherwise let {decider} open the branch with an event of its own"
                )),
            );
            return;
        }
        let opens = step.event.id;
        if let Some((_, earlier)) = self.seen.iter().find(|(head, other)| *head == opens && *other != id) {
            let name = event(self.model, opens);
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
        } else if !self.seen.contains(&(opens, id)) {
            self.seen.push((opens, id));
        }
    }
}

/// Who keeps a deadline, and what its `else` opens with.
pub(super) fn deadline(
    model: &Model,
    choreography: &Choreography,
    deadline: &Deadline,
    findings: &mut Vec<Diagnostic>,
) {
    let scope = &choreography.scopes[deadline.scope];
    let keeper = service(model, scope.keeper.id);
    if model.services[scope.keeper.id].external {
        findings.push(
            Diagnostic::new(
                &codes::DEADLINE_AT_EXTERNAL,
                scope.keeper.span,
                format!("{keeper} is external, and keeps no deadline"),
            )
            .label("nobody measures its time")
            .help("let a service keep the deadline that hears what must come in time; the `else` then opens with an event of that service"),
        );
        // What the `else` opens with is the affair of whoever will keep it.
        return;
    }
    early::check(model, choreography, deadline, findings);
    opening(
        model,
        choreography,
        scope.keeper.id,
        &deadline.otherwise.body,
        deadline.otherwise.span,
        findings,
    );
}

/// The `else` opens with an event of the keeper, or with a choice between several.
fn opening(
    model: &Model,
    choreography: &Choreography,
    keeper: ServiceId,
    body: &[Node],
    span: Span,
    findings: &mut Vec<Diagnostic>,
) {
    let place = match body.first() {
        Some(Node::Step(id)) if choreography.steps[*id].emitter.id == keeper => return,
        Some(Node::Choice(choice)) if choice.decider.id == keeper => return,
        Some(node) => node.span(&choreography.steps),
        None => span,
    };
    let name = service(model, keeper);
    // What opens the `else` is told from what happens later in it, so it stands by itself.
    let before = match body.first() {
        Some(Node::Loop(_)) => " before the `loop`",
        Some(Node::Parallel(_)) => " before the `par`",
        Some(Node::Deadline(_)) => " before the next deadline",
        Some(Node::Rollback(..)) => " before the `rollback`",
        _ => "",
    };
    findings.push(
        Diagnostic::new(
            &codes::ELSE_OPENED_BY_ANOTHER,
            place,
            format!("the `else` must open with an event of {name}"),
        )
        .label(format!("{name} keeps the deadline, and nobody else knows that it has passed"))
        .help(format!("write `{name} -> …: …`{before}, heard by everybody who takes part in the body")),
    );
}

/// Whoever takes part in the body of a deadline hears that it has passed.
pub(super) fn audience(draft: &mut Draft<'_>) {
    let scopes: Vec<_> = draft.otherwise.keys().copied().collect();
    for scope in scopes {
        let keeper = draft.choreography.scopes[scope].keeper.id;
        let body = steps(draft, |node| node.scopes.contains(&scope));
        let heads = heads(draft, draft.otherwise.get(&scope).copied().unwrap_or_default());
        let mut people: Vec<(ServiceId, StepId)> = Vec::new();
        for step in &body {
            let (emitter, subscribers) = draft.participants(*step);
            for who in subscribers.into_iter().chain([emitter]) {
                if who != keeper && !people.iter().any(|(other, _)| *other == who) {
                    people.push((who, *step));
                }
            }
        }
        for head in &heads {
            let told = draft.participants(*head).1;
            for (who, step) in people.iter().filter(|(who, _)| !told.contains(who)) {
                let finding = untold(draft, *head, *who, *step);
                draft.findings.push(finding);
            }
        }
    }
}

fn steps(draft: &Draft<'_>, of: impl Fn(&super::draft::DraftNode) -> bool) -> Vec<StepId> {
    let edges = draft.nodes.iter().filter(|node| of(node)).flat_map(|node| &node.edges);
    let mut steps: Vec<StepId> =
        edges.filter_map(|edge| if let What::Step(step) = edge.what { Some(step) } else { None }).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// The steps that may come first from here on.
fn heads(draft: &Draft<'_>, from: usize) -> Vec<StepId> {
    let (mut seen, mut pending, mut heads) = (FxHashSet::default(), vec![from], Vec::new());
    while let Some(at) = pending.pop() {
        let Some(node) = draft.nodes.get(at).filter(|_| seen.insert(at)) else { continue };
        for edge in &node.edges {
            match edge.what {
                What::Step(step) => heads.push(step),
                _ => pending.push(edge.target),
            }
        }
    }
    heads.sort_unstable();
    heads
}

fn untold(draft: &Draft<'_>, head: StepId, who: ServiceId, part: StepId) -> Diagnostic {
    let step = &draft.choreography.steps[head];
    let (who, name) = (shown(service(draft.model, who)), shown(event(draft.model, step.event.id)));
    let finding = Diagnostic::new(
        &codes::EXPIRY_UNTOLD,
        step.span,
        format!("{who} does not hear `{name}`, and would not know that the deadline has passed"),
    )
    .label("opens the `else`")
    .related(draft.choreography.steps[part].span, format!("{who} takes part in the body"))
    .help(format!("add {who} to the subscribers of `{name}`"));
    match step.subscribers.last() {
        Some(last) => finding.edit(last.span.at_end(), format!(", {who}")),
        None => finding,
    }
}

/// What must hold of the automaton: one emitter a state, no event twice in it, no step that no run comes to.
pub(super) fn check(draft: &Draft<'_>, automaton: &Automaton) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for state in automaton.states.values() {
        findings.extend(ambiguous(draft, state));
    }
    findings.extend(undo::undos(draft));
    findings.extend(reach::unreached(draft.choreography, automaton));
    findings
}

fn ambiguous(draft: &Draft<'_>, state: &State) -> Option<Diagnostic> {
    for (at, one) in state.transitions.iter().enumerate() {
        for other in state.transitions.iter().skip(at + 1) {
            let (first, second) =
                (&draft.choreography.steps[one.step], &draft.choreography.steps[other.step]);
            if one.emitter != other.emitter {
                let (emitter, another) =
                    (service(draft.model, one.emitter), service(draft.model, other.emitter));
                return Some(
                    Diagnostic::new(
                        &codes::BRANCH_OPENED_BY_ANOTHER,
                        second.emitter.span,
                        format!("{emitter} and {another} would decide at once how this goes on"),
                    )
                    .label(format!("{another} may go on here"))
                    .related(first.emitter.span, format!("{emitter} may go on here"))
                    .help("let one of them decide, with an event that the other hears"),
                );
            }
        }
    }
    None
}
