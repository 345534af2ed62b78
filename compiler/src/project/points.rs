//! Where a service has something to decide or to do: one method of its trait each.

use crate::model::{EventId, LocalStateId};

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
