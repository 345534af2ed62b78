//! The names that a generated module declares, each with what it stands for.

use super::names::type_name;
use super::{Answer, Method, Publish, Stub};
use crate::model::{ChoreographyId, EventId, Model, StepId, TypeId};

/// What a generated name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An event or command.
    Event(EventId),
    /// A named type.
    Type(TypeId),
    /// The participant itself: its trait.
    Participant,
    /// What is heard or published at a step, under this name.
    Point(String, ChoreographyId, Option<StepId>),
    /// The start of a choreography.
    Start(ChoreographyId),
    /// Every module of this kind has it: `Client`.
    Fixed,
}

impl Origin {
    fn method(method: &Method<'_>) -> Self {
        Self::Point(method.point.name.clone(), method.choreography, method.point.steps.first().copied())
    }

    fn publish(publish: &Publish) -> Self {
        Self::Point(publish.name.clone(), publish.choreography, publish.steps.first().copied())
    }
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
            names.extend(answer_types(&method.answer, &Origin::method(method)));
            names.extend(method.known.clone().map(|name| (name, Origin::method(method))));
        }
        names.extend(self.end_types().into_iter().map(|(name, _)| (name.to_owned(), Origin::Fixed)));
        for start in &self.starts {
            names.extend(answer_types(&start.answer, &Origin::Start(start.choreography)));
        }
        let external = model.services[self.participant].external;
        let fixed = [
            ("Starter", !self.starts.is_empty()),
            ("Completer", self.methods.iter().any(|method| method.complete_name().is_some())),
            ("Heard", !self.heard.is_empty()),
            ("Client", external && !(self.heard.is_empty() && self.publishes.is_empty())),
            ("Requests", !external && !self.publishes.is_empty()),
        ];
        names.extend(
            fixed.into_iter().filter(|(_, is)| *is).map(|(name, _)| (name.to_owned(), Origin::Fixed)),
        );
        if !self.methods.is_empty() || !self.observes.is_empty() {
            names.push((self.trait_name(model), Origin::Participant));
        }
        names
    }

    /// Every method of the trait, of the starter and of the client.
    pub fn declared_methods(&self) -> Vec<(String, Origin)> {
        let methods = self.methods.iter().map(|method| (method.name.clone(), Origin::method(method)));
        let starts = self.starts.iter().map(|start| (start.name.clone(), Origin::Start(start.choreography)));
        let publishes = self.publishes.iter().flat_map(|publish| {
            [publish.name.clone(), publish.name_with_id()].map(|name| (name, Origin::publish(publish)))
        });
        let fixed = [("new", !self.publishes.is_empty()), ("next", !self.heard.is_empty())];
        let fixed = fixed.into_iter().filter(|(_, is)| *is).map(|(name, _)| (name.to_owned(), Origin::Fixed));
        let completes =
            self.methods.iter().filter_map(|method| Some((method.complete_name()?, Origin::method(method))));
        let observes = self.observes.iter().map(|it| (it.name.clone(), Origin::Event(it.event)));
        let methods = methods.chain(completes).chain(observes);
        methods.chain(starts).chain(fixed).chain(publishes).collect()
    }
}

fn answer_types(answer: &Answer, origin: &Origin) -> impl Iterator<Item = (String, Origin)> {
    answer.types().into_iter().map(|ty| (ty.name.clone(), origin.clone()))
}
