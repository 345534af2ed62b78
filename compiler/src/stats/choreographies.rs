//! Choreographies: how they may go, and how long the longest chain is, also where one starts another.

use super::costs::{self, Observers};
use super::count::{Names, loops};
use super::{Flow, Hop};
use crate::check::Checked;
use crate::graph::{Chains, Link, Starts};
use crate::model::{Arena, ChoreographyId, Model};
use crate::parallel;
use crate::project::Projection;

/// Everything that is told of choreographies.
pub(super) struct Flows {
    pub(super) each: Vec<Flow>,
    /// The longest chain over all choreographies.
    pub(super) longest: Vec<Hop>,
    /// Those that start each other in a circle.
    pub(super) circles: Vec<Vec<String>>,
}

/// How each goes, and in what chain.
pub(super) fn flows(checked: &Checked, names: &Names) -> Flows {
    let model = checked.model();
    let (starts, observers) = (Starts::of(model), Observers::of(model));
    let told = parallel::map(checked.projections(), |projection| {
        let chains = Chains::of(&projection.automaton);
        let flow = flow(model, projection, chains.as_ref(), (&starts, &observers), names);
        (projection.choreography, flow, chains)
    });
    let mut of: Arena<ChoreographyId, Option<Chains>> = model.choreographies.values().map(|_| None).collect();
    let mut each = Vec::with_capacity(told.len());
    for (id, flow, chains) in told {
        of[id] = chains;
        each.push(flow);
    }
    let longest = longest(model, &starts, &of);
    let name = |id: ChoreographyId| names.choreographies[id].clone();
    Flows {
        each,
        longest: longest.iter().map(|link| hop(link, names)).collect(),
        circles: starts.circles().into_iter().map(|circle| circle.into_iter().map(name).collect()).collect(),
    }
}

fn flow(
    model: &Model,
    projection: &Projection,
    chains: Option<&Chains>,
    (starts, observers): (&Starts, &Observers),
    names: &Names,
) -> Flow {
    let id = projection.choreography;
    let choreography = &model.choreographies[id];
    let chain = chains.map(Chains::longest);
    Flow {
        name: names.choreographies[id].clone(),
        participants: projection.automaton.participants().len(),
        steps: choreography.steps.len(),
        loops: loops(choreography),
        deadlines: choreography.scopes.len(),
        paths: costs::paths(choreography, &projection.automaton, observers, names),
        chain: chain.map(|chain| chain.iter().map(|link| hop(link, names)).collect()),
        starts: starts.from(id).map(|(_, started)| names.choreographies[started].clone()).collect(),
    }
}

fn hop(link: &Link, names: &Names) -> Hop {
    Hop { from: names.services[link.emitter].clone(), event: names.events[link.event].clone() }
}

/// The longest chain over all choreographies: an event that starts one continues the chain that has led to it.
fn longest(model: &Model, starts: &Starts, of: &Arena<ChoreographyId, Option<Chains>>) -> Vec<Link> {
    // What leads to the event that starts each, that event included.
    let mut leading: Arena<ChoreographyId, Vec<Link>> =
        model.choreographies.values().map(|_| Vec::new()).collect();
    let mut longest: Vec<Link> = Vec::new();
    for id in starts.in_order() {
        let Some(chains) = &of[id] else { continue };
        let foreign = model.choreographies[id].foreign_step();
        let continued = |chain: Vec<Link>| {
            let starts_here = chain.first().is_some_and(|first| Some(first.step) == foreign);
            let own = chain.into_iter().skip(usize::from(starts_here && !leading[id].is_empty()));
            let before = if starts_here { leading[id].as_slice() } else { &[] };
            before.iter().copied().chain(own).collect::<Vec<Link>>()
        };
        let whole = continued(chains.longest());
        if whole.len() > longest.len() {
            longest = whole;
        }
        let started: Vec<_> = starts.from(id).map(|(event, it)| (it, continued(chains.to(event)))).collect();
        for (started, chain) in started {
            if chain.len() > leading[started].len() {
                leading[started] = chain;
            }
        }
    }
    longest
}
