//! Choreographies taken apart: the automaton of the whole, then one machine for each participant.

pub mod automaton;
pub mod machine;
pub mod points;

use crate::model::ChoreographyId;
use automaton::Automaton;
use machine::LocalMachine;
use points::Point;

/// One choreography, taken apart.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Which.
    pub choreography: ChoreographyId,
    /// The whole.
    pub automaton: Automaton,
    /// Its participants, by id.
    pub roles: Vec<Role>,
}

/// One participant of one choreography.
#[derive(Clone, Debug)]
pub struct Role {
    /// What it emits and hears.
    pub machine: LocalMachine,
    /// The methods of its trait; empty for an external.
    pub points: Vec<Point>,
}
