//! Counterexamples in the words of the source.

use super::step::{Did, Step};
use super::{Counterexample, Fault};
use crate::model::{Choreography, EventId, Model, ServiceId, StepId};
use crate::source::Span;

/// A counterexample as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What goes wrong: a sentence without its full stop.
    pub message: String,
    /// What leads to it, in order.
    pub steps: Vec<Told>,
}

/// One step as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What happens.
    pub text: String,
    /// The step in the text.
    pub place: Option<Span>,
}

impl Counterexample {
    /// Tells it in the names of the model that holds the choreography.
    pub fn report(&self, model: &Model, choreography: &Choreography) -> Report {
        let words = Words { model, choreography };
        let steps = self.steps.iter().map(|step| words.told(step)).collect();
        Report { message: words.fault(&self.fault), steps }
    }
}

#[derive(Clone, Copy)]
struct Words<'a> {
    model: &'a Model,
    choreography: &'a Choreography,
}

impl<'a> Words<'a> {
    fn service(self, id: ServiceId) -> &'a str {
        &self.model.services[id].header.name.text
    }

    fn event(self, id: EventId) -> String {
        format!("`{}`", self.model.events[id].header.name.text)
    }

    fn services(self, ids: &[ServiceId]) -> String {
        ids.iter().map(|id| self.service(*id)).collect::<Vec<_>>().join(", ")
    }

    fn events(self, ids: &[EventId]) -> String {
        ids.iter().map(|id| self.event(*id)).collect::<Vec<_>>().join(" or ")
    }

    fn fault(self, fault: &Fault) -> String {
        match fault {
            Fault::Unheard { who, event, from } => {
                let (who, event, from) = (self.service(*who), self.event(*event), self.service(*from));
                format!("{event} from {from} comes to {who}, which does not expect it any more")
            }
            Fault::Stuck { who, waits } => {
                let (who, waits) = (self.service(*who), self.waits(waits));
                format!("nothing more can happen, and {who} is not through{waits}")
            }
            Fault::Left { who, waits } => {
                let (who, waits) = (self.service(*who), self.events(waits));
                format!("all is over, and {who}, which has acted, still waits for {waits}")
            }
        }
    }

    fn waits(self, events: &[EventId]) -> String {
        if events.is_empty() { String::new() } else { format!(": it waits for {}", self.events(events)) }
    }

    fn told(self, step: &Step) -> Told {
        let who = self.service(step.who);
        match &step.did {
            Did::Emit { event, to, steps, passed } => {
                let passed = passed.map(|scope| {
                    let period = &self.choreography.scopes[scope].period.text;
                    format!("{period} pass at {who}: ")
                });
                let (passed, event, to) = (passed.unwrap_or_default(), self.event(*event), self.services(to));
                Told { text: format!("{passed}{who} emits {event} to {to}"), place: self.place(steps) }
            }
            Did::Hear { event, from, steps, .. } => {
                let (event, from) = (self.event(*event), self.service(*from));
                Told { text: format!("{who} hears {event} from {from}"), place: self.place(steps) }
            }
            Did::TakeBack { undone } => {
                let steps = undone.iter().filter_map(|steps| steps.first());
                let events: Vec<_> =
                    steps.map(|step| self.event(self.choreography.steps[*step].event.id)).collect();
                let what = if events.is_empty() { "nothing".to_owned() } else { events.join(", then ") };
                let place = undone.first().and_then(|steps| self.place(steps));
                Told { text: format!("{who} takes back {what}"), place }
            }
        }
    }

    fn place(self, steps: &[StepId]) -> Option<Span> {
        steps.first().map(|step| self.choreography.steps[*step].span)
    }
}
