use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::envelope::{Delivery, Event, EventId, InstanceId, Name, Outgoing};
use crate::machine::{self, Machine, Progress};

/// What has happened in a run, and where everyone stands.
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) seed: u64,
    published: Vec<Published>,
    /// For each of them, those that must have come before.
    after: Vec<Vec<usize>>,
    pub(super) stands: Vec<Stand>,
}

/// One event that was published.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Published {
    /// The instance.
    pub key: String,
    /// How many events had to come one after the other before this one.
    pub depth: u64,
    /// Who published it.
    pub from: String,
    /// The event's type, without its namespace.
    pub event: String,
    /// Who hears it.
    pub to: Vec<String>,
}

/// Source and id of an event.
type Id = (Name, EventId);

/// One event that was published, and which came before.
#[derive(Clone)]
pub(super) struct Seen {
    published: Published,
    id: Id,
    /// What its emitter had published and heard last: what comes before that comes before it too.
    after: BTreeSet<Id>,
}

/// Where one participant stands in one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stand {
    /// The instance, and who it is about.
    pub instance: InstanceId,
    /// The number of the state in which it stands.
    pub state: u32,
    /// The choreography may be over for it here.
    pub may_end: bool,
    /// What it waits for, in words.
    pub waits_for: String,
    /// Why it was set aside, if it was.
    pub quarantine: Option<String>,
    /// Events that wait for others to come first: type and source.
    pub parked: Vec<String>,
}

/// Someone was left behind when nothing was left to do.
pub struct Stuck(String);

impl Run {
    pub(super) fn new(seed: u64, mut all: Vec<Seen>, stands: Vec<Stand>) -> Self {
        all.sort_by(|a, b| a.published.cmp(&b.published));
        let numbers: BTreeMap<&Id, usize> =
            all.iter().enumerate().map(|(number, it)| (&it.id, number)).collect();
        let before = |it: &Seen| it.after.iter().filter_map(|id| numbers.get(id).copied()).collect();
        let after = all.iter().map(before).collect();
        Self { seed, published: all.into_iter().map(|it| it.published).collect(), after, stands }
    }

    /// What was published for this key, by numbers, and the numbers of those that must have come before each.
    pub(super) fn steps(&self, key: &str) -> impl Iterator<Item = (usize, &Published, &[usize])> {
        let all = self.published.iter().zip(&self.after).enumerate();
        all.filter(move |(_, (it, _))| it.key == key).map(|(number, (it, after))| (number, it, &**after))
    }

    /// What was published for this key, one line an event, written as a step of a choreography:
    /// `Orders -> Payment, Inventory: OrderPlaced`. What must come first stands first; what may come in any
    /// order is sorted by name. So the lines do not depend on the seed, only on what was decided.
    pub fn of(&self, key: &str) -> Vec<String> {
        self.published.iter().filter(|it| it.key == key).map(ToString::to_string).collect()
    }

    /// Everything that was published, in the same order, instance by instance.
    pub fn published(&self) -> &[Published] {
        &self.published
    }

    /// Where everyone stands.
    pub fn stands(&self) -> &[Stand] {
        &self.stands
    }

    /// An error that names everyone who was left behind, unless the choreography may be over for all.
    pub fn ended(&self) -> Result<(), Stuck> {
        let waiting: Vec<String> =
            self.stands.iter().filter(|stand| !stand.fine()).map(ToString::to_string).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        Err(Stuck(format!("with seed {}:\n{}\n\nafter:\n{self}", self.seed, waiting.join("\n"))))
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = None;
        for published in &self.published {
            if key != Some(&published.key) {
                writeln!(f, "{}", published.key)?;
                key = Some(&published.key);
            }
            writeln!(f, "  {published}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}: {}", self.from, self.to.join(", "), self.event)
    }
}

impl Stand {
    pub(super) fn new(instance: InstanceId, machine: &'static Machine, progress: &Progress) -> Self {
        Self {
            instance,
            state: progress.place.state,
            may_end: progress.place.may_end(machine) && progress.open.is_none(),
            waits_for: machine::awaits(machine, progress),
            quarantine: progress.quarantine.clone(),
            parked: progress
                .parked
                .iter()
                .map(|it| format!("{} from {}", it.event.name.short(), it.event.source))
                .collect(),
        }
    }

    fn fine(&self) -> bool {
        self.may_end && self.quarantine.is_none() && self.parked.is_empty()
    }
}

impl fmt::Display for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InstanceId { service, key, .. } = &self.instance;
        write!(f, "{service} of {key}: {}", self.waits_for)?;
        if let Some(reason) = &self.quarantine {
            write!(f, "; set aside: {reason}")?;
        }
        if !self.parked.is_empty() {
            write!(f, "; parked: {}", self.parked.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same as for people: a test that unwraps it should be readable.
impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Stuck {}

/// How many events had to come one after the other before where each participant stands (Lamport's clocks), and which came
/// last. As each participant's own order is fixed by its decisions, they do not depend on the order of arrival.
#[derive(Default)]
pub(super) struct Clocks {
    participants: BTreeMap<(Name, String), Clock>,
    events: BTreeMap<Id, u64>,
    /// What externals have published and nobody has heard yet, with what came before.
    sent: BTreeMap<Id, Clock>,
    /// What externals have published and somebody has heard: its place in what was published.
    from_outside: BTreeMap<Id, usize>,
}

/// What came before.
#[derive(Clone, Default)]
struct Clock {
    depth: u64,
    last: BTreeSet<Id>,
}

impl Clock {
    fn hear(&mut self, id: Id, depth: u64) {
        self.depth = depth.max(self.depth);
        self.last.insert(id);
    }
}

impl Clocks {
    /// A service has heard an event. What comes from outside is listed when it is first heard.
    pub(super) fn heard(&mut self, service: &Name, heard: &Delivery, all: &mut Vec<Seen>) {
        let event = &heard.event;
        let id = (event.source.clone(), event.id.clone());
        if heard.listener.is_some() {
            // The event's own choreography says who hears it.
        } else if let Some(first) = self.from_outside.get(&id).and_then(|place| all.get_mut(*place)) {
            first.published.to.push(service.to_string());
            first.published.to.sort();
        } else if let Some(clock) = self.sent.remove(&id) {
            self.from_outside.insert(id.clone(), all.len());
            all.push(seen(event, clock, vec![service.to_string()]));
        }
        let depth = self.events.get(&id).copied().unwrap_or_default();
        self.participants.entry((service.clone(), event.key.to_string())).or_default().hear(id, depth);
    }

    /// An external has published an event. Who hears it is seen when they do.
    pub(super) fn sent(&mut self, event: &Event) {
        let clock = self.tick(event);
        self.sent.insert((event.source.clone(), event.id.clone()), clock);
    }

    /// One more event of its source: how deep it is, and what came last before it.
    fn tick(&mut self, event: &Event) -> Clock {
        let id = (event.source.clone(), event.id.clone());
        let clock = self.participants.entry((event.source.clone(), event.key.to_string())).or_default();
        clock.depth += 1;
        self.events.insert(id.clone(), clock.depth);
        Clock { depth: clock.depth, last: std::mem::replace(&mut clock.last, BTreeSet::from([id])) }
    }

    /// A service has published an event. Nobody sees when an external takes it, so it counts as heard there.
    pub(super) fn emitted(&mut self, outgoing: &Outgoing) -> Seen {
        let event = &outgoing.event;
        let clock = self.tick(event);
        for to in outgoing.to.iter().filter(|to| to.external) {
            let id = (event.source.clone(), event.id.clone());
            let external = self.participants.entry((to.name.clone(), event.key.to_string())).or_default();
            external.hear(id, clock.depth);
        }
        seen(event, clock, outgoing.to.iter().map(|to| to.name.to_string()).collect())
    }
}

fn seen(event: &Event, Clock { depth, last: after }: Clock, to: Vec<String>) -> Seen {
    let (key, from, id) = (event.key.to_string(), event.source.to_string(), event.id.clone());
    let published = Published { key, depth, from, event: event.name.short().to_owned(), to };
    Seen { published, id: (event.source.clone(), id), after }
}
