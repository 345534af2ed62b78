//! Choreographies that start when another publishes an event.

use rustc_hash::FxHashMap;

use crate::diag::words::shown;
use crate::diag::{Diagnostic, Diagnostics, codes};
use crate::model::{Choreography, ChoreographyId, EventId, Model, Ref, ServiceId, Start, Step};

/// Gives each choreography that starts with `on` a last step: that its listeners hear the event. Who publishes it is
/// known when all choreographies have been looked up, and everything that services state.
pub(super) fn starts(model: &mut Model, findings: &mut Diagnostics) {
    let (emitters, complete) = (emitters(model), model.complete);
    let starting: Vec<(ChoreographyId, Start)> =
        model.choreographies.iter().filter_map(|(id, it)| Some((id, it.start.clone()?))).collect();
    for (id, start) in starting {
        let emitter = emitters.get(&start.event.id).copied();
        if emitter.is_none() && complete {
            findings.push(nobody(model, &start));
        }
        let choreography = &mut model.choreographies[id];
        if let Some(emitter) = emitter {
            let emitter = Ref { id: emitter, span: start.event.span };
            let step = Step::of(emitter, start.event);
            choreography.steps.push(Step { subscribers: start.listeners, span: start.span, ..step });
        } else {
            // Nothing is concluded about what can never start.
            choreography.start = None;
            choreography.header.complete = false;
            model.complete = false;
        }
    }
}

/// Who publishes each event, in a step or by its own statement.
fn emitters(model: &Model) -> FxHashMap<EventId, ServiceId> {
    let mut emitters = FxHashMap::default();
    let steps =
        model.choreographies.values().flat_map(|choreography: &Choreography| choreography.steps.values());
    for step in steps {
        emitters.entry(step.event.id).or_insert(step.emitter.id);
    }
    for (id, service) in model.services.iter() {
        for event in service.emits.iter().flatten() {
            emitters.entry(event.id).or_insert(id);
        }
    }
    emitters
}

fn nobody(model: &Model, start: &Start) -> Diagnostic {
    let declared = &model.events[start.event.id].header.name;
    let name = shown(&declared.text);
    Diagnostic::new(&codes::STARTED_BY_NOBODY, start.event.span, format!("nobody publishes `{name}`"))
        .label("so this choreography never starts")
        .related(declared.span, "the event is declared here")
        .help(format!("let another choreography publish `{name}`, or a service state that it `emits` it"))
}
