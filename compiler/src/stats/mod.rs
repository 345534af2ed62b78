//! Facts about a workspace for people: how many of what, who is bound to whom, what a run costs, and where the choreography
//! has become more than anybody can follow. All of them are numbers of the graph that the lints go by, and a verdict that
//! goes by the lints' thresholds.

mod choreographies;
mod costs;
mod count;
mod verdict;

pub use costs::{Paths, Run};
pub use verdict::{Advice, Concern, Measure};

use choreographies::Flows;
use serde::Serialize;

use crate::check::Checked;
use crate::graph::{Edges, Usage};
use crate::lint::Lints;

/// Everything that is counted. The same workspace gives the same value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// How many there are of each kind.
    pub totals: Totals,
    /// Services and externals, in the order of the text.
    pub services: Vec<Participant>,
    /// Events and commands, in the order of the text.
    pub events: Vec<Event>,
    /// Two participants between whom events pass; the most bound first.
    pub pairs: Vec<Pair>,
    /// Those that happen by themselves, in the order of the text.
    pub choreographies: Vec<Flow>,
    /// The longest chain of events in which each waits for the one before it, over all choreographies.
    pub longest_chain: Vec<Hop>,
    /// Choreographies that start each other in a circle.
    pub circles: Vec<Vec<String>>,
    /// Where it is too much, and what would be simpler. Empty: nowhere.
    pub concerns: Vec<Concern>,
    /// How near the graph has come to each threshold.
    pub measures: Vec<Measure>,
}

/// How many there are of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Ours.
    pub services: usize,
    /// Not ours.
    pub externals: usize,
    /// Events and commands.
    pub events: usize,
    /// From one participant to another by one event.
    pub edges: usize,
    /// That happen by themselves: without roles.
    pub choreographies: usize,
    /// Written steps, those of a choreography that is run once for each `run`.
    pub steps: usize,
    /// Written `loop`s.
    pub loops: usize,
    /// Events of the longest chain.
    pub depth: usize,
}

/// One who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Participant {
    /// With its namespace where another has the same name.
    pub name: String,
    /// Not ours.
    pub external: bool,
    /// Events that it emits.
    pub emits: usize,
    /// Events that it hears.
    pub hears: usize,
    /// Participants who hear it.
    pub fan_out: usize,
    /// Participants to whom it listens.
    pub fan_in: usize,
}

/// One event or command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// With its namespace where another has the same name.
    pub name: String,
    /// Who emits it.
    pub emitters: Vec<String>,
    /// Who hears it.
    pub hearers: Vec<String>,
}

/// Two participants between whom events pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The first in the text.
    pub one: String,
    /// The other.
    pub other: String,
    /// Events from the first to the other.
    pub there: usize,
    /// Events from the other to the first.
    pub back: usize,
    /// How much of what either says or hears passes between the two, in hundredths, rounded down. 100: they speak to
    /// nobody else.
    pub coupling: usize,
}

/// One choreography.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// With its namespace where another has the same name.
    pub name: String,
    /// How many take part.
    pub participants: usize,
    /// Written steps.
    pub steps: usize,
    /// Written `loop`s.
    pub loops: usize,
    /// Written deadlines.
    pub deadlines: usize,
    /// How it may go, and what that costs.
    pub paths: Paths,
    /// The longest chain in it; `null`: it is too large for that.
    pub chain: Option<Vec<Hop>>,
    /// The choreographies that its events start.
    pub starts: Vec<String>,
}

/// One event of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// Who publishes it.
    pub from: String,
    /// What.
    pub event: String,
}

impl Stats {
    /// Counts. Thresholds are those of the lints.
    pub fn of(checked: &Checked, lints: &Lints) -> Self {
        let model = checked.model();
        let names = count::Names::of(model);
        let usage = Usage::of(model);
        let edges = Edges::of(model, &usage);
        let Flows { each, longest, circles } = choreographies::flows(checked, &names);
        let mut stats = Self {
            totals: count::totals(model, &edges, longest.len()),
            services: count::participants(model, &edges, &names),
            events: count::events(model, &usage, &names),
            pairs: count::pairs(model, &usage, &edges, &names),
            choreographies: each,
            longest_chain: longest,
            circles,
            concerns: Vec::new(),
            measures: Vec::new(),
        };
        stats.measures = verdict::measures(&stats, lints);
        stats.concerns = verdict::concerns(&stats, lints);
        stats
    }
}
