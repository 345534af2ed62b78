//! What the generated code of one participant declares, and under which names, over all its choreographies.
//!
//! The check of names looks at it before anything is generated; the Rust emitter writes it out.

mod answers;
mod build;
mod declared;
pub mod names;
mod payloads;

pub use answers::{Answer, AnswerType, Event, Shape, Variant};
pub use build::stubs;
pub use declared::Origin;
pub use payloads::Payload;

use super::Role;
use super::points::{Occasion, Point};
use crate::model::{ChoreographyId, EventId, ServiceId, StepId, TypeId};

/// The generated module of one participant.
#[derive(Clone, Debug)]
pub struct Stub<'a> {
    /// Whose.
    pub participant: ServiceId,
    /// Name of the module and of its file.
    pub module: String,
    /// Its parts in the choreographies, in the order of the text.
    pub roles: Vec<&'a Role>,
    /// The messages that it emits, hears or knows, in the order of their declaration.
    pub payloads: Vec<Payload>,
    /// The named types that these use, in the order of their declaration.
    pub types: Vec<TypeId>,
    /// The methods of its trait.
    pub methods: Vec<Method<'a>>,
    /// What it hears without taking part, each with the method of its trait.
    pub observes: Vec<Observed>,
    /// The methods with which it starts instances by itself.
    pub starts: Vec<Start>,
    /// The methods with which an external publishes, and a service asks for the `else` of a deadline.
    pub publishes: Vec<Publish>,
    /// What an external hears, in the order of declaration.
    pub heard: Vec<EventId>,
    /// Ways of publishing that would have to be two methods of one name.
    pub clashes: Vec<Clash>,
    /// Answers that hold the same event twice.
    pub repeats: Vec<Repeat>,
}

/// One method of a service's trait.
#[derive(Clone, Debug)]
pub struct Method<'a> {
    /// `on_order_placed`
    pub name: String,
    /// In which choreography.
    pub choreography: ChoreographyId,
    /// What it stands for.
    pub point: &'a Point,
    /// What it gets, beside what is known.
    pub given: Given,
    /// The name of the type that holds what is known, where something is.
    pub known: Option<String>,
    /// What the service answers.
    pub answer: Answer,
}

/// An event that a service hears without taking part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// `observe_order_placed`
    pub name: String,
    /// The event.
    pub event: EventId,
}

/// What a method gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nothing.
    Nothing,
    /// An event: the one that was heard, or a step of its own that is to be taken back.
    Event(EventId),
    /// With what each region has ended.
    Ends(Vec<End>),
}

/// With what one region has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// `payment_approved`
    pub field: String,
    /// The type that is made for it, where there are several: `PaymentApprovedOrPaymentDeclined`.
    pub name: Option<String>,
    /// The events with which it may end, at least one.
    pub events: Vec<EventId>,
}

/// One way in which a service starts an instance.
#[derive(Clone, Debug)]
pub struct Start {
    /// `start_checkout`
    pub name: String,
    /// What is started.
    pub choreography: ChoreographyId,
    /// What the service emits.
    pub answer: Answer,
}

/// One way in which an event is published that no machine waits to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// `place_order`
    pub name: String,
    /// In which choreography.
    pub choreography: ChoreographyId,
    /// What.
    pub event: EventId,
    /// Who hears it.
    pub subscribers: Vec<ServiceId>,
    /// Where in the text.
    pub steps: Vec<StepId>,
    /// Whether it may start an instance.
    pub starts: bool,
}

/// Two ways of publishing that would get the same method.
#[derive(Clone, Debug)]
pub struct Clash {
    /// The name.
    pub name: String,
    /// What either is for.
    pub steps: [(ChoreographyId, StepId); 2],
}

/// An event that stands twice in one answer.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// Where.
    pub choreography: ChoreographyId,
    /// The step that is answered.
    pub step: Option<StepId>,
    /// The event.
    pub event: EventId,
}

impl Publish {
    /// The name of the same method for callers who choose the event's id.
    pub fn name_with_id(&self) -> String {
        format!("{}_with_id", self.name)
    }
}

impl Method<'_> {
    /// The name of the method that hands its answer in later: `complete_order_placed`, where it answers anything.
    pub fn complete_name(&self) -> Option<String> {
        let undoes = matches!(self.point.occasion, Occasion::Undo(_));
        let name = self.name.strip_prefix("on_").unwrap_or(&self.name);
        (self.answer != Answer::Nothing && !undoes).then(|| format!("complete_{name}"))
    }

    /// The types that are made for the ends of regions.
    pub fn end_types(&self) -> impl Iterator<Item = (&str, &[EventId])> {
        let ends = if let Given::Ends(ends) = &self.given { ends.as_slice() } else { &[] };
        ends.iter().filter_map(|end| Some((end.name.as_deref()?, end.events.as_slice())))
    }
}

impl Stub<'_> {
    /// The types that are made for the ends of regions, each once.
    pub fn end_types(&self) -> Vec<(&str, &[EventId])> {
        let mut types: Vec<_> = self.methods.iter().flat_map(Method::end_types).collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// The types that are made for answers.
    pub fn answer_types(&self) -> impl Iterator<Item = &AnswerType> {
        let answers = self.methods.iter().map(|method| &method.answer);
        answers.chain(self.starts.iter().map(|start| &start.answer)).flat_map(Answer::types)
    }
}
