//! From trees to the model: every name is looked up, once.
//!
//! Two walks: the first declares (every name gets its id), the second looks up what the declarations mention.
//! A name that means nothing yields one finding, and what mentions it is left out of the model; `complete` says
//! where something is missing, so that no rule draws a conclusion from an absence.

mod declare;
mod flow;
mod names;
mod participants;
mod types;

use super::{Choreography, ChoreographyId, EventId, Model, ServiceId, TypeId};
use crate::diag::Diagnostics;
use crate::syntax::tree;
use names::Names;

/// Looks up every name of these files.
pub fn resolve(files: &[tree::File<'_>]) -> (Model, Diagnostics) {
    let mut model = Model::default();
    let mut findings = Diagnostics::new();
    let (declared, names) = declare::declare(files, &mut model, &mut findings);
    let mut resolver = Resolver { model, findings, names };
    // Services and choreographies speak of fields, so contracts come first.
    let (contracts, flows): (Vec<_>, Vec<_>) =
        declared.into_iter().partition(|(_, declaration)| declaration.is_contract());
    for (file, declaration) in contracts.into_iter().chain(flows) {
        resolver.names.enter(file);
        resolver.define(declaration);
    }
    resolver.model.complete = !resolver.findings.has_errors();
    (resolver.model, resolver.findings)
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meaning {
    Service(ServiceId),
    Event(EventId),
    Type(TypeId),
    Choreography(ChoreographyId),
}

/// A declaration that has its id, and what is left to look up in it.
#[derive(Clone, Copy)]
enum Declaration<'s, 't> {
    Participant(ServiceId, &'t tree::Participant<'s>),
    Alias(TypeId, &'t tree::Type<'s>),
    Record(TypeId, &'t [tree::Field<'s>]),
    Event(EventId, &'t [tree::Field<'s>]),
    Choreography(ChoreographyId, &'t tree::Choreography<'s>),
}

impl Declaration<'_, '_> {
    fn is_contract(&self) -> bool {
        matches!(self, Self::Alias(..) | Self::Record(..) | Self::Event(..))
    }
}

/// The second walk.
struct Resolver<'s> {
    model: Model,
    findings: Diagnostics,
    names: Names<'s>,
}

impl<'s> Resolver<'s> {
    fn define(&mut self, declaration: Declaration<'s, '_>) {
        match declaration {
            Declaration::Participant(id, tree) => self.participant(id, tree),
            Declaration::Alias(id, tree) => self.alias(id, tree),
            Declaration::Record(id, tree) => self.record(id, tree),
            Declaration::Event(id, tree) => self.event(id, tree),
            Declaration::Choreography(id, tree) => self.choreography(id, tree),
        }
    }
}

/// An empty choreography, as the first walk declares it.
fn empty_choreography(header: super::Header) -> Choreography {
    Choreography { header, key: Vec::new(), steps: super::Arena::new(), body: Vec::new(), complete: true }
}
