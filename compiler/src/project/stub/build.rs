//! Gathers what a participant does in all its choreographies into one stub.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answer, AnswerType};
use super::names::{field_name, module_name, type_name};
use super::payloads::{payloads, types, undone};
use super::{Clash, End, Given, Method, Observed, Publish, Repeat, Start, Stub};
use crate::model::{ChoreographyId, EventId, Id, Model, ServiceId, StepId};
use crate::parallel;
use crate::project::points::{Occasion, Point};
use crate::project::{Projection, Role};

/// The stubs of all participants, in the order of the text.
pub fn stubs<'a>(model: &'a Model, projections: &'a [Projection]) -> Vec<Stub<'a>> {
    let mut roles: BTreeMap<ServiceId, Vec<&Role>> = BTreeMap::new();
    for role in projections.iter().flat_map(|projection| &projection.roles) {
        roles.entry(role.machine.participant).or_default().push(role);
    }
    let all: Vec<(ServiceId, Vec<&Role>)> =
        model.services.ids().map(|id| (id, roles.remove(&id).unwrap_or_default())).collect();
    parallel::map(&all, |(id, roles)| stub(model, *id, roles.clone()))
}

fn stub<'a>(model: &'a Model, participant: ServiceId, roles: Vec<&'a Role>) -> Stub<'a> {
    let service = &model.services[participant];
    let payloads = payloads(model, participant, &roles);
    let types = types(model, &payloads);
    let mut stub = Stub {
        participant,
        module: module_name(&service.header.name.text),
        roles,
        payloads,
        types,
        methods: Vec::new(),
        observes: observes(model, participant),
        starts: Vec::new(),
        publishes: Vec::new(),
        heard: Vec::new(),
        clashes: Vec::new(),
        repeats: Vec::new(),
    };
    for role in stub.roles.clone() {
        if service.external {
            stub.add_external(model, role);
        } else {
            stub.add_points(model, role);
        }
        stub.add_requests(model, role);
    }
    stub
}

fn observes(model: &Model, participant: ServiceId) -> Vec<Observed> {
    let own = model.observations.iter().filter(|observation| observation.observer.id == participant);
    let events: BTreeSet<EventId> =
        own.flat_map(|observation| &observation.events).map(|event| event.id).collect();
    let name = |event: EventId| field_name(&model.events[event].header.name.text);
    events.into_iter().map(|event| Observed { name: format!("observe_{}", name(event)), event }).collect()
}

impl<'a> Stub<'a> {
    fn add_points(&mut self, model: &Model, role: &'a Role) {
        let choreography = role.machine.choreography;
        for point in &role.points {
            if point.occasion == Occasion::Start {
                let start = start(model, choreography, point);
                self.find_repeats(choreography, point, &start.answer);
                self.starts.push(start);
            } else {
                let method = method(model, choreography, point);
                self.find_repeats(choreography, point, &method.answer);
                self.methods.push(method);
            }
        }
    }

    fn find_repeats(&mut self, choreography: ChoreographyId, point: &Point, answer: &Answer) {
        let step = point.steps.first().copied();
        for (run, _) in answer.types().into_iter().flat_map(AnswerType::runs) {
            let mut seen = BTreeSet::new();
            let again = run.iter().filter(|event| !seen.insert(event.event));
            self.repeats.extend(again.map(|event| Repeat { choreography, step, event: event.event }));
        }
    }

    fn add_external(&mut self, model: &Model, role: &Role) {
        let choreography = role.machine.choreography;
        for (id, state) in role.machine.states.iter() {
            for emit in &state.emits {
                self.add_publish(Publish {
                    name: publish_name(model, choreography, emit.event, &emit.steps),
                    choreography,
                    event: emit.event,
                    subscribers: emit.subscribers.clone(),
                    steps: emit.steps.clone(),
                    starts: id.index() == 0,
                });
            }
            self.heard.extend(state.hears.iter().map(|hear| hear.event));
        }
        self.heard.extend(undone(model, role).map(|(_, event)| event));
        self.heard.sort_unstable();
        self.heard.dedup();
    }

    /// What the participant may say whenever it likes: one method an event, heard by whoever keeps a deadline with it.
    fn add_requests(&mut self, model: &Model, role: &Role) {
        let choreography = role.machine.choreography;
        let declared = &model.choreographies[choreography];
        let mut keepers: BTreeMap<EventId, (BTreeSet<ServiceId>, Vec<StepId>)> = BTreeMap::new();
        for (keeper, early) in declared.scopes.values().filter_map(|it| Some((it.keeper.id, it.early?))) {
            let step = &declared.steps[early];
            if step.emitter.id == role.machine.participant {
                let (subscribers, steps) = keepers.entry(step.event.id).or_default();
                subscribers.insert(keeper);
                steps.push(early);
            }
        }
        for (event, (subscribers, steps)) in keepers {
            let name = publish_name(model, choreography, event, &steps);
            let subscribers = subscribers.into_iter().collect();
            self.add_publish(Publish { name, choreography, event, subscribers, steps, starts: false });
        }
    }

    fn add_publish(&mut self, publish: Publish) {
        let Some(same) = self.publishes.iter_mut().find(|other| other.name == publish.name) else {
            self.publishes.push(publish);
            return;
        };
        let alike = (same.choreography, same.event, &same.subscribers)
            == (publish.choreography, publish.event, &publish.subscribers);
        if alike {
            same.steps.extend(publish.steps);
            same.starts |= publish.starts;
        } else if let (Some(one), Some(other)) = (same.steps.first(), publish.steps.first()) {
            let steps = [(same.choreography, *one), (publish.choreography, *other)];
            self.clashes.push(Clash { name: publish.name, steps });
        }
    }
}

fn method<'a>(model: &Model, choreography: ChoreographyId, point: &'a Point) -> Method<'a> {
    let (prefix, camel) = (point.occasion.prefix(), type_name(&point.name));
    let (known, answer) = (type_name(&format!("known_{prefix}")), type_name(prefix));
    Method {
        name: format!("{prefix}_{}", field_name(&point.name)),
        choreography,
        point,
        given: given(model, &point.occasion),
        known: (!point.known.is_empty()).then(|| format!("{known}{camel}")),
        answer: Answer::new(model, &format!("{answer}{camel}"), &point.outcome),
    }
}

fn given(model: &Model, occasion: &Occasion) -> Given {
    let name = |event: &EventId| type_name(&model.events[*event].header.name.text);
    let end = |events: &Vec<EventId>| {
        let names: Vec<_> = events.iter().map(name).collect();
        let name = names.join("Or");
        End { field: field_name(&name), name: (names.len() > 1).then_some(name), events: events.clone() }
    };
    match occasion {
        Occasion::Hear(event) | Occasion::Undo(event) | Occasion::Undone(event) => Given::Event(*event),
        Occasion::Join(ends) => Given::Ends(ends.iter().map(end).collect()),
        Occasion::Start | Occasion::Round | Occasion::Expire => Given::Nothing,
    }
}

fn start(model: &Model, choreography: ChoreographyId, point: &Point) -> Start {
    let camel = type_name(&point.name);
    Start {
        name: format!("start_{}", field_name(&point.name)),
        choreography,
        answer: Answer::new(model, &format!("{camel}Start"), &point.outcome),
    }
}

/// The label that the steps share, or else the event's name.
fn publish_name(model: &Model, choreography: ChoreographyId, event: EventId, steps: &[StepId]) -> String {
    let labels: BTreeSet<Option<&str>> = steps
        .iter()
        .map(|step| model.choreographies[choreography].steps[*step].label.as_ref().map(|l| l.text.as_str()))
        .collect();
    match labels.into_iter().collect::<Vec<_>>().as_slice() {
        [Some(label)] => field_name(label),
        _ => field_name(&model.events[event].header.name.text),
    }
}
