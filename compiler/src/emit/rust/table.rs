//! The rows of a machine.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::machine::state_number;
use super::{Module, literals};
use crate::model::{Choreography, Id, LocalStateId, ScopeId, ServiceId, Step, StepId, Undo};
use crate::project::Role;
use crate::project::automaton::{Enters, Place};
use crate::project::machine::{Emit, Expire, Hear, LocalState};
use crate::project::points::Serve;

/// One machine, while its rows are written.
pub(super) struct Table<'a> {
    pub(super) module: &'a Module<'a>,
    pub(super) role: &'a Role,
    /// What deadlines open their `else` with, each with the number of its state.
    pub(super) openings: Vec<(LocalStateId, Expire)>,
}

impl Table<'_> {
    fn choreography(&self) -> &Choreography {
        &self.module.model.choreographies[self.role.machine.choreography]
    }

    pub(super) fn state(&self, id: LocalStateId, state: &LocalState) -> TokenStream {
        let hears: Vec<_> = state
            .hears
            .iter()
            .enumerate()
            .map(|(index, hear)| self.hear(hear, Serve::Hear(id, index)))
            .collect();
        let emits = state.emits.iter().map(|emit| self.emit(emit));
        let own = if let Some(fork) = &state.fork {
            let (regions, join) = (fork.regions.iter().map(|at| state_number(*at)), state_number(fork.join));
            Some(quote!(rt::fork(&[#(#regions),*], #join)))
        } else if let Some(rollback) = &state.rollback {
            let steps = rollback.steps.iter().rev().map(|step| self.step_number(*step));
            let target = state_number(rollback.target);
            Some(quote!(rt::rollback(&[#(#steps),*], #target)))
        } else if !state.emits.is_empty() {
            Some(quote!(rt::emits(&[#(#emits),*])))
        } else {
            None
        };
        let row = match own {
            // Beside what it does of its own accord, it may only hear that a deadline has passed.
            Some(own) if hears.is_empty() => own,
            Some(own) => quote!(#own.or_hears(&[#(#hears),*])),
            None if state.ends => quote!(rt::ends(&[#(#hears),*])),
            None => quote!(rt::hears(&[#(#hears),*])),
        };
        let asks = self.point(Serve::Decide(id)).map(|point| quote!(.asks(#point)));
        let expires: Vec<_> = state.expires.iter().filter_map(|expire| self.expire(id, expire)).collect();
        let expires = (!expires.is_empty()).then(|| quote!(.expires(&[#(#expires),*])));
        quote!(#row #asks #expires)
    }

    /// The state from which a deadline's `else` is walked.
    pub(super) fn opening(&self, expire: &Expire) -> TokenStream {
        let emits = expire.emits.iter().map(|emit| self.emit(emit));
        quote!(rt::emits(&[#(#emits),*]))
    }

    /// The number of the method that serves this.
    fn point(&self, serve: Serve) -> Option<Literal> {
        let number = self.module.stub.methods.iter().position(|method| {
            method.choreography == self.role.machine.choreography && method.point.serves.contains(&serve)
        });
        number.map(Literal::usize_unsuffixed)
    }

    fn hear(&self, hear: &Hear, serve: Serve) -> TokenStream {
        let (event, target) = (self.module.known_as(hear.event), state_number(hear.target));
        let foreign = self.choreography().start.as_ref().is_some_and(|start| start.event.id == hear.event);
        let from = self.module.participant(hear.from);
        let row = match self.point(serve) {
            Some(point) if foreign => quote!(rt::on(#event, #point, #target)),
            Some(point) if hear.early => quote!(rt::request(#event, #from, #point, #target)),
            Some(point) => quote!(rt::hear(#event, #from, #point, #target)),
            // Nobody is asked: what ends a region is given to the method that is called when all have ended.
            None => quote!(rt::gather(#event, #from, #target)),
        };
        let leaves: Vec<_> = hear.leaves.iter().map(|scope| scope_number(*scope)).collect();
        let leaves = (!leaves.is_empty()).then(|| quote!(.leaves(&[#(#leaves),*])));
        let took = self.taken_back(&hear.steps, self.role.machine.participant);
        let took = took.map(|step| quote!(.took(#step)));
        let site = site(&hear.place, &hear.enters);
        quote!(#row #site #leaves #took)
    }

    fn emit(&self, emit: &Emit) -> TokenStream {
        let (event, target) = (self.module.known_as(emit.event), state_number(emit.target));
        let to = emit.subscribers.iter().map(|id| self.module.participant(*id));
        let undoable = emit.steps.iter().find_map(|step| {
            let Some(Undo::By(_)) = self.choreography().steps[*step].undo else { return None };
            self.point(Serve::Undo(*step)).map(|_| self.step_number(*step))
        });
        let undoable = undoable.map(|step| quote!(.undoable(#step)));
        let site = site(&emit.place, &emit.enters);
        let leaves = emit.leaves.map(scope_number).map(|scope| quote!(.leaves(#scope)));
        quote!(rt::emit(#event, &[#(#to),*], #target) #site #leaves #undoable)
    }

    fn expire(&self, id: LocalStateId, expire: &Expire) -> Option<TokenStream> {
        let (target, _) = self.openings.iter().find(|(_, opening)| opening == expire)?;
        let point = self.point(Serve::Expire(id, expire.scope))?;
        let (scope, target) = (scope_number(expire.scope), state_number(*target));
        let millis = literals::integer(&self.choreography().scopes[expire.scope].millis.to_string())?;
        Some(quote!(rt::expire(#scope, #millis, #point, #target)))
    }

    /// The steps that this participant takes back.
    pub(super) fn undos(&self) -> Vec<TokenStream> {
        let steps = self.choreography().steps.iter();
        let own = steps.filter(|(id, _)| self.representative(*id) == *id);
        own.filter_map(|(id, step)| {
            let undo = self.undo_of(step)?;
            let point = self.point(Serve::Undo(id))?;
            let (number, event) = (self.step_number(id), self.module.known_as(undo.event.id));
            let to = undo.subscribers.iter().map(|subscriber| self.module.participant(subscriber.id));
            Some(quote!(rt::undo(#number, #event, &[#(#to),*], #point)))
        })
        .collect()
    }

    /// The events with which others take back what this participant has heard.
    pub(super) fn undone(&self) -> Vec<TokenStream> {
        let mut rows: Vec<(String, TokenStream)> = Vec::new();
        for (id, step) in self.choreography().steps.iter() {
            let (Some(undo), Some(point)) = (self.undo_of(step), self.point(Serve::Undone(id))) else {
                continue;
            };
            let (event, from) =
                (self.module.known_as(undo.event.id), self.module.participant(undo.emitter.id));
            let row = quote!(rt::undone(#event, #from, #point));
            if !rows.iter().any(|(other, _)| *other == row.to_string()) {
                rows.push((row.to_string(), row));
            }
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn undo_of(&self, step: &Step) -> Option<&Step> {
        if let Some(Undo::By(undo)) = step.undo { Some(&self.choreography().steps[undo]) } else { None }
    }

    /// The number of a step that this participant hears and that may be taken back, if it hears of that.
    fn taken_back(&self, steps: &[StepId], participant: ServiceId) -> Option<Literal> {
        let step = steps.iter().find(|step| {
            let undo = self.undo_of(&self.choreography().steps[**step]);
            undo.is_some_and(|undo| undo.subscribers.iter().any(|subscriber| subscriber.id == participant))
        })?;
        Some(self.step_number(*step))
    }

    fn step_number(&self, step: StepId) -> Literal {
        Literal::usize_unsuffixed(self.representative(step).index())
    }

    /// Steps that are one to their emitter, taken back by one event, have one number: that of the first.
    fn representative(&self, step: StepId) -> StepId {
        let of = |id: StepId| {
            let step = &self.choreography().steps[id];
            (step.emitter.id, step.event.id, self.undo_of(step).map(|undo| undo.event.id))
        };
        self.choreography().steps.ids().find(|other| of(*other) == of(step)).unwrap_or(step)
    }
}

/// Region and deadlines of a row, where it has any.
fn site(place: &Place, enters: &Enters) -> TokenStream {
    let lane = (place.lane != 0).then(|| {
        let lane = Literal::u32_unsuffixed(place.lane);
        quote!(.lane(#lane))
    });
    let list = |scopes: &[ScopeId]| {
        let numbers: Vec<_> = scopes.iter().map(|scope| scope_number(*scope)).collect();
        (!numbers.is_empty()).then(|| quote!((&[#(#numbers),*])))
    };
    let scopes = list(&place.scopes).map(|scopes| quote!(.scopes #scopes));
    let opens = list(&enters.with).map(|scopes| quote!(.opens #scopes));
    let enters = list(&enters.behind).map(|scopes| quote!(.enters #scopes));
    quote!(#lane #scopes #opens #enters)
}

fn scope_number(scope: ScopeId) -> Literal {
    Literal::usize_unsuffixed(scope.index())
}
