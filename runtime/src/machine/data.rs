//! The machine as generated code states it.

mod build;
mod renamed;

pub use build::{
    emit, emits, ends, expire, external, fork, gather, hear, hears, on, renamed, request, rollback, service,
    undo, undone,
};

/// What one participant does in one choreography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The choreography's qualified name.
    pub choreography: &'static str,
    /// The participant's name.
    pub participant: &'static str,
    /// A hash of the machine's content: instances of another machine are never stepped by this one.
    pub hash: u64,
    /// The event types whose payload a later method wants to know.
    pub keeps: &'static [&'static str],
    /// Its states; the first is where an instance starts.
    pub states: &'static [State],
    /// The steps that it can take back.
    pub undos: &'static [Undo],
    /// The events by which others take theirs back, heard in any state.
    pub undone: &'static [Undone],
    /// The events that have, or had, other names than the rows say.
    pub renamed: &'static [Renamed],
}

/// An event that was renamed. Rows and states have the oldest of its names, so that a new one changes neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The oldest name, qualified: what rows and states call it.
    pub event: &'static str,
    /// The name under which it is published.
    pub now: &'static str,
    /// The names that it had in between, under which it may still come.
    pub between: &'static [&'static str],
}

/// One state of a machine.
///
/// It waits for what it `hears`; or it is passed through while an answer is walked (`emits`); or it is a fork
/// (`regions`); or it takes back what was done (`rollback`). A state that emits, and a fork, may hear what
/// leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// What may be heard here.
    pub hears: &'static [Hear],
    /// What may be emitted here.
    pub emits: &'static [Emit],
    /// Whether the choreography may be over for the participant here.
    pub ends: bool,
    /// The method that decides what is emitted here when a step comes to rest; it is called without an event.
    pub asks: Option<u32>,
    /// The first states of the regions that the participant is in at once.
    pub regions: &'static [u32],
    /// The state after the regions, when all of them are over; after a rollback, the state behind it.
    pub target: u32,
    /// The steps that are taken back here, as far as they were done; the latest first.
    pub rollback: &'static [u32],
    /// The deadlines that run here, and in the regions of a fork.
    pub expires: &'static [Expire],
}

/// The participant hears an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hear {
    /// The event's qualified name.
    pub event: &'static str,
    /// Who publishes it; nobody in particular, if it is foreign.
    pub from: &'static str,
    /// Whether it stands in no line of events: an external says it, or it asks for the `else` of a deadline.
    pub unordered: bool,
    /// Whether the event belongs to another choreography, whatever it is.
    pub foreign: bool,
    /// The method that answers it: the number that the handler is called with. `None`: it is taken without a
    /// call, and a later method knows it.
    pub point: Option<u32>,
    /// The state afterwards.
    pub target: u32,
    /// Where the step stands in the choreography.
    pub site: Site,
    /// The deadlines that are over by this event: what is late of their bodies is absorbed from now on.
    pub leaves: &'static [u32],
    /// The step to remember as taken, since its emitter may take it back.
    pub took: Option<u32>,
}

/// The participant emits an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emit {
    /// The event's qualified name.
    pub event: &'static str,
    /// Who hears it.
    pub to: &'static [Receiver],
    /// The state afterwards.
    pub target: u32,
    /// Where the step stands in the choreography.
    pub site: Site,
    /// The deadline that has passed, as this tells.
    pub leaves: Option<u32>,
    /// The step to remember as done, since a rollback may take it back.
    pub undoable: Option<u32>,
}

/// Where a step stands in the choreography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// The number of the region that it is in; 0 outside of all. Events of one region do not block another's.
    pub lane: u32,
    /// The deadlines whose bodies it is in.
    pub scopes: &'static [u32],
    /// The deadlines that begin to run with it, as the first event of their bodies.
    pub opens: &'static [u32],
    /// The deadlines that begin to run with it, whose bodies begin behind it.
    pub enters: &'static [u32],
}

/// A deadline that runs while its keeper is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expire {
    /// Its number in the choreography.
    pub scope: u32,
    /// How long it runs, in milliseconds.
    pub after: u64,
    /// The method that is called when it falls due.
    pub point: u32,
    /// The state from which that method's answer is walked.
    pub target: u32,
}

/// How a step is taken back by the one who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The step.
    pub step: u32,
    /// The qualified name of the event that takes it back.
    pub event: &'static str,
    /// Who hears that, of those who heard the step.
    pub to: &'static [Receiver],
    /// The method that makes it: called with the step's own event.
    pub point: u32,
}

/// Another participant takes a step back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The qualified name of the event that takes it back.
    pub event: &'static str,
    /// Who publishes it.
    pub from: &'static str,
    /// The method that is called, if the step had been taken. It emits nothing.
    pub point: u32,
}

/// Someone who hears an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The name.
    pub name: &'static str,
    /// Whether it takes part from outside.
    pub external: bool,
}
