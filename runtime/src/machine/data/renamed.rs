//! The names of events that were renamed: one within, the newest on the way out, all of them on the way in.

use super::{Machine, Renamed};
use crate::envelope::Name;

impl Machine {
    /// What rows and states call an event that has come under this name; `None`: the same.
    pub(crate) fn known_as(&self, name: &str) -> Option<&'static str> {
        let has = |renamed: &&Renamed| renamed.now == name || renamed.between.contains(&name);
        self.renamed.iter().find(has).map(|renamed| renamed.event)
    }

    /// Whether an event that has come under this name is the one that rows call `event`.
    pub(crate) fn is(&self, event: &'static str, name: &Name) -> bool {
        name == event || self.known_as(name) == Some(event)
    }

    /// The name under which the event is published that rows call so.
    pub(crate) fn now(&self, event: &'static str) -> &'static str {
        self.renamed.iter().find(|renamed| renamed.event == event).map_or(event, |renamed| renamed.now)
    }

    /// The same of a name that may have come from a store.
    pub(crate) fn published(&self, event: Name) -> Name {
        let renamed = self.renamed.iter().find(|renamed| event == renamed.event);
        renamed.map_or(event, |renamed| Name::from(renamed.now))
    }

    /// Every name under which the event may come that rows call so.
    pub(crate) fn names(&self, event: &'static str) -> impl Iterator<Item = &'static str> + use<> {
        let renamed = self.renamed.iter().find(|renamed| renamed.event == event);
        let others = renamed.map(|renamed| renamed.between.iter().copied().chain([renamed.now]));
        std::iter::once(event).chain(others.into_iter().flatten())
    }
}
