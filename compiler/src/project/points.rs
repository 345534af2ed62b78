//! Where a service has something to decide or to do: one method of its trait each.

mod clash;
mod gather;
mod join;
mod outcome;

pub use clash::clashes;
pub use gather::points;
pub use join::members;

use crate::model::{EventId, LocalStateId, ScopeId, StepId};

/// One method of a service's trait: what it is called, what it gets and what it may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The method's name without its prefix, in snake case: `order_placed` of `on_order_placed`; the step's
    /// label where it has one. For a start: the choreography's name.
    pub name: String,
    /// When it is called.
    pub occasion: Occasion,
    /// What the service knows of the instance here: the events that it heard or emitted before, in the
    /// order of their declaration.
    pub known: Vec<Known>,
    /// What it may answer.
    pub outcome: Outcome,
    /// What this method serves.
    pub serves: Vec<Serve>,
    /// The steps in the text that are heard here, or taken back; where nothing is heard, those that are emitted.
    pub steps: Vec<StepId>,
}

/// When a method is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// When the service wishes: it starts the instance by itself.
    Start,
    /// When an event is heard.
    Hear(EventId),
    /// When several regions are over: for each, the events with which it may end.
    Join(Vec<Vec<EventId>>),
    /// Each time round a loop in which the service hears nothing.
    Round,
    /// When a deadline has passed that the service keeps.
    Expire,
    /// When a step of its own is to be taken back: the step's event.
    Undo(EventId),
    /// When another takes back a step that the service has heard: the event that says so.
    Undone(EventId),
}

impl Occasion {
    /// What stands before the name of the method.
    pub fn prefix(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Hear(_) | Self::Join(_) | Self::Undone(_) => "on",
            Self::Round => "repeat",
            Self::Expire => "expire",
            Self::Undo(_) => "undo",
        }
    }

    /// The event that the method gets.
    pub fn event(&self) -> Option<EventId> {
        match self {
            Self::Hear(event) | Self::Undo(event) | Self::Undone(event) => Some(*event),
            Self::Start | Self::Join(_) | Self::Round | Self::Expire => None,
        }
    }
}

/// What of a machine a method serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Serve {
    /// What is heard in a state: the index in its `hears`.
    Hear(LocalStateId, usize),
    /// A state in which the service acts of its own accord.
    Decide(LocalStateId),
    /// A deadline that passes in a state.
    Expire(LocalStateId, ScopeId),
    /// A step of its own.
    Undo(StepId),
    /// A step of another.
    Undone(StepId),
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
