//! Events that are called otherwise in the new version, as one of the two says with `@was`.
//!
//! The old contracts are compared under the new names, so that a new name is one change and not the end of one event and the
//! beginning of another. What it means to readers is told here.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::change::{Change, Mode, Order, Subject, Verdict};
use super::ends::Ends;
use super::snapshot::{Contracts, Deadline, Flow, Part, Party};
use super::words::{list, short};
use crate::diag::codes;

/// The names of the old version that are others in the new one.
pub(super) struct Renamed<'c> {
    new_names: BTreeMap<&'c str, &'c str>,
}

impl<'c> Renamed<'c> {
    pub(super) fn of(old: &'c Contracts, new: &'c Contracts) -> Self {
        let added = new.events.iter().filter(|(name, _)| !old.events.contains_key(*name));
        let former: FxHashMap<&str, &str> = added
            .flat_map(|(name, event)| event.was.iter().map(|was| (was.as_str(), name.as_str())))
            .collect();
        let (mut new_names, mut taken) = (BTreeMap::new(), BTreeSet::new());
        for (name, was) in old.events.iter().filter(|(name, _)| !new.events.contains_key(*name)) {
            // Forward, or back again.
            let is_added = |name: &String| new.events.contains_key(name) && !old.events.contains_key(name);
            let back = || was.was.iter().find(|former| is_added(former)).map(String::as_str);
            let now = former.get(name.as_str()).copied().or_else(back);
            // Of two that have become one, the second is gone.
            if let Some(now) = now.filter(|now| taken.insert(*now)) {
                new_names.insert(name.as_str(), now);
            }
        }
        Self { new_names }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.new_names.is_empty()
    }

    /// What readers make of the new names.
    pub(super) fn told(&self, old: &Contracts, new: &Contracts, mode: Mode) -> Vec<Change> {
        let (old_ends, new_ends) = (Ends::of(old), Ends::of(new));
        let mut changes = Vec::new();
        for (before, now) in &self.new_names {
            let knows = |contracts: &Contracts, name: &str, other: &str| {
                contracts.events.get(name).is_some_and(|event| event.was.iter().any(|was| was == other))
            };
            let (backward, forward) = (knows(new, now, before), knows(old, before, now));
            let (readers, which, order) = if !forward && mode.forward() {
                (old_ends.readers(before), "new", Order::ConsumersFirst)
            } else if !backward && mode.backward() {
                (new_ends.readers(now), "old", Order::ProducersFirst)
            } else {
                continue;
            };
            if readers.is_empty() {
                continue;
            }
            let (does, version) = match (readers.as_slice(), which) {
                ([_], "new") => ("does", "while it runs as it is"),
                (_, "new") => ("do", "while they run as they are"),
                ([_], _) => ("does", "any more"),
                (_, _) => ("do", "any more"),
            };
            let message = format!(
                "`{}` is called `{}` now: {} {does} not know the {which} name {version}",
                short(before),
                short(now),
                list(&readers)
            );
            let verdict = |knows| if knows { Verdict::Fine } else { Verdict::Breaks };
            let writers: BTreeSet<String> =
                old_ends.writers(before).into_iter().chain(new_ends.writers(now)).collect();
            changes.push(Change {
                backward: verdict(backward),
                forward: verdict(forward),
                writers: writers.into_iter().collect(),
                readers,
                order,
                ..Change::new(&codes::EVENT_RENAMED, Subject::Event((*now).to_owned()), message)
            });
        }
        changes
    }

    /// The old contracts under the new names.
    pub(super) fn applied(&self, old: &Contracts) -> Contracts {
        let mut contracts = old.clone();
        contracts.events =
            contracts.events.into_iter().map(|(name, event)| (self.now(name), event)).collect();
        contracts.services.values_mut().for_each(|party| self.party(party));
        contracts.choreographies.values_mut().for_each(|flow| self.flow(flow));
        contracts
    }

    fn now(&self, name: String) -> String {
        self.new_names.get(name.as_str()).map_or(name, |now| (*now).to_owned())
    }

    fn all(&self, names: &mut BTreeSet<String>) {
        *names = std::mem::take(names).into_iter().map(|name| self.now(name)).collect();
    }

    fn keys<T>(&self, map: &mut BTreeMap<String, T>) {
        *map = std::mem::take(map).into_iter().map(|(name, value)| (self.now(name), value)).collect();
    }

    fn party(&self, party: &mut Party) {
        self.all(&mut party.emits);
        self.keys(&mut party.reads);
    }

    fn flow(&self, flow: &mut Flow) {
        flow.start = flow.start.take().map(|start| self.now(start));
        for Part { hears, says, undos, .. } in flow.parts.values_mut() {
            self.all(hears);
            self.keys(says);
            self.keys(undos);
            for by in undos.values_mut() {
                *by = by.take().map(|by| self.now(by));
            }
        }
        for Deadline { guards, opens, .. } in &mut flow.deadlines {
            self.all(guards);
            self.all(opens);
        }
    }
}
