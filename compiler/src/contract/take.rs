//! From the checked model to its contracts.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::snapshot::{
    Contracts, Deadline, Flow, Length, Member, Message, NamedType, Part, Party, Shape, Value, Variant,
};
use crate::check::Checked;
use crate::graph::Usage;
use crate::model::{
    self, Arena, Attribute, Bounds, Choreography, Event, EventId, Field, FieldRef, Header, Literal,
    LiteralKind, Model, Node, Scalar, ServiceId, Step, StepId, Type, TypeId, TypeKind, Undo,
};
use crate::project::Role;

/// What the workspace promises.
pub fn take(checked: &Checked) -> Contracts {
    let taker = Taker { model: checked.model() };
    let mut contracts = Contracts {
        services: taker.parties(),
        events: taker
            .model
            .events
            .values()
            .map(|event| (event.header.qualified(), taker.message(event)))
            .collect(),
        types: taker.model.types.ids().map(|id| (taker.type_name(id), taker.named(id))).collect(),
        choreographies: BTreeMap::new(),
    };
    for projection in checked.projections() {
        let choreography = &taker.model.choreographies[projection.choreography];
        contracts
            .choreographies
            .insert(choreography.header.qualified(), taker.flow(choreography, &projection.roles));
    }
    contracts
}

struct Taker<'m> {
    model: &'m Model,
}

impl Taker<'_> {
    fn event_name(&self, id: EventId) -> String {
        self.model.events[id].header.qualified()
    }

    fn service_name(&self, id: ServiceId) -> String {
        self.model.services[id].header.qualified()
    }

    fn type_name(&self, id: TypeId) -> String {
        self.model.types[id].header.qualified()
    }

    /// Who emits and hears what, and which fields of it.
    fn parties(&self) -> BTreeMap<String, Party> {
        let services = self.model.services.values();
        let mut parties: Arena<ServiceId, Party> =
            services.map(|service| Party { external: service.external, ..Party::default() }).collect();
        for (id, usage) in Usage::of(self.model).events.iter() {
            for (producer, _) in usage.producers() {
                parties[*producer].emits.insert(self.event_name(id));
            }
            for (consumer, _) in usage.consumers() {
                parties[*consumer].reads.insert(self.event_name(id), None);
            }
        }
        for (id, service) in self.model.services.iter() {
            for read in service.reads.iter().flatten() {
                let listed = read.fields.as_ref();
                let fields = listed.map(|listed| self.field_names(read.event.id, listed));
                if let Some(known) = parties[id].reads.get_mut(&self.event_name(read.event.id)) {
                    *known = fields;
                }
            }
        }
        self.read_keys(&mut parties);
        let names = self.model.services.ids().map(|id| self.service_name(id));
        names.zip(parties.values_mut().map(std::mem::take)).collect()
    }

    fn field_names(&self, event: EventId, listed: &[FieldRef]) -> BTreeSet<String> {
        let fields = &self.model.events[event].fields;
        let listed = listed.iter().filter_map(|listed| fields.get(listed.index));
        listed.map(|field| field.name.text.clone()).collect()
    }

    /// A key is read by everybody who hears of its choreography, listed or not.
    fn read_keys(&self, parties: &mut Arena<ServiceId, Party>) {
        let mut observers: FxHashMap<EventId, Vec<ServiceId>> = FxHashMap::default();
        for observation in &self.model.observations {
            for event in &observation.events {
                observers.entry(event.id).or_default().push(observation.observer.id);
            }
        }
        for choreography in self.model.choreographies.values() {
            for step in choreography.steps.values() {
                let name = self.event_name(step.event.id);
                let observing = observers.get(&step.event.id).into_iter().flatten().copied();
                for hearer in step.subscribers.iter().map(|subscriber| subscriber.id).chain(observing) {
                    if let Some(Some(fields)) = parties[hearer].reads.get_mut(&name) {
                        fields.extend(choreography.key.iter().map(|part| part.text.clone()));
                    }
                }
            }
        }
    }

    fn message(&self, event: &Event) -> Message {
        Message {
            kind: event.kind,
            version: event.version,
            was: event.former_names().collect(),
            fields: event.fields.iter().map(|field| self.member(field)).collect(),
            deprecated: deprecated(&event.header),
        }
    }

    fn member(&self, field: &Field) -> Member {
        let (optional, ty) = (matches!(field.ty, Type::Optional(_)), field.ty.required());
        Member {
            name: field.name.text.clone(),
            was: former(&field.attributes),
            shape: self.shape(ty),
            optional,
            default: field.default.as_ref().and_then(|literal| self.default(ty, literal)),
            deprecated: Attribute::deprecation(&field.attributes).is_some(),
        }
    }

    fn shape(&self, ty: &Type) -> Shape {
        match ty {
            Type::Scalar(of, Bounds { min, max, pattern }) => {
                Shape::Scalar { of: *of, min: min.clone(), max: max.clone(), pattern: pattern.clone() }
            }
            Type::Named(id) => Shape::Named(self.type_name(*id)),
            Type::List(of, bounds) => Shape::List { of: Box::new(self.shape(of)), length: length(bounds) },
            Type::Map(keys, of, bounds) => Shape::Map {
                keys: Box::new(self.shape(keys)),
                of: Box::new(self.shape(of)),
                length: length(bounds),
            },
            // Only a field is optional, and that says so itself.
            Type::Optional(inner) => self.shape(inner),
        }
    }

    /// The default as it would stand in JSON.
    fn default(&self, ty: &Type, literal: &Literal) -> Option<serde_json::Value> {
        let text = literal.value.as_str();
        let scalar = self.model.scalar(ty).map(|(scalar, _)| scalar);
        Some(match literal.kind {
            LiteralKind::EmptyList => serde_json::Value::Array(Vec::new()),
            LiteralKind::EmptyMap => serde_json::Value::Object(serde_json::Map::new()),
            LiteralKind::Word if scalar == Some(Scalar::Bool) => (text == "true").into(),
            LiteralKind::Number if scalar == Some(Scalar::F64) => text.parse::<f64>().ok()?.into(),
            LiteralKind::Number if scalar != Some(Scalar::Decimal) => match text.parse::<u64>() {
                Ok(number) => number.into(),
                Err(_) => text.parse::<i64>().ok()?.into(),
            },
            LiteralKind::Text | LiteralKind::Date | LiteralKind::Number | LiteralKind::Word => text.into(),
        })
    }

    fn named(&self, id: TypeId) -> NamedType {
        match &self.model.types[id].kind {
            TypeKind::Alias(ty) => NamedType::Alias(self.shape(ty)),
            TypeKind::Record(fields) => {
                NamedType::Record(fields.iter().map(|field| self.member(field)).collect())
            }
            TypeKind::Enum { open, values } => {
                let values = values.iter();
                let values = values
                    .map(|value| Value { name: value.name.text.clone(), was: former(&value.attributes) })
                    .collect();
                NamedType::Enum { open: *open, values }
            }
            TypeKind::Union { open, variants } => {
                let variants = variants.iter().map(|variant| Variant {
                    name: variant.name.text.clone(),
                    was: former(&variant.attributes),
                    shape: variant.ty.as_ref().map(|ty| self.shape(ty)),
                });
                NamedType::Union { open: *open, variants: variants.collect() }
            }
        }
    }

    fn flow(&self, choreography: &Choreography, roles: &[Role]) -> Flow {
        let mut flow = Flow {
            key: choreography.key.iter().map(|part| part.text.clone()).collect(),
            start: choreography.start.as_ref().map(|start| self.event_name(start.event.id)),
            ..Flow::default()
        };
        for node in choreography.nodes() {
            if let Node::Deadline(deadline) = node {
                flow.deadlines.push(self.deadline(choreography, deadline));
            }
        }
        for role in roles {
            let machine = format!("{:016x}", role.digest(self.model));
            flow.parts
                .insert(self.service_name(role.machine.participant), Part { machine, ..Part::default() });
        }
        for (id, step) in choreography.steps.iter() {
            let foreign = choreography.foreign_step() == Some(id);
            self.part_of_step(&mut flow, choreography, step, foreign);
        }
        flow
    }

    fn deadline(&self, choreography: &Choreography, deadline: &model::Deadline) -> Deadline {
        let scope = &choreography.scopes[deadline.scope];
        let event = |step: StepId| self.event_name(choreography.steps[step].event.id);
        let guarded = Node::all_in(&deadline.body.body).into_iter().filter_map(|node| match node {
            Node::Step(step) => Some(event(*step)),
            _ => None,
        });
        Deadline {
            keeper: self.service_name(scope.keeper.id),
            millis: scope.millis,
            guards: guarded.collect(),
            opens: first_steps(&deadline.otherwise.body).into_iter().map(event).collect(),
        }
    }

    fn part_of_step(&self, flow: &mut Flow, choreography: &Choreography, step: &Step, foreign: bool) {
        let name = self.event_name(step.event.id);
        let subscribers: BTreeSet<String> =
            step.subscribers.iter().map(|subscriber| self.service_name(subscriber.id)).collect();
        for subscriber in &subscribers {
            if let Some(part) = flow.parts.get_mut(subscriber) {
                part.hears.insert(name.clone());
            }
        }
        // Whoever publishes the event that starts it knows nothing of this choreography.
        if foreign {
            return;
        }
        if let Some(part) = flow.parts.get_mut(&self.service_name(step.emitter.id)) {
            part.says.entry(name.clone()).or_default().extend(subscribers);
            if let Some(undo) = &step.undo {
                let by = match undo {
                    Undo::None => None,
                    Undo::By(by) => Some(self.event_name(choreography.steps[*by].event.id)),
                };
                part.undos.insert(name, by);
            }
        }
    }
}

/// The steps with which a body may begin.
fn first_steps(body: &[Node]) -> Vec<StepId> {
    match body.first() {
        Some(Node::Step(step)) => vec![*step],
        Some(node) => node.bodies().into_iter().flat_map(first_steps).collect(),
        None => Vec::new(),
    }
}

fn deprecated(header: &Header) -> bool {
    Attribute::deprecation(&header.attributes).is_some()
}

fn former(attributes: &[Attribute]) -> Vec<String> {
    Attribute::former_names(attributes).map(|name| name.value.clone()).collect()
}

fn length(bounds: &Bounds) -> Length {
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    Length { min: number(&bounds.min), max: number(&bounds.max) }
}
