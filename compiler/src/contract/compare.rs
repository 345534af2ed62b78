//! Two versions of the contracts: what has changed for whom, in both directions.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Mode, Order, Subject, Verdict, Witness};
use super::clash::{Clash, Kind, first_field};
use super::differ::{Differ, Sides};
use super::ends::{Added, Ends, Heard, abandoned, removed};
use super::protocol;
use super::read::{Types, payload};
use super::same::Same;
use super::snapshot::{Contracts, Member};
use super::words::{list, short};
use crate::diag::{Code, codes};

/// Everything that has changed from the old contracts to the new ones and that somebody may stumble over.
pub fn compare(old: &Contracts, new: &Contracts, mode: Mode) -> Vec<Change> {
    let same = Same::of(&old.types, &new.types);
    let (old_ends, new_ends) = (Ends::of(old), Ends::of(new));
    let added = LazyCell::new(|| Added::of(old, new, &new_ends));
    let mut changes = Vec::new();
    let sides = |writer, reader, written| Sides { writer, reader, same: &same, written };
    let mut backward = Differ::new(sides(&old.types, &new.types, true));
    let mut forward = Differ::new(sides(&new.types, &old.types, false));
    for (name, was) in &old.events {
        let Some(is) = new.events.get(name) else {
            if mode.forward() {
                changes.extend(removed(name, &was.fields, &old_ends, &added));
            }
            continue;
        };
        if mode.forward() {
            changes.extend(abandoned(name, &old_ends, &new_ends));
        }
        if same.are(&was.fields, &is.fields) {
            continue;
        }
        let mut found = Found::default();
        let (was, is) = ((&old.types, was.fields.as_slice()), (&new.types, is.fields.as_slice()));
        if mode.backward() {
            found.add(backward.fields(was.1, is.1), true, was, is, new_ends.consumers(name));
        }
        if mode.forward() {
            found.add(forward.fields(is.1, was.1), false, is, was, old_ends.consumers(name));
        }
        let writers: BTreeSet<&str> =
            old_ends.producers(name).iter().chain(new_ends.producers(name)).copied().collect();
        changes.extend(found.changes(name, is.1, &writers));
    }
    changes.extend(protocol::compare(old, new, mode));
    changes
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
        consumers: &[Heard<'_>],
    ) {
        for clash in clashes {
            let field = first_field(&clash.path);
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
            let field = first_field(&path);
            let declared = now.iter().any(|member| member.name == field);
            let subject = if declared {
                Subject::Field(event.to_owned(), field.to_owned())
            } else {
                Subject::Event(event.to_owned())
            };
            let readers: Vec<String> = both.readers.into_iter().collect();
            let worst = both.backward.max(both.forward);
            let message =
                format!("{} {} `{path}` of `{}`: {}", list(&readers), verb(worst), short(event), both.what);
            Change {
                backward: both.backward,
                forward: both.forward,
                writers: writers.iter().map(|name| (*name).to_owned()).collect(),
                spared: both.spared.into_iter().filter(|name| !readers.contains(name)).collect(),
                readers,
                witness: both.witness,
                order: order(both.backward, both.forward),
                ..Change::new(code(kind, worst), subject, message)
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
