//! What is simulated, and what must hold at its end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use super::people::Part;
use super::world::World;
use crate::envelope::{Event, EventId, InstanceId, Key, Outgoing, Recipient};
use crate::machine::tests::law::{self, End};
use crate::machine::tests::plan::Plan;

#[expect(dead_code, unreachable_pub, reason = "another test has made them")]
#[path = "../../tests/it/party/machines.rs"]
mod party;

/// So many random choreographies there are; they are kept for ever.
const PLANS: u64 = 401;

/// A random choreography, and how it ends in calm.
type Planned = Arc<(Plan, End)>;

/// A choreography, and what must hold for each instance of it.
#[derive(Clone)]
pub(super) enum Flow {
    /// A random one, which has one end only.
    Plan(Planned),
    /// With a deadline, steps that are taken back, and another choreography that begins by its end.
    Party,
}

impl Flow {
    pub(super) fn of(seed: u64) -> Self {
        static MADE: OnceLock<Mutex<BTreeMap<u64, Planned>>> = OnceLock::new();
        if seed % 4 == 3 {
            return Self::Party;
        }
        let number = seed % PLANS;
        let mut made = MADE.get_or_init(Mutex::default).lock().unwrap();
        let plan = made.entry(number).or_insert_with(|| {
            let plan = Plan::new(number);
            let end = law::calm(&plan);
            Arc::new((plan, end))
        });
        Self::Plan(Arc::clone(plan))
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        match self {
            Self::Plan(plan) => (0..plan.0.machines.len())
                .map(|who| {
                    let machine = plan.0.machines[who];
                    let plan = Arc::clone(plan);
                    let says = Arc::new(move |point: u32| plan.0.answers[who][point as usize].clone());
                    Part { name: machine.participant, machines: std::slice::from_ref(machine), says }
                })
                .collect(),
            Self::Party => {
                let part = |name, machines, says: fn(u32) -> Vec<&'static str>| Part {
                    name,
                    machines,
                    says: Arc::new(says),
                };
                vec![
                    part("Host", party::PATIENT_HOST, |point| match point {
                        0 => vec!["party.Cook", "party.Play"],
                        1 => vec!["party.Done"],
                        2 => vec!["party.Over"],
                        _ => vec![],
                    }),
                    part("Cook", party::COOK, |point| match point {
                        0 => vec!["party.Cooked"],
                        3 => vec!["party.Thrown"],
                        _ => vec![],
                    }),
                    part("Band", party::BAND, |point| if point == 0 { vec!["party.Played"] } else { vec![] }),
                    part("Post", party::POST, |_| vec!["party.Card"]),
                    part("Press", party::PRESS, |_| vec![]),
                ]
            }
        }
    }

    /// What begins an instance.
    pub(super) fn start(&self, key: &str) -> Outgoing {
        let (source, choreography, name, to) = match self {
            Self::Plan(plan) => ("Outside", "law.Law", "law.Start", plan.0.machines[0].participant),
            Self::Party => ("Guest", "party.Party", "party.Ask", "Host"),
        };
        let event = Event {
            id: EventId::from(format!("start {key}")),
            source: source.into(),
            choreography: choreography.into(),
            key: Key::from_text(key),
            name: name.into(),
            payload: bytes::Bytes::from_static(b"{}"),
            causation: None,
            rounds: Vec::new(),
            trace: None,
        };
        let to = Recipient { name: to.into(), sequence: None, overtakes: 0, undoes: None, external: false };
        Outgoing { event: Arc::new(event), to: vec![to] }
    }

    /// What does not hold for the instance with this key, in words.
    pub(super) fn faults(&self, world: &World, key: &str) -> Vec<String> {
        let mut faults = Vec::new();
        for ((of, what), ids) in world.effects.iter().filter(|((of, _), _)| of == key) {
            if ids.len() > 1 {
                faults.push(format!("{of}: done {} times: {what}", ids.len()));
            }
        }
        match self {
            Self::Plan(plan) => plan_faults(plan, world, key, &mut faults),
            Self::Party => party_faults(world, key, &mut faults),
        }
        faults
    }
}

fn compare<T: Ord + std::fmt::Debug>(
    key: &str,
    what: &str,
    mut found: Vec<T>,
    expected: &[T],
) -> Option<String> {
    found.sort();
    (found != expected).then(|| format!("{key}: {what}: {found:?}, expected {expected:?}"))
}

/// The same was published, done and heard as in calm.
fn plan_faults(plan: &(Plan, End), world: &World, key: &str, faults: &mut Vec<String>) {
    let (plan, end) = plan;
    let of_key = world.log.iter().filter(|outgoing| outgoing.event.key.as_str() == key);
    let lines = of_key.flat_map(|outgoing| {
        let numbered = outgoing.to.iter().filter_map(|to| Some((&to.name, to.sequence?)));
        numbered.map(|(to, at)| format!("{} to {to} {at}", outgoing.event.name))
    });
    let expected: Vec<String> = end.published.iter().cloned().collect();
    faults.extend(compare(key, "published", lines.collect(), &expected));

    let done = world.effects.keys().filter(|(of, _)| of == key).map(|(_, what)| what.clone());
    let mut expected: Vec<String> = end
        .asked
        .iter()
        .map(|(who, point)| format!("{} {point} in law.Law", plan.machines[*who].participant))
        .collect();
    expected.sort();
    faults.extend(compare(key, "done", done.collect(), &expected));

    for (machine, expected) in plan.machines.iter().zip(&end.stands) {
        let stand = world.progress(&instance(machine.participant, "law.Law", key));
        let stand = stand.map_or_else(|| "nowhere".to_owned(), |progress| law::stand(&progress));
        if stand != *expected {
            faults.push(format!("{key}: {} stands {stand}, expected {expected}", machine.participant));
        }
    }
}

/// Either the party was, or it was over before; and what was cooked in vain was thrown away.
fn party_faults(world: &World, key: &str, faults: &mut Vec<String>) {
    let of_key = world.log.iter().filter(|outgoing| outgoing.event.key.as_str() == key);
    let names: Vec<&str> = of_key.map(|outgoing| outgoing.event.name.short()).collect();
    let times = |name: &str| names.iter().filter(|it| **it == name).count();
    let over = times("Over");
    let mut once = |name: &str, expected: usize| {
        if times(name) != expected {
            faults.push(format!(
                "{key}: {name} was published {} times, expected {expected}: {names:?}",
                times(name)
            ));
        }
    };
    once("Ask", 1);
    once("Over", over.min(1));
    once("Done", 1 - over.min(1));
    once("Card", 1 - over.min(1));
    for name in ["Cook", "Play"] {
        once(name, 1);
    }
    for name in ["Cooked", "Played"] {
        once(name, if over == 0 { 1 } else { times(name).min(1) });
    }
    once("Thrown", over.min(times("Cooked")));
    let expected: &[&str] = if over > 0 { &["Over"] } else { &["Card", "Done"] };
    let heard = world.heard.iter().filter_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    faults.extend(compare(key, "the guest has heard", heard.collect(), expected));
    for name in ["Host", "Cook", "Band"] {
        let finished = world.progress(&instance(name, "party.Party", key)).is_some_and(|it| it.finished);
        if !finished {
            faults.push(format!("{key}: {name} has not finished"));
        }
    }
}

fn instance(service: &'static str, choreography: &'static str, key: &str) -> InstanceId {
    InstanceId { service: service.into(), choreography: choreography.into(), key: Key::from_text(key) }
}
