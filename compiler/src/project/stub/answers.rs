//! What a service may answer at one point, as a type.

use super::names::{field_name, type_name};
use crate::model::{EventId, Model};
use crate::project::points::{Alternative, Outcome};

/// What a method returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `()`
    Nothing,
    /// The payload of this event.
    Event(EventId),
    /// A type of its own.
    Type(AnswerType),
}

/// A type that is made for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerType {
    /// `OnOrderPlaced`
    pub name: String,
    /// What it holds.
    pub shape: Shape,
}

/// What an answer's type holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A struct: all of these, in this order; then, perhaps, one of several.
    Run(Vec<Event>, Option<Box<AnswerType>>),
    /// An enum.
    Choice(Vec<Variant>),
}

/// An event and the field that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `order_placed`
    pub field: String,
    /// The event.
    pub event: EventId,
}

/// One alternative: `Event(Event)`, or a struct-like variant where more is emitted after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// `PaymentApproved`
    pub name: String,
    /// The events, at least one.
    pub events: Vec<Event>,
    /// What is chosen after them.
    pub then: Option<Box<AnswerType>>,
}

impl AnswerType {
    /// This type and those inside it, outermost first.
    pub fn all(&self) -> Vec<&AnswerType> {
        let inner: Vec<&AnswerType> = match &self.shape {
            Shape::Run(_, then) => then.iter().map(|then| &**then).collect(),
            Shape::Choice(variants) => {
                variants.iter().filter_map(|variant| variant.then.as_deref()).collect()
            }
        };
        std::iter::once(self).chain(inner.into_iter().flat_map(AnswerType::all)).collect()
    }

    /// The groups of events that become the fields of one struct or variant, and whether a choice follows.
    pub fn runs(&self) -> Vec<(&[Event], bool)> {
        match &self.shape {
            Shape::Run(events, then) => vec![(events, then.is_some())],
            Shape::Choice(variants) => {
                variants.iter().map(|variant| (variant.events.as_slice(), variant.then.is_some())).collect()
            }
        }
    }
}

impl Answer {
    /// The types that are made for it, outermost first.
    pub fn types(&self) -> Vec<&AnswerType> {
        match self {
            Self::Type(ty) => ty.all(),
            Self::Nothing | Self::Event(_) => Vec::new(),
        }
    }

    /// The answer for an outcome; a type that is made for it gets this name.
    pub(super) fn new(model: &Model, name: &str, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Nothing => Self::Nothing,
            Outcome::Emits(alternatives) => match alternatives.as_slice() {
                [Alternative { event, then: Outcome::Nothing }] => Self::Event(*event),
                _ => Self::Type(answer_type(model, name, alternatives)),
            },
        }
    }
}

fn answer_type(model: &Model, name: &str, alternatives: &[Alternative]) -> AnswerType {
    let shape = match alternatives {
        [only] => {
            let (events, then) = run(model, name, only);
            Shape::Run(events, then)
        }
        _ => Shape::Choice(
            alternatives
                .iter()
                .map(|alternative| {
                    let variant = type_name(&model.events[alternative.event].header.name.text);
                    let (events, then) = run(model, &format!("{name}{variant}"), alternative);
                    Variant { name: variant, events, then }
                })
                .collect(),
        ),
    };
    AnswerType { name: name.to_owned(), shape }
}

/// The events up to the next choice, and that choice.
fn run(model: &Model, name: &str, first: &Alternative) -> (Vec<Event>, Option<Box<AnswerType>>) {
    let mut events = Vec::new();
    let mut at = first;
    loop {
        let field = field_name(&model.events[at.event].header.name.text);
        events.push(Event { field, event: at.event });
        let Outcome::Emits(alternatives) = &at.then else { return (events, None) };
        let [only] = alternatives.as_slice() else {
            let then = answer_type(model, &format!("{name}Then"), alternatives);
            return (events, Some(Box::new(then)));
        };
        at = only;
    }
}
