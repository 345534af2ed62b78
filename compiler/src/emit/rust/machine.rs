//! The machines of a service as data for the runtime.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Module;
use super::docs::Docs;
use super::table::Table;
use crate::model::{EventId, Id, LocalStateId, ServiceId};
use crate::project::Role;
use crate::project::machine::{Expire, LocalMachine, LocalState};

impl Module<'_> {
    /// `static MACHINES`, where there are methods or starts that need them.
    pub(super) fn machines(&self) -> Option<TokenStream> {
        if !self.has_methods() && self.stub.starts.is_empty() {
            return None;
        }
        let machines = self.stub.roles.iter().map(|role| self.machine(role)).chain(self.observing_machine());
        // For those who read generated code; rustdoc does not show what is private.
        let docs = Docs::new("The order in which events are heard and emitted, state by state from state 0.")
            .and("`hear`: the event, who says it, the method that is called, the state afterwards.")
            .and("`emit`: the event, who hears it, the state afterwards.")
            .tokens();
        Some(quote!(#docs static MACHINES: &[rt::Machine] = &[#(#machines),*];))
    }

    fn machine(&self, role: &Role) -> TokenStream {
        let choreography = self.model.choreographies[role.machine.choreography].header.qualified();
        let participant = self.name();
        let hash = hash_literal(role.digest(self.model));
        let keeps = role.keeps();
        let keeps = keeps.iter().map(|event| self.known_as(*event));
        let table = Table { module: self, role, openings: openings(&role.machine) };
        let states = role.machine.states.iter().map(|(id, state)| table.state(id, state));
        let behind = table.openings.iter().filter(|(id, _)| id.index() >= role.machine.states.len());
        let states = states.chain(behind.map(|(_, expire)| table.opening(expire)));
        let (undos, undone) = (table.undos(), table.undone());
        // What most machines do not have is left out.
        let steps = self.model.choreographies[role.machine.choreography].steps.values();
        let renamed = self.renamed(steps.map(|step| step.event.id));
        let rest = [(quote!(undos), undos), (quote!(undone), undone), (quote!(renamed), renamed)];
        let rest = rest.into_iter().filter(|(_, rows)| !rows.is_empty());
        let rest = rest.map(|(field, rows)| quote!(#field: &[#(#rows),*],));
        quote! {
            rt::Machine {
                choreography: #choreography,
                participant: #participant,
                hash: #hash,
                keeps: &[#(#keeps),*],
                states: &[#(#states),*],
                #(#rest)*
                ..rt::Machine::EMPTY
            }
        }
    }

    pub(super) fn participant(&self, id: ServiceId) -> TokenStream {
        let (name, external) = (self.participant_name(id), self.model.services[id].external);
        if external { quote!(rt::external(#name)) } else { quote!(rt::service(#name)) }
    }

    fn participant_name(&self, id: ServiceId) -> &str {
        &self.model.services[id].header.name.text
    }

    /// What machines and states call the event: its oldest name.
    pub(super) fn known_as(&self, event: EventId) -> String {
        self.model.events[event].known_as()
    }

    /// Every name under which the event may come between services; the first is the one under which it is published.
    pub(super) fn names(&self, event: EventId) -> Vec<String> {
        self.model.events[event].names().collect()
    }

    /// The rows of the events that were renamed.
    pub(super) fn renamed(&self, events: impl Iterator<Item = EventId>) -> Vec<TokenStream> {
        let events: BTreeSet<EventId> = events.collect();
        let row = |event: EventId| {
            let mut former = self.model.events[event].former_names();
            let (oldest, now) = (former.next()?, self.model.events[event].header.qualified());
            Some(quote!(rt::renamed(#oldest, #now, &[#(#former),*])))
        };
        events.into_iter().filter_map(row).collect()
    }
}

/// The state in which the `else` of each deadline is opened: that to which a request for it leads, or one of its own, behind
/// the machine's.
fn openings(machine: &LocalMachine) -> Vec<(LocalStateId, Expire)> {
    let mut openings: Vec<(LocalStateId, Expire)> = Vec::new();
    let mut next = machine.states.len();
    for expire in machine.states.values().flat_map(|state| &state.expires) {
        if openings.iter().any(|(_, opening)| opening == expire) {
            continue;
        }
        let own = LocalState { emits: expire.emits.clone(), ..LocalState::default() };
        let requested = machine.states.iter().find(|(_, state)| **state == own).map(|(id, _)| id);
        let id = requested.unwrap_or_else(|| {
            next += 1;
            LocalStateId::from_index(next - 1)
        });
        openings.push((id, expire.clone()));
    }
    openings
}

pub(super) fn state_number(id: LocalStateId) -> Literal {
    Literal::usize_unsuffixed(id.index())
}

/// `0x0123_4567_89ab_cdef`
pub(super) fn hash_literal(hash: u64) -> TokenStream {
    let [a, b, c, d] = [hash >> 48, hash >> 32 & 0xffff, hash >> 16 & 0xffff, hash & 0xffff];
    format!("0x{a:04x}_{b:04x}_{c:04x}_{d:04x}").parse().unwrap_or_else(|_| quote!(#hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_in_groups() {
        assert_eq!(hash_literal(0x0123_4567_89ab_cdef).to_string(), "0x0123_4567_89ab_cdef");
        assert_eq!(hash_literal(1).to_string(), "0x0000_0000_0000_0001");
    }
}
