//! Names that were gone and are back for something else: what is in the log under them is taken for it.

use std::collections::BTreeSet;

use super::change::{Change, Order, Subject, Verdict};
use super::clash::{Kind, first_field};
use super::differ::{Differ, Sides};
use super::ends::Ends;
use super::found::{Both, Found};
use super::read::Types;
use super::same::Same;
use super::sample::resolve;
use super::snapshot::{Contracts, Member, NamedType, Shape};
use super::words::{list, short};
use crate::diag::codes;

/// The events, fields and variants of the new contracts that an earlier version had for something else, and the last
/// one did not have; of those alone that somebody reads.
///
/// What was read between the two versions is not known here, so old readers of new events may stumble as well.
pub fn reused(earlier: &Contracts, last: &Contracts, new: &Contracts) -> Vec<Change> {
    let same = Same::of(&earlier.types, &new.types);
    let (was_written, is_heard) = (Ends::of(earlier), Ends::of(new));
    let sides = Sides { writer: &earlier.types, reader: &new.types, same: &same, written: true };
    let mut differ = Differ::new(sides);
    let mut changes = Vec::new();
    for (name, was) in &earlier.events {
        let Some(is) = new.events.get(name).filter(|is| !same.are(&was.fields, &is.fields)) else { continue };
        let between = last.events.get(name);
        let mut clashes = differ.fields(&was.fields, &is.fields);
        if let Some(between) = between {
            let is_back = |path: &str| {
                let there = member(&earlier.types, &was.fields, path) == There::Yes;
                there && member(&last.types, &between.fields, path) == There::No
            };
            let is_meant = |kind| matches!(kind, Kind::Type | Kind::Bound | Kind::Unlisted);
            clashes.retain(|clash| is_meant(clash.kind) && is_back(&clash.path));
        }
        let mut found = Found::default();
        let (written, read) = ((&earlier.types, was.fields.as_slice()), (&new.types, is.fields.as_slice()));
        found.add(clashes, true, written, read, is_heard.consumers(name));
        found.by_place.retain(|_, both| both.backward == Verdict::Breaks);
        let writers = was_written.writers(name);
        if between.is_some() {
            changes.extend(
                found.by_place.into_iter().map(|((_, path), both)| back(name, &path, both, &writers)),
            );
        } else {
            changes.extend(event_back(name, found, &writers));
        }
    }
    changes
}

/// A field or a variant is back.
fn back(event: &str, path: &str, both: Both, writers: &[String]) -> Change {
    let subject = Subject::Field(event.to_owned(), first_field(path).to_owned());
    let message =
        format!("`{path}` of `{}` was removed, and is back for something else: {}", short(event), both.what);
    change(subject, message, both, writers)
}

/// A whole event is back: its first field that cannot be read stands for the others.
fn event_back(event: &str, found: Found, writers: &[String]) -> Option<Change> {
    let mut places = found.by_place.into_iter();
    let ((_, path), mut first) = places.next()?;
    for (_, other) in places {
        first.readers.extend(other.readers);
    }
    let readers: Vec<String> = first.readers.iter().cloned().collect();
    let message = format!(
        "`{}` was removed, and is back for something else: {} cannot read `{path}`: {}",
        short(event),
        list(&readers),
        first.what
    );
    Some(change(Subject::Event(event.to_owned()), message, first, writers))
}

fn change(subject: Subject, message: String, both: Both, writers: &[String]) -> Change {
    let readers: BTreeSet<String> = both.readers;
    Change {
        backward: both.backward,
        forward: Verdict::May,
        writers: writers.to_vec(),
        spared: both.spared.into_iter().filter(|name| !readers.contains(name)).collect(),
        readers: readers.into_iter().collect(),
        witness: both.witness,
        order: Order::NewName,
        ..Change::new(&codes::NAME_REUSE, subject, message)
    }
}

/// Whether there is something of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    Yes,
    /// What holds it is there, and has nothing of this name.
    No,
    /// What would hold it is something else, or not there.
    Elsewhere,
}

/// Whether a payload has what this path leads to, as a [`Clash`](super::clash::Clash) names it: `lines[].sku`.
fn member(types: &Types, fields: &[Member], path: &str) -> There {
    let mut steps = steps(path).into_iter();
    let first = steps.next().and_then(|name| fields.iter().find(|field| field.name == name));
    let Some(first) = first else { return There::No };
    let mut shape = Some(&first.shape);
    for step in steps {
        let Some(holder) = shape.and_then(|shape| resolve(types, shape)) else { return There::Elsewhere };
        let named = |name: &String| types.get(name);
        shape = match (holder, step) {
            (Shape::List { of, .. }, "[]") | (Shape::Map { of, .. }, "{}") => Some(of),
            (Shape::Named(name), step) => match named(name) {
                Some(NamedType::Record(fields)) => match fields.iter().find(|field| field.name == step) {
                    Some(field) => Some(&field.shape),
                    None => return There::No,
                },
                Some(NamedType::Union { variants, .. }) => {
                    match variants.iter().find(|variant| variant.name == step) {
                        Some(variant) => variant.shape.as_ref(),
                        None => return There::No,
                    }
                }
                _ => return There::Elsewhere,
            },
            _ => return There::Elsewhere,
        };
    }
    There::Yes
}

/// `lines`, `[]`, `sku`
fn steps(path: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let length = match rest.find(['.', '[', '{']) {
            Some(0) if rest.starts_with('.') => {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            Some(0) => 2,
            Some(end) => end,
            None => rest.len(),
        };
        let Some((step, behind)) = rest.split_at_checked(length) else { break };
        steps.push(step);
        rest = behind;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn a_path_is_taken_step_by_step() {
        assert_eq!(steps("total"), ["total"]);
        assert_eq!(steps("lines[].sku"), ["lines", "[]", "sku"]);
        assert_eq!(steps("by{}[].way.boat"), ["by", "{}", "[]", "way", "boat"]);
    }
}
