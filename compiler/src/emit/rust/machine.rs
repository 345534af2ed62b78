//! The machines of a service as data for the runtime.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Module;
use super::docs::Docs;
use crate::model::{ChoreographyId, EventId, Id, LocalStateId, ServiceId};
use crate::project::Role;
use crate::project::machine::{Emit, Hear, LocalState};

impl Module<'_> {
    /// `static MACHINES`, where there are methods or starts that need them.
    pub(super) fn machines(&self) -> Option<TokenStream> {
        if self.stub.methods.is_empty() && self.stub.starts.is_empty() {
            return None;
        }
        let machines = self.stub.roles.iter().map(|role| self.machine(role));
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
        let hash = hash_literal(fnv1a(&self.canonical(role, &keeps)));
        let keeps = keeps.iter().map(|event| self.wire(*event));
        let states =
            role.machine.states.iter().map(|(id, state)| self.state(role.machine.choreography, id, state));
        quote! {
            rt::Machine {
                choreography: #choreography,
                participant: #participant,
                hash: #hash,
                keeps: &[#(#keeps),*],
                states: &[#(#states),*],
                ..rt::Machine::EMPTY
            }
        }
    }

    fn state(&self, choreography: ChoreographyId, id: LocalStateId, state: &LocalState) -> TokenStream {
        let hears = state.hears.iter().enumerate().map(|(index, hear)| {
            let point = self.stub.methods.iter().position(|method| {
                method.choreography == choreography && method.point.serves.contains(&(id, index))
            });
            self.hear(hear, point)
        });
        let emits = state.emits.iter().map(|emit| self.emit_row(emit));
        // A state that emits neither hears nor ends.
        if !state.emits.is_empty() {
            quote!(rt::emits(&[#(#emits),*]))
        } else if state.ends {
            quote!(rt::ends(&[#(#hears),*]))
        } else {
            quote!(rt::hears(&[#(#hears),*]))
        }
    }

    fn hear(&self, hear: &Hear, point: Option<usize>) -> TokenStream {
        let (event, target) = (self.wire(hear.event), state_number(hear.target));
        let from = self.participant(hear.from);
        // Every transition has its point; a number that no method has would be told at run time.
        let point = point.and_then(|point| u32::try_from(point).ok()).unwrap_or(u32::MAX);
        let point = Literal::u32_unsuffixed(point);
        quote!(rt::hear(#event, #from, #point, #target))
    }

    fn emit_row(&self, emit: &Emit) -> TokenStream {
        let (event, target) = (self.wire(emit.event), state_number(emit.target));
        let to = emit.subscribers.iter().map(|id| self.participant(*id));
        quote!(rt::emit(#event, &[#(#to),*], #target))
    }

    fn participant(&self, id: ServiceId) -> TokenStream {
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
            }
            for emit in &state.emits {
                let to: Vec<_> = emit.subscribers.iter().map(|id| self.participant_name(*id)).collect();
                let _ = write!(text, "\nemit {} for {}", self.wire(emit.event), to.join(","));
                let _ = write!(text, " to {}", emit.target.index());
            }
        }
        text
    }
}

/// The events that some method wants to know of later.
fn keeps(role: &Role) -> BTreeSet<EventId> {
    role.points.iter().flat_map(|point| &point.known).map(|known| known.event).collect()
}

fn state_number(id: LocalStateId) -> Literal {
    Literal::usize_unsuffixed(id.index())
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
