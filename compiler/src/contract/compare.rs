//! Two versions of the contracts: what has changed for whom, in both directions.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::change::{Change, Mode, Order, Subject, Verdict};
use super::clash::{Kind, first_field};
use super::differ::{Differ, Sides};
use super::ends::{Added, Ends, abandoned, removed};
use super::found::{Both, Found};
use super::protocol;
use super::renamed::Renamed;
use super::same::Same;
use super::snapshot::{Contracts, Member};
use super::words::{list, short};
use crate::diag::{Code, codes};

/// Everything that has changed from the old contracts to the new ones and that somebody may stumble over.
pub fn compare(old: &Contracts, new: &Contracts, mode: Mode) -> Vec<Change> {
    let renamed = Renamed::of(old, new);
    if renamed.is_empty() {
        return compare_named(old, new, mode);
    }
    let mut changes = renamed.told(old, new, mode);
    changes.extend(compare_named(&renamed.applied(old), new, mode));
    changes
}

/// The same, where an event of one name is one event.
fn compare_named(old: &Contracts, new: &Contracts, mode: Mode) -> Vec<Change> {
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
        changes.extend(told(found, name, is.1, &writers));
    }
    changes.extend(protocol::compare(old, new, mode));
    changes
}

fn told(found: Found, event: &str, now: &[Member], writers: &BTreeSet<&str>) -> Vec<Change> {
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
            mend: mend(kind, &path, both.backward),
            witness: both.witness,
            order: order(both.backward, both.forward),
            ..Change::new(code(kind, worst), subject, message)
        }
    };
    found.by_place.into_iter().map(change).collect()
}

/// Old events have no value for a field that the new reader needs, so the new reader needs one of its own.
fn mend(kind: Kind, path: &str, backward: Verdict) -> Option<String> {
    let lacks = kind == Kind::Missing && backward == Verdict::Breaks;
    lacks.then(|| format!("give `{path}` a default (`= …`), or make it optional (a `?` behind its type)"))
}

fn code(kind: Kind, worst: Verdict) -> &'static Code {
    match kind {
        Kind::Lost => &codes::SILENTLY_LOST,
        Kind::Meaning => &codes::MEANING_CHANGED,
        _ if worst < Verdict::Breaks => &codes::MAY_BREAK,
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
