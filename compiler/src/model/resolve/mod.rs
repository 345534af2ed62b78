//! From trees to the model: every name is looked up, once.
//!
//! Two walks: the first declares (every name gets its id), the second looks up what the declarations mention.
//! A name that means nothing yields one finding however often it is mentioned, and what mentions it is left out of
//! the model; `complete` says where something is missing, so that no rule draws a conclusion from an absence.

mod bounds;
mod declare;
mod flow;
mod imports;
mod large;
mod names;
mod participants;
mod period;
mod run;
mod starts;
mod types;
mod unknown;

use rustc_hash::{FxHashMap, FxHashSet};

use super::alias::last_aliases;
use super::{ChoreographyId, EventId, Header, Model, Observation, ServiceId, TypeId};
use crate::diag::Diagnostics;
use crate::syntax::tree;
use names::Names;
use unknown::Unknown;

/// Looks up every name of these files.
pub fn resolve(files: &[&tree::File<'_>]) -> (Model, Diagnostics) {
    let mut model = Model { complete: true, ..Model::default() };
    let mut findings = Diagnostics::new();
    let (declared, mut names) = declare::declare(files, &mut model, &mut findings);
    model.complete &= imports::import(files, &mut names, &mut findings);
    let choreographies = declared.iter().filter_map(|(file, declaration)| match declaration {
        Declaration::Choreography(id, tree) => Some((*id, (*file, *tree))),
        _ => None,
    });
    let choreographies = choreographies.collect();
    let unknown = Unknown::default();
    let large = FxHashSet::default();
    let mut resolver = Resolver { model, findings, names, unknown, choreographies, large, complete: true };
    // Services and choreographies speak of fields, so contracts come first.
    let (contracts, flows): (Vec<_>, Vec<_>) =
        declared.into_iter().partition(|(_, declaration)| declaration.is_contract());
    for (file, declaration) in contracts.into_iter().chain(flows) {
        resolver.names.enter(file);
        resolver.define(declaration);
    }
    let Resolver { mut model, mut findings, mut names, unknown, .. } = resolver;
    model.last_aliases = last_aliases(&model.types);
    starts::starts(&mut model, &mut findings);
    unknown.spare_imports(&mut names);
    findings.extend(unknown.findings(&names));
    findings.extend(imports::unused(files, &names));
    (model, findings)
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
    Union(TypeId, &'t tree::Union<'s>),
    Event(EventId, &'t [tree::Field<'s>]),
    Choreography(ChoreographyId, &'t tree::Choreography<'s>),
    Observation(tree::Word<'s>, &'t tree::Observation<'s>),
}

impl Declaration<'_, '_> {
    fn is_contract(self) -> bool {
        matches!(self, Self::Alias(..) | Self::Record(..) | Self::Union(..) | Self::Event(..))
    }
}

/// The second walk.
struct Resolver<'s, 't> {
    model: Model,
    findings: Diagnostics,
    names: Names<'s>,
    unknown: Unknown<'s>,
    /// Every choreography with the index of its file, for those who run it.
    choreographies: FxHashMap<ChoreographyId, (usize, &'t tree::Choreography<'s>)>,
    /// Those that are too large, or run in one that is; it has been told.
    large: FxHashSet<ChoreographyId>,
    /// Whether every name of the declaration at hand meant something.
    complete: bool,
}

impl<'s> Resolver<'s, '_> {
    fn define(&mut self, declaration: Declaration<'s, '_>) {
        self.complete = true;
        match declaration {
            Declaration::Participant(id, tree) => self.participant(id, tree),
            Declaration::Alias(id, tree) => self.alias(id, tree),
            Declaration::Record(id, tree) => self.record(id, tree),
            Declaration::Union(id, tree) => self.union(id, tree),
            Declaration::Event(id, tree) => self.event(id, tree),
            Declaration::Choreography(id, tree) => self.choreography(id, tree),
            Declaration::Observation(observer, tree) => self.observation(observer, tree),
        }
        let complete = self.complete;
        if let Some(header) = self.header(declaration) {
            header.complete = complete;
        }
        self.model.complete &= complete;
    }

    fn observation(&mut self, observer: tree::Word<'s>, tree: &tree::Observation<'s>) {
        let observer = self.service_ref(observer);
        let events = tree.events.iter().filter_map(|event| self.event_ref(*event)).collect();
        self.model.observations.extend(observer.map(|observer| Observation { observer, events }));
    }

    /// `None`: it declares no name.
    fn header(&mut self, declaration: Declaration<'s, '_>) -> Option<&mut Header> {
        Some(match declaration {
            Declaration::Participant(id, _) => &mut self.model.services[id].header,
            Declaration::Alias(id, _) | Declaration::Record(id, _) | Declaration::Union(id, _) => {
                &mut self.model.types[id].header
            }
            Declaration::Event(id, _) => &mut self.model.events[id].header,
            Declaration::Choreography(id, _) => &mut self.model.choreographies[id].header,
            Declaration::Observation(..) => return None,
        })
    }
}
