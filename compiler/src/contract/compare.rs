//! Two versions of the contracts: what has changed for whom, in both directions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::differ::{Clash, Differ, Kind, Sides, Verdict};
use super::protocol;
use super::read::{Refusal, Types, payload};
use super::snapshot::{Contracts, Member, NamedType, Shape};
use crate::diag::{Code, codes};

/// Which readers meet which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// New readers, old events: what a log holds.
    Backward,
    /// Old readers, new events: while both versions run.
    Forward,
    /// Both.
    Full,
}

impl Mode {
    pub(super) fn backward(self) -> bool {
        self != Self::Forward
    }

    pub(super) fn forward(self) -> bool {
        self != Self::Backward
    }
}

/// What a change is about, by qualified names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A service or an external.
    Service(String),
    /// An event.
    Event(String),
    /// A field of an event.
    Field(String, String),
    /// A choreography.
    Choreography(String),
}

/// In which order the two sides are deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// It does not matter.
    Any,
    /// Whoever reads first.
    ConsumersFirst,
    /// Whoever writes first; what is in the log is read before the readers follow.
    ProducersFirst,
    /// A new event beside the old one, both published until nobody reads the old one.
    NewEvent,
    /// The instances that are open end first.
    Drain,
    /// Open instances have to be carried over by hand.
    Migrate,
}

/// An event that shows the difference, and what its reader makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The payload.
    pub event: Json,
    /// Why the reader refuses it; `None`: it reads something else than was meant.
    pub refused: Option<Refusal>,
    /// The reader is the new one.
    pub backward: bool,
}

/// One change that others notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What kind.
    pub code: &'static Code,
    /// What it is about.
    pub subject: Subject,
    /// A sentence without its full stop.
    pub message: String,
    /// New readers of old events.
    pub backward: Verdict,
    /// Old readers of new events.
    pub forward: Verdict,
    /// Who publishes.
    pub writers: Vec<String>,
    /// Who stumbles.
    pub readers: Vec<String>,
    /// Who hears the event and does not read what has changed.
    pub spared: Vec<String>,
    /// An event that shows it.
    pub witness: Option<Witness>,
    /// What to deploy first.
    pub order: Order,
    /// What else to know.
    pub notes: Vec<String>,
}

/// Everything that has changed from the old contracts to the new ones and that somebody may stumble over.
pub fn compare(old: &Contracts, new: &Contracts, mode: Mode) -> Vec<Change> {
    let same = same_types(&old.types, &new.types);
    let side = |contracts| Consumers::of(contracts);
    let (old_consumers, new_consumers) = (side(old), side(new));
    let mut changes = Vec::new();
    let sides = |writer, reader, written| Sides { writer, reader, same: &same, written };
    let mut backward = Differ::new(sides(&old.types, &new.types, true));
    let mut forward = Differ::new(sides(&new.types, &old.types, false));
    for (name, was) in &old.events {
        let Some(is) = new.events.get(name) else {
            if mode.forward() {
                changes.extend(removed(name, old, new, &old_consumers));
            }
            continue;
        };
        if mode.forward() {
            changes.extend(ends(name, old, &old_consumers, new, &new_consumers));
        }
        if was.fields == is.fields && was.fields.iter().all(|field| is_same(&field.shape, &same)) {
            continue;
        }
        let mut found = Found::default();
        if mode.backward() {
            let clashes = backward.fields(&was.fields, &is.fields);
            found.add(
                clashes,
                true,
                (&old.types, &was.fields),
                (&new.types, &is.fields),
                new_consumers.of_event(name),
            );
        }
        if mode.forward() {
            let clashes = forward.fields(&is.fields, &was.fields);
            found.add(
                clashes,
                false,
                (&new.types, &is.fields),
                (&old.types, &was.fields),
                old_consumers.of_event(name),
            );
        }
        let writers: BTreeSet<&str> = old.producers(name).chain(new.producers(name)).collect();
        changes.extend(found.changes(name, &is.fields, &writers));
    }
    changes.extend(protocol::compare(old, new, mode));
    changes
}

/// The named types that are the same on both sides, with all that they mention.
fn same_types(old: &Types, new: &Types) -> BTreeSet<String> {
    let mut same: BTreeSet<String> =
        old.iter().filter(|(name, ty)| new.get(*name) == Some(ty)).map(|(name, _)| name.clone()).collect();
    loop {
        let differs = |name: &&String| !old.get(*name).is_some_and(|ty| mentions_same(ty, &same));
        let gone: BTreeSet<String> = same.iter().filter(differs).cloned().collect();
        if gone.is_empty() {
            return same;
        }
        same.retain(|name| !gone.contains(name));
    }
}

fn mentions_same(ty: &NamedType, same: &BTreeSet<String>) -> bool {
    match ty {
        NamedType::Alias(shape) => is_same(shape, same),
        NamedType::Record(fields) => fields.iter().all(|field| is_same(&field.shape, same)),
        NamedType::Enum { .. } => true,
        NamedType::Union { variants, .. } => {
            variants.iter().filter_map(|variant| variant.shape.as_ref()).all(|shape| is_same(shape, same))
        }
    }
}

fn is_same(shape: &Shape, same: &BTreeSet<String>) -> bool {
    match shape {
        Shape::Scalar { .. } => true,
        Shape::Named(name) => same.contains(name),
        Shape::List { of, .. } => is_same(of, same),
        Shape::Map { keys, of, .. } => is_same(keys, same) && is_same(of, same),
    }
}

/// Who hears an event, with the fields that each reads; `None`: all of them.
type Heard<'c> = Vec<(&'c str, Option<&'c BTreeSet<String>>)>;

struct Consumers<'c> {
    by_event: BTreeMap<&'c str, Heard<'c>>,
}

impl<'c> Consumers<'c> {
    fn of(contracts: &'c Contracts) -> Self {
        let mut by_event: BTreeMap<&str, Heard<'_>> = BTreeMap::new();
        for (name, party) in &contracts.services {
            for (event, fields) in &party.reads {
                by_event.entry(event).or_default().push((name, fields.as_ref()));
            }
        }
        Self { by_event }
    }

    fn of_event(&self, event: &str) -> &[(&'c str, Option<&'c BTreeSet<String>>)] {
        self.by_event.get(event).map(Vec::as_slice).unwrap_or_default()
    }

    fn names(&self, event: &str) -> Vec<String> {
        self.of_event(event).iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

fn removed(name: &str, old: &Contracts, new: &Contracts, consumers: &Consumers<'_>) -> Option<Change> {
    let readers = consumers.names(name);
    let writers: Vec<String> = old.producers(name).map(str::to_owned).collect();
    if readers.is_empty() || writers.is_empty() {
        return None;
    }
    let fields = old.events.get(name).map(|event| &event.fields);
    let alike = new.events.iter().find(|(other, event)| {
        !old.events.contains_key(*other)
            && Some(&event.fields) == fields
            && new.producers(other).next().is_some()
    });
    let mut notes = Vec::new();
    if let Some((other, _)) = alike {
        notes.push(format!("`{other}` has the same fields: to a reader, a new name is another event"));
    }
    Some(Change {
        code: &codes::EVENT_REMOVED,
        subject: Subject::Event(name.to_owned()),
        message: format!("`{}` is removed, and {} still wait for it", short(name), list(&readers)),
        backward: Verdict::Fine,
        forward: Verdict::Breaks,
        writers,
        readers,
        spared: Vec::new(),
        witness: None,
        order: if alike.is_some() { Order::NewEvent } else { Order::ConsumersFirst },
        notes,
    })
}

/// Nobody is left at one end of an event.
fn ends(
    name: &str,
    old: &Contracts,
    old_consumers: &Consumers<'_>,
    new: &Contracts,
    new_consumers: &Consumers<'_>,
) -> Option<Change> {
    let writers: Vec<String> = old.producers(name).map(str::to_owned).collect();
    let (before, after) = (old_consumers.names(name), new_consumers.names(name));
    let change = |code, message, forward, order, readers| {
        Some(Change {
            code,
            subject: Subject::Event(name.to_owned()),
            message,
            backward: Verdict::Fine,
            forward,
            writers: writers.clone(),
            readers,
            spared: Vec::new(),
            witness: None,
            order,
            notes: Vec::new(),
        })
    };
    let published = new.producers(name).next().is_some();
    if !writers.is_empty() && !published && !before.is_empty() {
        let message =
            format!("nobody publishes `{}` any more, and {} still wait for it", short(name), list(&before));
        return change(&codes::PRODUCER_REMOVED, message, Verdict::Breaks, Order::ConsumersFirst, before);
    }
    if !before.is_empty() && after.is_empty() && published {
        let message = format!("nobody hears `{}` any more", short(name));
        return change(&codes::CONSUMER_REMOVED, message, Verdict::Fine, Order::Any, before);
    }
    None
}

/// The clashes of one event, those of both directions together.
#[derive(Default)]
struct Found {
    by_place: BTreeMap<(Kind, String), Both>,
}

struct Both {
    backward: Verdict,
    forward: Verdict,
    what: String,
    readers: BTreeSet<String>,
    spared: BTreeSet<String>,
    witness: Option<Witness>,
}

impl Found {
    fn add(
        &mut self,
        clashes: Vec<Clash>,
        backward: bool,
        writer: (&Types, &[Member]),
        reader: (&Types, &[Member]),
        consumers: &[(&str, Option<&BTreeSet<String>>)],
    ) {
        for clash in clashes {
            let field = clash.path.split(['.', '[', '{']).next().unwrap_or_default();
            let (readers, spared): (Vec<_>, Vec<_>) =
                consumers.iter().partition(|(_, fields)| fields.is_none_or(|fields| fields.contains(field)));
            if readers.is_empty() {
                continue;
            }
            let (verdict, witness) = shown(&clash, field, backward, writer, reader);
            let both = self.by_place.entry((clash.kind, clash.path.clone())).or_insert_with(|| Both {
                backward: Verdict::Fine,
                forward: Verdict::Fine,
                what: clash.what.clone(),
                readers: BTreeSet::new(),
                spared: BTreeSet::new(),
                witness: None,
            });
            let own = if backward { &mut both.backward } else { &mut both.forward };
            *own = (*own).max(verdict);
            both.readers.extend(readers.iter().map(|(name, _)| (*name).to_owned()));
            both.spared.extend(spared.iter().map(|(name, _)| (*name).to_owned()));
            both.witness = both.witness.take().or(witness);
        }
    }

    fn changes(self, event: &str, now: &[Member], writers: &BTreeSet<&str>) -> Vec<Change> {
        let change = |((kind, path), both): ((Kind, String), Both)| {
            let field = path.split(['.', '[', '{']).next().unwrap_or_default();
            let declared = now.iter().any(|member| member.name == field);
            let subject = if declared {
                Subject::Field(event.to_owned(), field.to_owned())
            } else {
                Subject::Event(event.to_owned())
            };
            let readers: Vec<String> = both.readers.into_iter().collect();
            let worst = both.backward.max(both.forward);
            Change {
                code: code(kind, worst),
                subject,
                message: format!(
                    "{} {} `{path}` of `{}`: {}",
                    list(&readers),
                    verb(worst),
                    short(event),
                    both.what
                ),
                backward: both.backward,
                forward: both.forward,
                writers: writers.iter().map(|name| (*name).to_owned()).collect(),
                spared: both.spared.into_iter().filter(|name| !readers.contains(name)).collect(),
                readers,
                witness: both.witness,
                order: order(both.backward, both.forward),
                notes: Vec::new(),
            }
        };
        self.by_place.into_iter().map(change).collect()
    }
}

/// The witness of a clash, as the reader takes it: nothing is shown that the reader takes as it was meant.
fn shown(
    clash: &Clash,
    field: &str,
    backward: bool,
    (types, fields): (&Types, &[Member]),
    (reader_types, reader): (&Types, &[Member]),
) -> (Verdict, Option<Witness>) {
    let Some(event) = clash.witness.clone() else { return (clash.verdict.min(Verdict::May), None) };
    let own: Vec<Member> = reader.iter().filter(|member| member.name == field).cloned().collect();
    let (Ok(meant), read) = (payload(types, fields, &event), payload(reader_types, &own, &event)) else {
        return (clash.verdict.min(Verdict::May), None);
    };
    match read {
        Err(refusal) => (clash.verdict, Some(Witness { event, refused: Some(refusal), backward })),
        Ok(read) if read.get(field) != meant.get(field) => {
            (clash.verdict, Some(Witness { event, refused: None, backward }))
        }
        Ok(_) => (clash.verdict.min(Verdict::May), None),
    }
}

fn code(kind: Kind, worst: Verdict) -> &'static Code {
    match kind {
        Kind::Lost => &codes::SILENTLY_LOST,
        Kind::Meaning => &codes::MEANING_CHANGED,
        Kind::Type | Kind::Bound | Kind::Unlisted if worst < Verdict::Breaks => &codes::MAY_BREAK,
        Kind::Missing | Kind::Twice => &codes::FIELD_UNREADABLE,
        Kind::Type => &codes::TYPE_CHANGED,
        Kind::Bound => &codes::BOUND_CHANGED,
        Kind::Unlisted => &codes::VALUE_UNKNOWN,
    }
}

fn verb(worst: Verdict) -> &'static str {
    if worst == Verdict::Breaks { "cannot read" } else { "may misread" }
}

fn order(backward: Verdict, forward: Verdict) -> Order {
    match (backward == Verdict::Fine, forward == Verdict::Fine) {
        (true, true) => Order::Any,
        (true, false) => Order::ConsumersFirst,
        (false, true) => Order::ProducersFirst,
        (false, false) => Order::NewEvent,
    }
}

/// The last part of a qualified name.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// "Orders", "Orders and Payment", "Orders, Payment and 3 others"
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => short(one).to_owned(),
        [one, other] => format!("{} and {}", short(one), short(other)),
        [one, other, third] => format!("{}, {} and {}", short(one), short(other), short(third)),
        [one, other, rest @ ..] => format!("{}, {} and {} others", short(one), short(other), rest.len()),
    }
}
