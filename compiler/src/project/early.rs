//! What a participant may say whenever it likes: that the `else` of a deadline shall come before its time.
//!
//! To everybody else, a deadline may pass at any moment while it runs; why it does is the keeper's affair. So the request
//! is no transition of the whole, and changes nothing about what can be known: the keeper hears it wherever the deadline may
//! pass, leaves the body by that, and opens the `else` as if the time were over.

use super::automaton::{Enters, Place};
use super::machine::{Hear, LocalMachine, LocalState};
use crate::model::{Choreography, LocalStateId, ServiceId};

/// Who may ask for the `else` of some deadline.
pub(super) fn callers(choreography: &Choreography) -> impl Iterator<Item = ServiceId> + '_ {
    choreography.requests().map(|step| step.emitter.id)
}

/// Lets the keeper hear such requests.
pub(super) fn add(choreography: &Choreography, machine: &mut LocalMachine) {
    let ids: Vec<LocalStateId> = machine.states.ids().collect();
    let mut openings: Vec<(LocalState, LocalStateId)> = Vec::new();
    for id in ids {
        for expire in machine.states[id].expires.clone() {
            let Some(step) = choreography.scopes[expire.scope].early else { continue };
            let opening = LocalState { emits: expire.emits, ..LocalState::default() };
            let known = openings.iter().find(|(other, _)| *other == opening).map(|(_, at)| *at);
            let target = known.unwrap_or_else(|| {
                let at = machine.states.push(opening.clone());
                openings.push((opening, at));
                at
            });
            machine.states[id].hears.push(Hear {
                from: choreography.steps[step].emitter.id,
                event: choreography.steps[step].event.id,
                label: choreography.steps[step].label.as_ref().map(|label| label.text.clone()),
                steps: vec![step],
                place: Place::default(),
                enters: Enters::default(),
                leaves: Some(expire.scope),
                early: true,
                target,
            });
        }
    }
}
