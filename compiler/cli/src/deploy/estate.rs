//! What each participant says and hears, over all choreographies.

use std::collections::BTreeSet;

use chor_compiler::model::{Model, ServiceId};
use chor_runtime::deploy::Participant;

/// Everybody who takes part in something, in the order of the text.
pub(crate) fn participants(model: &Model) -> Vec<Participant> {
    let all = model.services.ids().map(|id| participant(model, id));
    all.filter(|it| !(it.says.is_empty() && it.hears.is_empty() && it.listens.is_empty())).collect()
}

fn participant(model: &Model, id: ServiceId) -> Participant {
    let service = &model.services[id];
    let name = |id: ServiceId| model.services[id].header.name.text.clone();
    let (mut says, mut hears, mut listens) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for choreography in model.choreographies.values().filter(|it| it.roles.is_empty()) {
        let flow = choreography.header.qualified();
        let foreign = choreography.foreign_step();
        for (_, step) in choreography.steps.iter().filter(|(number, _)| Some(*number) != foreign) {
            // While versions before and behind a renaming run, both names are said and heard.
            for event in model.events[step.event.id].names() {
                if step.emitter.id == id {
                    says.insert((flow.clone(), event.clone()));
                }
                if step.subscribers.iter().any(|subscriber| subscriber.id == id) {
                    hears.insert((flow.clone(), name(step.emitter.id), event));
                }
            }
        }
        if let Some(start) = &choreography.start
            && start.listeners.iter().any(|listener| listener.id == id)
        {
            listens.extend(model.events[start.event.id].names().map(|event| (event, flow.clone())));
        }
    }
    for observation in model.observations.iter().filter(|it| it.observer.id == id) {
        // Who observes does so under its own name.
        let observes = observation.events.iter().flat_map(|event| model.events[event.id].names());
        listens.extend(observes.map(|event| (event, service.header.qualified())));
    }
    Participant {
        name: name(id),
        external: service.external,
        says: says.into_iter().collect(),
        hears: hears.into_iter().collect(),
        listens: listens.into_iter().collect(),
    }
}
