//! What a run of a choreography costs: in messages, and in hops that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::count::Names;
use crate::explore::{Deadlines, Event, Simulation, Why, all};
use crate::model::{Arena, Choreography, EventId, Model, ServiceId};
use crate::project::automaton::{Automaton, ForkId};

/// Of a choreography with more runs, so many are told.
const MOST_RUNS: usize = 200;
/// How often a step may happen in one run: once, and once more where a loop goes round.
const REPEATS: usize = 2;

/// How a choreography may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paths {
    /// The ways that are told, in the order of the text; the parts of a `par` one after the other.
    pub runs: Vec<Run>,
    /// There are no others. Otherwise a loop may go round more often, or there are more than are told.
    pub complete: bool,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The events that tell it from the other ways, in order.
    pub decided_by: Vec<String>,
    /// Events that are published.
    pub events: usize,
    /// Deliveries: an event counts once for each who hears it, observers too.
    pub messages: usize,
    /// The longest row of events of which each was published after the one before it had been heard.
    pub hops: usize,
}

impl Paths {
    /// The least and the most of what the runs cost; `None`: there is no run.
    pub fn range(&self, cost: impl Fn(&Run) -> usize) -> Option<(usize, usize)> {
        let costs = || self.runs.iter().map(&cost);
        costs().min().zip(costs().max())
    }
}

/// Who observes each event.
pub(super) struct Observers {
    of: Arena<EventId, BTreeSet<ServiceId>>,
}

impl Observers {
    pub(super) fn of(model: &Model) -> Self {
        let mut of: Arena<EventId, BTreeSet<ServiceId>> =
            model.events.values().map(|_| BTreeSet::new()).collect();
        for observation in &model.observations {
            for event in &observation.events {
                of[event.id].insert(observation.observer.id);
            }
        }
        Self { of }
    }

    /// How often an event is delivered. To observers it is where it is published.
    fn deliveries(&self, event: &Event) -> usize {
        let observe = self.of[event.event].iter().filter(|who| !event.to.contains(who));
        event.to.len() + if event.why == Why::Foreign { 0 } else { observe.count() }
    }
}

pub(super) fn paths(
    choreography: &Choreography,
    automaton: &Automaton,
    observers: &Observers,
    names: &Names,
) -> Paths {
    let (runs, more) = all(choreography, automaton, Deadlines::May, REPEATS, MOST_RUNS);
    let lanes = Lanes::of(automaton);
    let decisions = decisions(&runs);
    let run = |(run, decisions): (&Simulation, BTreeSet<usize>)| Run {
        decided_by: decisions
            .into_iter()
            .filter_map(|at| run.events.get(at))
            .map(|event| told(event, choreography, names))
            .collect(),
        events: run.events.len(),
        messages: run.events.iter().map(|event| observers.deliveries(event)).sum(),
        hops: hops(&run.events, automaton, &lanes),
    };
    Paths { runs: runs.iter().zip(decisions).map(run).collect(), complete: !more }
}

/// The event, and that a deadline has passed by it.
fn told(event: &Event, choreography: &Choreography, names: &Names) -> String {
    let name = &names.events[event.event];
    match event.why {
        Why::Passed(scope) => format!("{name} (after {})", choreography.scopes[scope].period.text),
        Why::Next | Why::TakesBack | Why::Foreign => name.clone(),
    }
}

/// Where each run does something else than another that began alike. The runs stand as a search in depth has found them,
/// so what two have in common is the least that any two neighbours between them have.
fn decisions(runs: &[Simulation]) -> Vec<BTreeSet<usize>> {
    let same = |(one, other): (&Event, &Event)| one == other;
    let common = |one: &Simulation, other: &Simulation| {
        one.events.iter().zip(&other.events).take_while(|pair| same(*pair)).count()
    };
    let neighbours: Vec<usize> = runs.iter().zip(runs.iter().skip(1)).map(|(a, b)| common(a, b)).collect();
    let after = |at: usize| neighbours.get(at..).unwrap_or_default();
    let before = |at: usize| neighbours.get(..at).unwrap_or_default();
    (0..runs.len())
        .map(|at| {
            let least = |least: &mut usize, next: &usize| {
                *least = (*least).min(*next);
                Some(*least)
            };
            let following = after(at).iter().scan(usize::MAX, least);
            following.chain(before(at).iter().rev().scan(usize::MAX, least)).collect()
        })
        .collect()
}

/// The longest row of events that wait for each other. What happened beside, in another part of a `par`, is not waited for.
fn hops(events: &[Event], automaton: &Automaton, lanes: &Lanes) -> usize {
    let mut heard: BTreeMap<ServiceId, BTreeMap<u32, usize>> = BTreeMap::new();
    let mut longest = 0;
    for event in events {
        let lane = automaton.places.get(automaton.places.of(event.step)).lane;
        let known = |who: ServiceId, heard: &BTreeMap<ServiceId, BTreeMap<u32, usize>>| {
            let of = heard.get(&who).into_iter().flatten();
            of.filter(|(other, _)| !lanes.beside(lane, **other))
                .map(|(_, hops)| *hops)
                .max()
                .unwrap_or_default()
        };
        let hops = known(event.emitter, &heard) + 1;
        longest = longest.max(hops);
        // Nobody's next step depends on what is taken back.
        if event.why == Why::TakesBack {
            continue;
        }
        for hearer in &event.to {
            let hops = hops.max(known(*hearer, &heard));
            heard.entry(*hearer).or_default().insert(lane, hops);
        }
    }
    longest
}

/// Which parts of a `par` lie in which.
struct Lanes {
    /// The fork of each part, and the part around it.
    around: BTreeMap<u32, (ForkId, u32)>,
}

impl Lanes {
    fn of(automaton: &Automaton) -> Self {
        let forks = automaton.states.values().filter_map(|state| Some((state.lane, state.fork.as_ref()?)));
        let regions = forks.flat_map(|(lane, fork)| {
            let starts = fork.regions.iter().map(|start| automaton.states[*start].lane);
            starts.map(move |region| (region, (fork.id, lane)))
        });
        Self { around: regions.collect() }
    }

    /// Whether two parts go on side by side: parts of one `par`, or within such.
    fn beside(&self, one: u32, other: u32) -> bool {
        if one == other {
            return false;
        }
        let (one, other) = (self.path(one), self.path(other));
        let first = one.iter().zip(&other).find(|(one, other)| one != other);
        first.is_some_and(|((fork, _), (other, _))| fork == other)
    }

    /// The forks around a part, outermost first, each with the part of it.
    fn path(&self, lane: u32) -> Vec<(ForkId, u32)> {
        let mut path = Vec::new();
        let mut here = lane;
        while let Some((fork, outer)) = self.around.get(&here) {
            path.push((*fork, here));
            here = *outer;
        }
        path.reverse();
        path
    }
}
