//! That a participant cannot know which deadline begins, or has passed.

use super::Teller;
use crate::diag::{Diagnostic, codes};
use crate::model::{ScopeId, StepId};
use crate::project::runs::Alike;
use crate::project::timing::{Meaning, Unknown};

impl Teller<'_> {
    pub(super) fn deadline(&self, Unknown { one, other, meaning }: &Unknown) -> Diagnostic {
        let who = self.who();
        let (first, second) = labels(meaning);
        let message = format!("{who} cannot know {}", self.question(one.1, meaning));
        let mut finding = Diagnostic::new(&codes::DEADLINE_UNKNOWN, self.span(one.1), message)
            .label(format!("in run 1, {first}"))
            .related(self.span(other.1), format!("in run 2, {second}"));
        let (begins, scopes) = match meaning {
            Meaning::Begins(one, other) => (true, [one.clone(), other.clone()]),
            Meaning::Passed(one, other) => (false, [vec![*one], other.iter().copied().collect()]),
        };
        for (run, scope) in [1, 2].iter().zip(&scopes).flat_map(|(run, of)| of.iter().map(move |s| (run, s)))
        {
            let period = self.choreography.scopes[*scope].period.span;
            finding = finding.related(period, format!("the deadline in run {run}"));
        }
        let [first, second] = scopes.map(|scopes| self.meaning(one.1, begins, &scopes));
        let alike = self.alike(|a, b| a == one.0 && b == other.0);
        let finding = self.told(finding, alike.as_ref(), &first, &second);
        let mend = self.mend(&[self.participant()], alike.iter().flat_map(Alike::apart));
        let otherwise =
            format!("let {who} hear an event that tells the two runs apart, or use two different events");
        self.helped(finding, mend, &otherwise)
    }

    fn question(&self, step: StepId, meaning: &Meaning) -> String {
        let event = self.step_event(step);
        let acts = self.choreography.steps[step].emitter.id == self.participant();
        let which = |other: bool| if other { "which" } else { "whether a" };
        match meaning {
            Meaning::Begins(_, other) => {
                format!("{} deadline begins with `{event}`", which(!other.is_empty()))
            }
            Meaning::Passed(_, other) if acts => {
                format!("{} deadline must pass before it emits `{event}`", which(other.is_some()))
            }
            Meaning::Passed(_, None) => format!("whether `{event}` tells that a deadline has passed"),
            Meaning::Passed(_, Some(_)) => format!("which deadline has passed when it hears `{event}`"),
        }
    }

    /// What the event says of these deadlines in one run.
    fn meaning(&self, step: StepId, begins: bool, scopes: &[ScopeId]) -> String {
        let event = self.step_event(step);
        let periods = scopes.iter().map(|scope| self.choreography.scopes[*scope].period.text.as_str());
        let periods = periods.collect::<Vec<_>>().join(" and that of ");
        match (begins, scopes.is_empty()) {
            (true, true) => format!("here no deadline begins with `{event}`"),
            (true, false) => format!("here the deadline of {periods} begins with `{event}`"),
            (false, true) => format!("here `{event}` comes without a deadline"),
            (false, false) => format!("here `{event}` comes when the deadline of {periods} has passed"),
        }
    }
}

/// What is to see at the two steps.
fn labels(meaning: &Meaning) -> (&'static str, &'static str) {
    match meaning {
        Meaning::Begins(_, other) if other.is_empty() => {
            ("a deadline begins with this", "none begins with this")
        }
        Meaning::Begins(..) => ("a deadline begins with this", "another begins with this"),
        Meaning::Passed(_, None) => ("this comes when a deadline has passed", "this comes without one"),
        Meaning::Passed(..) => ("this comes when a deadline has passed", "this comes when another has"),
    }
}
