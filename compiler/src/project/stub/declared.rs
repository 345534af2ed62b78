//! The names that a generated module declares, each with what it stands for.

use super::names::type_name;
use super::{Answer, Stub};
use crate::model::{ChoreographyId, EventId, Model, StepId, TypeId};

/// What a generated name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An event or command.
    Event(EventId),
    /// A named type.
    Type(TypeId),
    /// The participant itself: its trait.
    Participant,
    /// What is known or answered at a point: the choreography and the step that is heard.
    Point(ChoreographyId, Option<StepId>),
    /// Every module of this kind has it: `Client`.
    Fixed,
}

impl Stub<'_> {
    /// The name of the service's trait.
    pub fn trait_name(&self, model: &Model) -> String {
        type_name(&model.services[self.participant].header.name.text)
    }

    /// Every type and trait, in the order in which they are generated.
    pub fn declared_types(&self, model: &Model) -> Vec<(String, Origin)> {
        let mut names: Vec<_> = self
            .payloads
            .iter()
            .map(|payload| (payload.name.clone(), Origin::Event(payload.event)))
            .collect();
        names.extend(
            self.types.iter().map(|id| (type_name(&model.types[*id].header.name.text), Origin::Type(*id))),
        );
        for method in &self.methods {
            let origin = Origin::Point(method.choreography, method.point.steps.first().copied());
            names.extend(answer_types(&method.answer, origin));
            names.extend(method.known.clone().map(|name| (name, origin)));
        }
        for start in &self.starts {
            names.extend(answer_types(&start.answer, Origin::Point(start.choreography, None)));
        }
        let fixed = [
            ("Starter", !self.starts.is_empty()),
            ("Heard", !self.heard.is_empty()),
            ("Client", !self.heard.is_empty() || !self.publishes.is_empty()),
        ];
        names.extend(
            fixed.into_iter().filter(|(_, is)| *is).map(|(name, _)| (name.to_owned(), Origin::Fixed)),
        );
        if !self.methods.is_empty() {
            names.push((self.trait_name(model), Origin::Participant));
        }
        names
    }

    /// Every method of the trait, of the starter and of the client.
    pub fn declared_methods(&self) -> Vec<(String, Origin)> {
        let methods = self.methods.iter().map(|method| {
            (method.name.clone(), Origin::Point(method.choreography, method.point.steps.first().copied()))
        });
        let starts =
            self.starts.iter().map(|start| (start.name.clone(), Origin::Point(start.choreography, None)));
        let publishes = self.publishes.iter().flat_map(|publish| {
            let origin = Origin::Point(publish.choreography, publish.steps.first().copied());
            [(publish.name.clone(), origin), (publish.name_with_id(), origin)]
        });
        let fixed = ["new", "next"].iter().filter(|_| !self.publishes.is_empty());
        let fixed = fixed.map(|name| ((*name).to_owned(), Origin::Fixed));
        methods.chain(starts).chain(fixed).chain(publishes).collect()
    }
}

fn answer_types(answer: &Answer, origin: Origin) -> impl Iterator<Item = (String, Origin)> {
    answer.types().into_iter().map(move |ty| (ty.name.clone(), origin))
}
