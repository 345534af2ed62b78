//! What tells one version of a participant's machine from another.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Role;
use super::automaton::{Enters, Place};
use super::machine::Emit;
use super::points::Occasion;
use crate::fnv::fnv1a;
use crate::model::{EventId, Id, Model, ScopeId, ServiceId};

impl Role {
    /// A number that is the same as long as a stored state means the same: the runtime sets an instance aside whose state
    /// another machine has written. How long a deadline is and in which order the hearers of an event are named is
    /// nothing to a state, so neither is in it.
    pub fn digest(&self, model: &Model) -> u64 {
        fnv1a(Canonical { model, role: self }.text().bytes())
    }

    /// The events that some method wants to know of later.
    pub fn keeps(&self) -> BTreeSet<EventId> {
        let known = self.points.iter().flat_map(|point| &point.known).map(|known| known.event);
        let ends = self.points.iter().flat_map(|point| match &point.occasion {
            Occasion::Join(ends) => ends.concat(),
            _ => Vec::new(),
        });
        known.chain(ends).collect()
    }
}

/// The machine as text.
struct Canonical<'m> {
    model: &'m Model,
    role: &'m Role,
}

impl Canonical<'_> {
    fn text(&self) -> String {
        let machine = &self.role.machine;
        let mut text = self.model.choreographies[machine.choreography].header.qualified();
        for event in self.role.keeps() {
            let _ = write!(text, "\nkeep {}", self.event(event));
        }
        for (id, state) in machine.states.iter() {
            let _ = write!(text, "\nstate {}{}", id.index(), if state.ends { " ends" } else { "" });
            for hear in &state.hears {
                let (from, event) = (self.participant(hear.from), self.event(hear.event));
                let _ = write!(text, "\nhear {event} from {from} to {}", hear.target.index());
                site(&mut text, &hear.place, &hear.enters, hear.leaves);
            }
            state.emits.iter().for_each(|emit| self.emit(&mut text, emit));
            for expire in &state.expires {
                let _ = write!(text, "\nexpires {}", expire.scope.index());
                expire.emits.iter().for_each(|emit| self.emit(&mut text, emit));
            }
            if let Some(fork) = &state.fork {
                let regions: Vec<_> = fork.regions.iter().map(|at| at.index().to_string()).collect();
                let _ = write!(text, "\nfork {} to {}", regions.join(","), fork.join.index());
            }
            if let Some(rollback) = &state.rollback {
                let steps: Vec<_> = rollback.steps.iter().map(|step| step.index().to_string()).collect();
                let _ = write!(text, "\nrollback {} to {}", steps.join(","), rollback.target.index());
            }
        }
        text
    }

    fn emit(&self, text: &mut String, emit: &Emit) {
        let mut to: Vec<_> = emit.subscribers.iter().map(|id| self.participant(*id)).collect();
        to.sort_unstable();
        let _ = write!(text, "\nemit {} for {}", self.event(emit.event), to.join(","));
        let _ = write!(text, " to {}", emit.target.index());
        site(text, &emit.place, &emit.enters, emit.leaves);
    }

    /// The event's oldest name: that it got another changes no state.
    fn event(&self, id: EventId) -> String {
        self.model.events[id].known_as()
    }

    fn participant(&self, id: ServiceId) -> &str {
        &self.model.services[id].header.name.text
    }
}

/// Regions and deadlines of a row, where it has any.
fn site(text: &mut String, place: &Place, enters: &Enters, leaves: Option<ScopeId>) {
    if *place != Place::default() {
        let _ = write!(text, " lane {} within {:?}", place.lane, place.scopes);
    }
    if enters.all().next().is_some() || leaves.is_some() {
        let Enters { with, behind } = enters;
        let _ = write!(text, " enters {with:?} {behind:?} leaves {leaves:?}");
    }
}
