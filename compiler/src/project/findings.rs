//! Broken conditions in the user's words: the two runs, and what to add.

mod deadline;

use super::automaton::Transition;
use super::coherence::Breach;
use super::mend::{self, Mend};
use super::runs::{self, Alike, Happening};
use super::sight::Sight;
use super::view::Action;
use crate::diag::{Diagnostic, codes};
use crate::model::{Choreography, EventId, Model, ServiceId, StateId, StepId};
use crate::source::Span;

/// Tells a breach of this choreography.
pub(super) fn finding(
    model: &Model,
    choreography: &Choreography,
    sight: &Sight<'_>,
    breach: &Breach,
) -> Diagnostic {
    let teller = Teller { model, choreography, sight, breach };
    match breach {
        Breach::Emit { emission, step, here, there, .. } => teller.emit(emission, (*here, *step), there),
        Breach::Fork { fork, other, .. } => teller.fork(*fork, *other),
        Breach::Deadline { unknown, .. } => teller.deadline(unknown),
        Breach::EmitOrHear { emits, hears, .. } => teller.emit_or_hear(*emits, *hears),
        Breach::Arrival { expects, other, arrives, again, .. } => {
            teller.arrival(*expects, *other, *arrives, *again)
        }
        Breach::Untold { acted, last, waits, unheard, .. } => teller.untold(*acted, *last, waits, unheard),
    }
}

struct Teller<'a> {
    model: &'a Model,
    choreography: &'a Choreography,
    sight: &'a Sight<'a>,
    breach: &'a Breach,
}

impl Teller<'_> {
    fn emit(&self, emission: &Action, (here, step): (StateId, StepId), there: &[StateId]) -> Diagnostic {
        let automaton = self.sight.automaton;
        let is = |t: &&Transition| Action::of(automaton, t, self.participant()).as_ref() == Some(emission);
        let emits = |state: StateId| self.sight.actions(state).find(is);
        // What comes first in a `par` is emitted within it; the second run does not come to the `par`.
        let must_act = |state: StateId| state == here || emits(state).is_some();
        let alike = self.alike(|first, second| must_act(first) && there.contains(&second));
        let (who, event_name) = (self.who(), self.step_event(step));
        let Action::Emit(event, subscribers, ..) = emission else {
            let message = format!("{who} cannot know whether to take back `{event_name}`");
            let finding = Diagnostic::new(&codes::CHOICE_UNKNOWN, self.span(step), message)
                .label(format!("{who} must take this back in run 1"));
            let must = format!("here {who} must take back `{event_name}`");
            return self.two_runs(finding, alike.as_ref(), &must, "here it must not");
        };
        // Where the same event goes to others in the second run, the question is not whether, but to whom.
        let to_others = there
            .iter()
            .flat_map(|state| self.sight.actions(*state))
            .find(|t| t.emits(self.participant()) && t.event == *event && t.subscribers != *subscribers);
        let message = match to_others {
            Some(_) => format!("{who} cannot know for whom to emit `{event_name}`"),
            None => format!("{who} cannot know whether to emit `{event_name}`"),
        };
        let mut finding = Diagnostic::new(&codes::CHOICE_UNKNOWN, self.span(step), message)
            .label(format!("{who} must emit this in run 1"));
        if let Some(other) = to_others {
            finding =
                finding.related(self.span(other.step), "the same event, for other subscribers, in run 2");
        }
        let must = format!("here {who} must emit `{event_name}`");
        self.two_runs(finding, alike.as_ref(), &must, "here it must not")
    }

    fn fork(&self, fork: (StateId, Span), other: (StateId, StepId)) -> Diagnostic {
        let who = self.who();
        let event = self.step_event(other.1);
        let alike = self.alike(|first, second| first == fork.0 && second == other.0);
        let message = format!("{who} cannot know whether this `par` has begun");
        let finding = Diagnostic::new(&codes::PART_UNKNOWN, fork.1, message)
            .label(format!("{who} takes part in several parts of it"))
            .related(self.span(other.1), format!("as far as {who} knows, this may come instead"));
        self.two_runs(
            finding,
            alike.as_ref(),
            &format!("here the `par` begins for {who}"),
            &format!("here `{event}` comes instead"),
        )
    }

    fn emit_or_hear(&self, emits: (StateId, StepId), hears: (StateId, StepId)) -> Diagnostic {
        let who = self.who();
        let (emit, hear) = (self.step_event(emits.1), self.step_event(hears.1));
        let takes_back = self.sight.actions(emits.0).any(|t| t.step == emits.1 && t.is_rollback());
        let (act, act_here) =
            if takes_back { ("take back", "take this back") } else { ("emit", "emit this") };
        let alike = self.alike(|first, second| first == emits.0 && second == hears.0);
        let message = format!("{who} cannot know whether to {act} `{emit}` or to wait for `{hear}`");
        let finding = Diagnostic::new(&codes::EMIT_OR_HEAR, self.span(emits.1), message)
            .label(format!("{who} must {act_here} in run 1"))
            .related(self.span(hears.1), format!("{who} must wait for this in run 2"));
        self.two_runs(
            finding,
            alike.as_ref(),
            &format!("here {who} must {act} `{emit}`"),
            &format!("here it must wait for `{hear}`"),
        )
    }

    fn arrival(
        &self,
        expects: (StateId, StepId),
        other: (StateId, StepId),
        arrives: StepId,
        again: bool,
    ) -> Diagnostic {
        let who = self.who();
        let (expected, first) = (self.step_event(expects.1), self.step_event(other.1));
        let emitter = self.choreography.steps[expects.1].emitter.id;
        let alike = self.alike(|a, b| a == expects.0 && b == other.0);
        let message = format!("{who} cannot know what `{expected}` means when it arrives before `{first}`");
        let mut finding = Diagnostic::new(&codes::ARRIVAL_AMBIGUOUS, self.span(expects.1), message)
            .label(format!("in run 1, {who} takes it here"))
            .related(self.span(other.1), format!("in run 2, `{first}` comes before it"));
        if arrives != expects.1 {
            let told =
                format!("in run 2, this one can arrive first: {} does not wait", self.service(emitter));
            finding = finding.related(self.span(arrives), told);
        }
        let of_round = if again { " of a later round" } else { "" };
        let finding = self.told(
            finding,
            alike.as_ref(),
            &format!("here {who} takes `{expected}`"),
            &format!("here `{first}` is next, but `{expected}`{of_round} may arrive first"),
        );
        let steps = alike.iter().flat_map(Alike::apart).chain([other.1, expects.1]);
        let mend = self.mend(&[emitter, self.participant()], steps);
        let emitter = self.service(emitter);
        let help = if again {
            format!("let {who} hear from {emitter} that the deadline is settled, in every round")
        } else {
            format!(
                "let {emitter} hear something that comes after `{first}`, so that it cannot be early; or use two different events"
            )
        };
        self.helped(finding, mend, &help)
    }

    fn untold(&self, acted: bool, last: StepId, waits: &[StepId], unheard: &[StepId]) -> Diagnostic {
        let who = self.who();
        let code = if acted { &codes::NEVER_TOLD } else { &codes::LEFT_WAITING };
        let waited: Vec<String> = {
            let mut names: Vec<_> =
                waits.iter().map(|step| format!("`{}`", self.step_event(*step))).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let message = format!("{who} may wait for {} for ever", waited.join(" or "));
        let part = if acted { "acted" } else { "was told" };
        let mut finding = Diagnostic::new(code, self.span(last), message)
            .label(format!("{who} {part} here, and then waits"));
        for step in waits.iter().take(3) {
            finding = finding
                .related(self.span(*step), format!("{who} waits for this, which not every run brings"));
        }
        let alike = self.alike(|first, second| {
            let waiting = |t: &Transition| t.hears(self.participant()) && waits.contains(&t.step);
            self.sight.actions(first).any(waiting) && self.sight.ends(second)
        });
        let finding = self.told(
            finding,
            alike.as_ref(),
            &format!("here {who} hears how it goes on"),
            &format!("here it is over, and {who} is not told"),
        );
        let steps = unheard.iter().copied();
        let mend = self.mend(&[self.participant()], steps);
        self.helped(finding, mend, &format!("let {who} hear an event in every run that ends without it"))
    }

    /// The two runs, and the addition that tells them apart.
    fn two_runs(&self, finding: Diagnostic, alike: Option<&Alike>, first: &str, second: &str) -> Diagnostic {
        let finding = self.told(finding, alike, first, second);
        let mend = self.mend(&[self.participant()], alike.into_iter().flat_map(Alike::apart));
        self.helped(finding, mend, &format!("let {} hear an event that tells the two runs apart", self.who()))
    }

    fn told(&self, mut finding: Diagnostic, alike: Option<&Alike>, first: &str, second: &str) -> Diagnostic {
        let Some(alike) = alike else { return finding };
        let shared = alike.shared();
        for (number, steps) in [(1, &alike.first), (2, &alike.second)] {
            for step in steps.iter().skip(shared).filter_map(|happening| happening.step()) {
                let heard =
                    if self.involved(step) { String::new() } else { format!(", unheard by {}", self.who()) };
                let told = format!("run {number}{heard}");
                let span = self.span(step);
                if finding.primary.span != span && !finding.related.iter().any(|label| label.span == span) {
                    finding = finding.related(span, told);
                }
            }
        }
        finding.note(format!(
            "{} cannot tell these two runs apart:\nrun 1: {}; {first}\nrun 2: {}; {second}",
            self.who(),
            self.run(&alike.first),
            self.run(&alike.second),
        ))
    }

    fn run(&self, happenings: &[Happening]) -> String {
        if happenings.is_empty() {
            return "nothing has happened yet".to_owned();
        }
        let told = happenings.iter().map(|happening| match happening {
            Happening::Step(step) => self.step(*step),
            Happening::TakenBack(step) => {
                let emitter = self.choreography.steps[*step].emitter.id;
                format!("{} takes back `{}`", self.service(emitter), self.step_event(*step))
            }
        });
        told.collect::<Vec<_>>().join("; ")
    }

    fn mend(&self, subscribers: &[ServiceId], steps: impl Iterator<Item = StepId>) -> Option<Mend> {
        mend::mend(self.model, self.choreography, self.sight.automaton, self.breach, subscribers, steps)
    }

    fn helped(&self, finding: Diagnostic, mend: Option<Mend>, otherwise: &str) -> Diagnostic {
        let Some(mend) = mend else { return finding.help(otherwise) };
        let who = self.service(mend.subscriber);
        let mut steps: Vec<String> =
            mend.steps.iter().map(|step| format!("`{}`", self.step(*step))).collect();
        steps.dedup();
        let finding = finding.help(format!("add {who} to the subscribers of {}", steps.join(" and of ")));
        mend.steps.iter().fold(finding, |finding, step| {
            match self.choreography.steps[*step].subscribers.last() {
                Some(last) => finding.edit(last.span.at_end(), format!(", {who}")),
                None => finding,
            }
        })
    }

    fn alike(&self, wanted: impl Fn(StateId, StateId) -> bool) -> Option<Alike> {
        runs::alike(self.sight, wanted)
    }

    fn participant(&self) -> ServiceId {
        self.breach.participant()
    }

    fn who(&self) -> &str {
        self.service(self.participant())
    }

    fn service(&self, id: ServiceId) -> &str {
        &self.model.services[id].header.name.text
    }

    fn event(&self, id: EventId) -> &str {
        &self.model.events[id].header.name.text
    }

    fn step_event(&self, id: StepId) -> &str {
        self.event(self.choreography.steps[id].event.id)
    }

    fn involved(&self, id: StepId) -> bool {
        let step = &self.choreography.steps[id];
        step.emitter.id == self.participant() || step.subscribers.iter().any(|s| s.id == self.participant())
    }

    fn span(&self, id: StepId) -> Span {
        self.choreography.steps[id].span
    }

    /// `Orders -> Payment, Inventory: OrderPlaced`
    fn step(&self, id: StepId) -> String {
        let step = &self.choreography.steps[id];
        let subscribers: Vec<&str> = step.subscribers.iter().map(|s| self.service(s.id)).collect();
        format!(
            "{} -> {}: {}",
            self.service(step.emitter.id),
            subscribers.join(", "),
            self.event(step.event.id)
        )
    }
}
