//! The machines of a service as data for the runtime.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Module;
use super::docs::Docs;
use super::table::Table;
use crate::model::{EventId, Id, LocalStateId, ScopeId, ServiceId};
use crate::project::Role;
use crate::project::automaton::Place;
use crate::project::machine::{Emit, LocalMachine};
use crate::project::points::Occasion;

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
        let keeps = keeps(role);
        let hash = hash_of(&self.canonical(role, &keeps));
        let keeps = keeps.iter().map(|event| self.wire(*event));
        let table = Table { module: self, role, openings: openings(&role.machine) };
        let states = role.machine.states.iter().map(|(id, state)| table.state(id, state));
        let states = states.chain(table.openings.iter().map(|(_, emits)| table.opening(emits)));
        let (undos, undone) = (table.undos(), table.undone());
        // What most machines do not have is left out.
        let rest = [(quote!(undos), undos), (quote!(undone), undone)];
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

    /// The event's name between services.
    pub(super) fn wire(&self, event: EventId) -> String {
        self.model.events[event].header.qualified()
    }

    /// The machine as text: what must be the same for a stored state to mean the same.
    fn canonical(&self, role: &Role, keeps: &BTreeSet<EventId>) -> String {
        let mut text = self.model.choreographies[role.machine.choreography].header.qualified();
        for event in keeps {
            let _ = write!(text, "\nkeep {}", self.wire(*event));
        }
        for (id, state) in role.machine.states.iter() {
            let _ = write!(text, "\nstate {}{}", id.index(), if state.ends { " ends" } else { "" });
            for hear in &state.hears {
                let from = self.participant_name(hear.from);
                let _ =
                    write!(text, "\nhear {} from {from} to {}", self.wire(hear.event), hear.target.index());
                site(&mut text, &hear.place, &hear.enters, hear.leaves);
            }
            for emit in &state.emits {
                self.canonical_emit(&mut text, emit);
            }
            for expire in &state.expires {
                let millis = self.model.choreographies[role.machine.choreography].scopes[expire.scope].millis;
                let _ = write!(text, "\nexpires {} after {millis}", expire.scope.index());
                expire.emits.iter().for_each(|emit| self.canonical_emit(&mut text, emit));
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

    fn canonical_emit(&self, text: &mut String, emit: &Emit) {
        let to: Vec<_> = emit.subscribers.iter().map(|id| self.participant_name(*id)).collect();
        let _ = write!(text, "\nemit {} for {}", self.wire(emit.event), to.join(","));
        let _ = write!(text, " to {}", emit.target.index());
        site(text, &emit.place, &emit.enters, None);
    }
}

/// Regions and deadlines of a row, where it has any.
fn site(text: &mut String, place: &Place, enters: &[ScopeId], leaves: Option<ScopeId>) {
    if *place != Place::default() {
        let _ = write!(text, " lane {} within {:?}", place.lane, place.scopes);
    }
    if !enters.is_empty() || leaves.is_some() {
        let _ = write!(text, " enters {enters:?} leaves {leaves:?}");
    }
}

/// What each deadline of a machine opens its `else` with: a state of its own, behind the machine's.
fn openings(machine: &LocalMachine) -> Vec<(LocalStateId, Vec<Emit>)> {
    let mut openings: Vec<(LocalStateId, Vec<Emit>)> = Vec::new();
    for expire in machine.states.values().flat_map(|state| &state.expires) {
        if !openings.iter().any(|(_, emits)| *emits == expire.emits) {
            let id = LocalStateId::from_index(machine.states.len() + openings.len());
            openings.push((id, expire.emits.clone()));
        }
    }
    openings
}

/// The events that some method wants to know of later.
fn keeps(role: &Role) -> BTreeSet<EventId> {
    let known = role.points.iter().flat_map(|point| &point.known).map(|known| known.event);
    let ends = role.points.iter().flat_map(|point| match &point.occasion {
        Occasion::Join(ends) => ends.concat(),
        _ => Vec::new(),
    });
    known.chain(ends).collect()
}

pub(super) fn state_number(id: LocalStateId) -> Literal {
    Literal::usize_unsuffixed(id.index())
}

/// What tells one machine from another, as a literal.
pub(super) fn hash_of(canonical: &str) -> TokenStream {
    hash_literal(fnv1a(canonical))
}

fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `0x0123_4567_89ab_cdef`
fn hash_literal(hash: u64) -> TokenStream {
    let [a, b, c, d] = [hash >> 48, hash >> 32 & 0xffff, hash >> 16 & 0xffff, hash & 0xffff];
    format!("0x{a:04x}_{b:04x}_{c:04x}_{d:04x}").parse().unwrap_or_else(|_| quote!(#hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_function() {
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn hashes_are_written_in_groups() {
        assert_eq!(hash_literal(0x0123_4567_89ab_cdef).to_string(), "0x0123_4567_89ab_cdef");
        assert_eq!(hash_literal(1).to_string(), "0x0000_0000_0000_0001");
    }
}
