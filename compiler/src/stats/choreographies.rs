//! Choreographies: how they may go, and how long the longest chain is, also where one starts another.

use super::count::{Names, loops};
use super::{Flow, Hop, costs};
use crate::check::Checked;
use crate::graph::{Chains, Link, Starts};
use crate::model::{Arena, ChoreographyId, Model};
use crate::parallel;
use crate::project::Projection;

pub(super) fn flows(checked: &Checked, names: &Names) -> Vec<Flow> {
    let flows = Starts::of(checked.model());
    parallel::map(checked.projections(), |projection| flow(checked.model(), projection, &flows, names))
}

fn flow(model: &Model, projection: &Projection, flows: &Starts, names: &Names) -> Flow {
    let id = projection.choreography;
    let choreography = &model.choreographies[id];
    let chain = Chains::of(&projection.automaton).map(|chains| chains.longest());
    Flow {
        name: names.choreographies[id].clone(),
        participants: projection.automaton.participants().len(),
        steps: choreography.steps.len(),
        loops: loops(choreography),
        deadlines: choreography.scopes.len(),
        paths: costs::paths(choreography, &projection.automaton, names),
        chain: chain.map(|chain| chain.iter().map(|link| hop(link, names)).collect()),
        starts: flows.from(id).map(|(_, started)| names.choreographies[started].clone()).collect(),
    }
}

fn hop(link: &Link, names: &Names) -> Hop {
    Hop { from: names.services[link.emitter].clone(), event: names.events[link.event].clone() }
}

/// The longest chain over all choreographies: an event that starts one continues the chain that has led to it.
pub(super) fn longest(checked: &Checked, names: &Names) -> Vec<Hop> {
    let model = checked.model();
    let chains = parallel::map(checked.projections(), |it| (it.choreography, Chains::of(&it.automaton)));
    let mut of: Arena<ChoreographyId, Option<Chains>> = model.choreographies.values().map(|_| None).collect();
    for (id, chains) in chains {
        of[id] = chains;
    }
    // What leads to the event that starts each, that event included.
    let mut leading: Arena<ChoreographyId, Vec<Link>> =
        model.choreographies.values().map(|_| Vec::new()).collect();
    let mut longest: Vec<Link> = Vec::new();
    let flows = Starts::of(model);
    for id in flows.in_order() {
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
        let started: Vec<_> = flows.from(id).map(|(event, it)| (it, continued(chains.to(event)))).collect();
        for (started, chain) in started {
            if chain.len() > leading[started].len() {
                leading[started] = chain;
            }
        }
    }
    longest.iter().map(|link| hop(link, names)).collect()
}

pub(super) fn circles(model: &Model, names: &Names) -> Vec<Vec<String>> {
    let name = |id: ChoreographyId| names.choreographies[id].clone();
    let circles = Starts::of(model).circles();
    circles.into_iter().map(|circle| circle.into_iter().map(name).collect()).collect()
}
