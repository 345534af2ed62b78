//! Which choreography starts which: one publishes the event with which another begins.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::model::{Arena, ChoreographyId, EventId, Model};

/// The starts between choreographies, by way of events: so there are no more edges than steps and starts.
pub(crate) struct Starts {
    /// The events of each choreography with which another starts.
    published: Arena<ChoreographyId, Vec<EventId>>,
    /// What each event starts.
    started: Arena<EventId, Vec<ChoreographyId>>,
}

impl Starts {
    pub(crate) fn of(model: &Model) -> Self {
        let mut starts = Self {
            published: model.choreographies.values().map(|_| Vec::new()).collect(),
            started: model.events.values().map(|_| Vec::new()).collect(),
        };
        for (id, choreography) in model.choreographies.iter() {
            if let Some(start) = &choreography.start {
                starts.started[start.event.id].push(id);
            }
        }
        for (id, choreography) in model.choreographies.iter().filter(|(_, it)| it.roles.is_empty()) {
            let foreign = choreography.foreign_step();
            let own = choreography.steps.iter().filter(|(step, _)| Some(*step) != foreign);
            let mut events: Vec<EventId> = own.map(|(_, step)| step.event.id).collect();
            events.sort_unstable();
            events.dedup();
            events.retain(|event| !starts.started[*event].is_empty());
            starts.published[id] = events;
        }
        starts
    }

    /// What a choreography starts, by which event.
    pub(crate) fn from(&self, id: ChoreographyId) -> impl Iterator<Item = (EventId, ChoreographyId)> {
        let events = self.published[id].iter();
        events.flat_map(|event| self.started[*event].iter().map(move |started| (*event, *started)))
    }

    /// The choreographies so that each stands behind those that start it; those in and behind a circle are left out.
    pub(crate) fn in_order(&self) -> Vec<ChoreographyId> {
        let mut open: Arena<EventId, usize> = self.started.values().map(|_| 0).collect();
        for event in self.published.values().flatten() {
            open[*event] += 1;
        }
        let mut waits: Arena<ChoreographyId, bool> = self.published.values().map(|_| false).collect();
        for id in self.started.iter().filter(|(event, _)| open[*event] > 0).flat_map(|(_, started)| started) {
            waits[*id] = true;
        }
        let mut order: Vec<ChoreographyId> = waits.ids().filter(|id| !waits[*id]).collect();
        let mut done = 0;
        while let Some(id) = order.get(done).copied() {
            done += 1;
            for event in &self.published[id] {
                open[*event] -= 1;
                if open[*event] == 0 {
                    order.extend(&self.started[*event]);
                }
            }
        }
        order
    }

    /// Choreographies that start each other in a circle: of each circle a shortest way round, from its first in the text.
    pub(crate) fn circles(&self) -> Vec<Vec<ChoreographyId>> {
        let mut told: Arena<ChoreographyId, bool> = self.published.values().map(|_| false).collect();
        for id in self.in_order() {
            told[id] = true;
        }
        let mut circles = Vec::new();
        for id in self.published.ids() {
            if told[id] {
                continue;
            }
            if let Some(circle) = self.way_round(id) {
                for id in &circle {
                    told[*id] = true;
                }
                circles.push(circle);
            }
        }
        circles
    }

    /// The shortest way from a choreography to itself, breadth first.
    fn way_round(&self, from: ChoreographyId) -> Option<Vec<ChoreographyId>> {
        let mut before: Arena<ChoreographyId, Option<ChoreographyId>> =
            self.published.values().map(|_| None).collect();
        let mut seen: FxHashSet<EventId> = FxHashSet::default();
        let mut waiting = VecDeque::from([from]);
        while let Some(id) = waiting.pop_front() {
            for event in &self.published[id] {
                if !seen.insert(*event) {
                    continue;
                }
                for next in self.started[*event].iter().copied() {
                    if next == from {
                        let back = std::iter::successors(Some(id), |id| before[*id]);
                        let mut circle: Vec<_> = back.collect();
                        circle.reverse();
                        return Some(circle);
                    }
                    // Each choreography starts with one event, and each event is met once.
                    before[next] = Some(id);
                    waiting.push_back(next);
                }
            }
        }
        None
    }
}
