//! Who is at the ends of an event: who publishes it and who hears it, and whether anybody still does.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::change::{Change, Order, Subject, Verdict};
use super::snapshot::{Contracts, Member};
use super::words::{list, short};
use crate::diag::codes;

/// Who hears an event, with the fields that each reads; `None`: all of them.
pub(super) type Heard<'c> = (&'c str, Option<&'c BTreeSet<String>>);

/// Both ends of every event of one version.
pub(super) struct Ends<'c> {
    producers: FxHashMap<&'c str, Vec<&'c str>>,
    consumers: FxHashMap<&'c str, Vec<Heard<'c>>>,
}

impl<'c> Ends<'c> {
    pub(super) fn of(contracts: &'c Contracts) -> Self {
        let mut ends = Self { producers: FxHashMap::default(), consumers: FxHashMap::default() };
        for (name, party) in &contracts.services {
            for event in &party.emits {
                ends.producers.entry(event).or_default().push(name);
            }
            for (event, fields) in &party.reads {
                ends.consumers.entry(event).or_default().push((name, fields.as_ref()));
            }
        }
        ends
    }

    pub(super) fn producers(&self, event: &str) -> &[&'c str] {
        self.producers.get(event).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn consumers(&self, event: &str) -> &[Heard<'c>] {
        self.consumers.get(event).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn writers(&self, event: &str) -> Vec<String> {
        self.producers(event).iter().map(|name| (*name).to_owned()).collect()
    }

    pub(super) fn readers(&self, event: &str) -> Vec<String> {
        self.consumers(event).iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

/// The events that only the new version has and that somebody publishes there, by their fields; of several that look
/// alike, the first.
pub(super) struct Added<'c> {
    by_fields: FxHashMap<String, &'c str>,
}

impl<'c> Added<'c> {
    pub(super) fn of(old: &Contracts, new: &'c Contracts, ends: &Ends<'c>) -> Self {
        let mut by_fields = FxHashMap::default();
        let added = new.events.iter().filter(|(name, _)| !old.events.contains_key(*name));
        for (name, event) in added.filter(|(name, _)| !ends.producers(name).is_empty()) {
            by_fields.entry(spelled(&event.fields)).or_insert(name.as_str());
        }
        Self { by_fields }
    }

    fn alike(&self, fields: &[Member]) -> Option<&'c str> {
        self.by_fields.get(&spelled(fields)).copied()
    }
}

/// Fields as a text that only the same fields have.
fn spelled(fields: &[Member]) -> String {
    serde_json::to_string(fields).unwrap_or_default()
}

/// An event that the new version does not have.
pub(super) fn removed(name: &str, fields: &[Member], old: &Ends<'_>, added: &Added<'_>) -> Option<Change> {
    let (readers, writers) = (old.readers(name), old.writers(name));
    if readers.is_empty() || writers.is_empty() {
        return None;
    }
    let message = format!("`{}` is removed, and {} still wait for it", short(name), list(&readers));
    let alike = added.alike(fields);
    Some(Change {
        forward: Verdict::Breaks,
        writers,
        readers,
        order: if alike.is_some() { Order::NewEvent } else { Order::ConsumersFirst },
        notes: alike.into_iter().map(|other| another_event(name, other)).collect(),
        ..Change::new(&codes::EVENT_REMOVED, Subject::Event(alike.unwrap_or(name).to_owned()), message)
    })
}

/// What an event with the same fields is to those who read the one that is gone.
fn another_event(name: &str, other: &str) -> String {
    let start = format!("`{other}` has the same fields: to a reader, it is another event");
    match as_former(name, other) {
        Some(was) => format!("{start}, unless `@was(\"{was}\")` stands above `{}`", short(other)),
        None => start,
    }
}

/// A former name as it is written above an event: without a dot, it is one of the event's own namespace.
fn as_former<'n>(name: &'n str, event: &str) -> Option<&'n str> {
    let namespace = |name: &str| name.rsplit_once('.').map(|(namespace, _)| namespace.to_owned());
    match (namespace(name), namespace(event)) {
        (before, now) if before == now => Some(short(name)),
        // No former name says that it had no namespace.
        (None, Some(_)) => None,
        _ => Some(name),
    }
}

/// Nobody is left at one end of an event.
pub(super) fn abandoned(name: &str, old: &Ends<'_>, new: &Ends<'_>) -> Option<Change> {
    let readers = old.readers(name);
    if readers.is_empty() {
        return None;
    }
    let (writers, subject) = (old.writers(name), Subject::Event(name.to_owned()));
    match (new.producers(name).is_empty(), new.consumers(name).is_empty()) {
        (true, _) if !writers.is_empty() => {
            let message = format!(
                "nobody publishes `{}` any more, and {} still wait for it",
                short(name),
                list(&readers)
            );
            Some(Change {
                forward: Verdict::Breaks,
                writers,
                readers,
                order: Order::ConsumersFirst,
                ..Change::new(&codes::PRODUCER_REMOVED, subject, message)
            })
        }
        (false, true) => {
            let message = format!("nobody hears `{}` any more", short(name));
            Some(Change { writers, readers, ..Change::new(&codes::CONSUMER_REMOVED, subject, message) })
        }
        _ => None,
    }
}
