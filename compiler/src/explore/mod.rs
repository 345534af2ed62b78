//! The machines of a choreography run together, over every interleaving.
//!
//! What `project` proves on the automaton is tried here on what comes out of it: nothing of views or coherence is known
//! to this room. Events are under way one line for each emitter, receiver and region, as long as anybody likes; a
//! deadline passes at any moment at which it runs; whoever has left a deadline absorbs what comes late from it, and lets
//! wait what comes early. A duplicate is known by its number and changes nothing, so none are sent. An external is held
//! to answer in the round in which it was asked, as its `causationid` says.

#[cfg(test)]
mod oracle;
mod place;
mod report;
mod search;
mod simulate;
mod step;
mod whole;
mod world;

pub use report::{Report, Told};
pub use simulate::{Deadlines, Event, Simulation, Why, all, by_seed};
pub use step::{Did, Step};
pub use whole::Whole;

use std::collections::BTreeSet;

use crate::model::{Choreography, EventId, LocalStateId, ServiceId, StepId, Undo};
use crate::project::machine::LocalMachine;
use world::Cast;

/// How far the search goes. Where it stops at one of these, it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events under way in one line.
    pub line: usize,
    /// Steps of one run.
    pub steps: usize,
    /// Worlds that are looked at.
    pub worlds: usize,
    /// How far two participants may be apart in the rounds of one deadline.
    pub rounds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 4, steps: 1_000, worlds: 100_000, rounds: 3 }
    }
}

/// A limit at which a search stopped somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Of events in a line.
    Line,
    /// Of the steps of a run.
    Steps,
    /// Of worlds.
    Worlds,
    /// Of rounds.
    Rounds,
}

/// Something that must not happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// An event has come that its receiver does not hear here, nor in any state to come.
    Unheard {
        /// The receiver.
        who: ServiceId,
        /// What has come.
        event: EventId,
        /// From whom.
        from: ServiceId,
    },
    /// Nothing more can happen, and somebody is not through.
    Stuck {
        /// Who.
        who: ServiceId,
        /// What it waits for.
        waits: Vec<EventId>,
    },
    /// Nothing more can happen, and somebody who acted still waits.
    Left {
        /// Who.
        who: ServiceId,
        /// What it waits for.
        waits: Vec<EventId>,
    },
}

/// A fault, and a shortest run to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// What must not happen.
    pub fault: Fault,
    /// What leads to it.
    pub steps: Vec<Step>,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploration {
    /// Each fault once, the shortest run first.
    pub counterexamples: Vec<Counterexample>,
    /// States of machines that no run comes to; only told where no limit was reached.
    pub unreached: Vec<(ServiceId, LocalStateId)>,
    /// How many worlds were looked at.
    pub worlds: usize,
    /// The limits at which it stopped: there is more than it has seen. Empty: it has seen everything.
    pub reached: BTreeSet<Limit>,
}

/// Runs these machines of one choreography together.
pub fn explore(choreography: &Choreography, machines: &[LocalMachine], limits: Limits) -> Exploration {
    let undoable = undoable(choreography);
    search::search(Cast { choreography, machines, undoable: &undoable, limits })
}

/// The steps that something takes back.
fn undoable(choreography: &Choreography) -> Vec<StepId> {
    let steps = choreography.steps.iter();
    steps.filter(|(_, step)| matches!(step.undo, Some(Undo::By(_)))).map(|(id, _)| id).collect()
}
