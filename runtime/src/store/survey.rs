//! Where instances stand, for people who look: all that are not over, the one that has stood the longest first.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::envelope::{InstanceId, Name};
use crate::machine::{Awaits, Legend, Progress};
use crate::scalar::Timestamp;

/// Which instances are asked for; all of them, where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Which {
    service: Option<String>,
    choreography: Option<String>,
    key: Option<String>,
    over: bool,
}

impl Which {
    /// Those at this service.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Those of this choreography, by its qualified name or by its name alone.
    pub fn choreography(mut self, name: impl Into<String>) -> Self {
        self.choreography = Some(name.into());
        self
    }

    /// Those with this key, by its text.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Those that are over, too.
    pub fn and_over(mut self) -> Self {
        self.over = true;
        self
    }

    /// The key, if only one is asked for.
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code, reason = "the others look at all"))]
    pub(crate) fn one_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Whether this is one of them, over or not.
    pub fn has(&self, id: &InstanceId) -> bool {
        let InstanceId { service, choreography, key } = id;
        self.service.as_ref().is_none_or(|it| it == service.as_str() || it == service.short())
            && self
                .choreography
                .as_ref()
                .is_none_or(|it| it == choreography.as_str() || it == choreography.short())
            && self.key.as_ref().is_none_or(|it| it == key.as_str())
    }
}

/// An instance at one service, as a store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instance {
    /// The instance, and who plays it.
    pub id: InstanceId,
    /// When it changed for the last time.
    pub changed: Timestamp,
    /// The hash of its machine, and the number of the state there; of the fork, where it is in several at once.
    pub machine: u64,
    /// See `machine`.
    pub state: u32,
    /// Nothing more can happen in it.
    pub finished: bool,
    /// Why it was set aside, if it was.
    pub quarantine: Option<String>,
    /// How many events wait in it for others to come first.
    pub waiting: usize,
    /// When its next deadline falls due.
    pub due: Option<Timestamp>,
    /// What it waits for; `None`: no service has said yet what the states of this version of it mean.
    pub awaits: Option<Awaits>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Those that have stood the longest, the longest first.
    pub instances: Vec<Instance>,
    /// How many there are.
    pub total: usize,
    /// Those that cannot be read, and why: they are damaged, or a newer version has written them.
    pub unreadable: Vec<(InstanceId, String)>,
}

/// What a participant has still to take.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backlog {
    /// The participant.
    pub participant: Name,
    /// How many events were published for it that it has not taken. What is parked in an instance it has.
    pub events: u64,
    /// When the oldest of them was published.
    pub oldest: Option<Timestamp>,
}

/// What the machines of all versions mean: by participant, choreography and hash.
pub(crate) type Legends = HashMap<(Name, Name, u64), Legend>;

/// Looks at one instance after the other, and keeps those that have stood the longest.
pub(crate) struct Survey {
    which: Which,
    most: usize,
    legends: Legends,
    kept: BTreeMap<(i64, InstanceId), Instance>,
    total: usize,
    unreadable: Vec<(InstanceId, String)>,
}

impl Survey {
    pub(crate) fn new(which: Which, most: usize, legends: Legends) -> Self {
        Self { which, most, legends, kept: BTreeMap::new(), total: 0, unreadable: Vec::new() }
    }

    /// Looks at an instance that changed at this time, in milliseconds since 1970; so many events are parked in it.
    pub(crate) fn look(&mut self, id: InstanceId, changed: i64, progress: &Progress, waiting: usize) {
        if !self.which.has(&id) {
            return;
        }
        let machine = (id.service.clone(), id.choreography.clone(), progress.machine);
        let awaits = self.legends.get(&machine).and_then(|legend| legend.awaits(progress));
        let over = progress.finished || awaits.as_ref().is_some_and(|awaits| awaits.may_be_over);
        if over && waiting == 0 && progress.quarantine.is_none() && !self.which.over {
            return;
        }
        self.total += 1;
        let instance = Instance {
            id: id.clone(),
            changed: Timestamp::from_millis(changed),
            machine: progress.machine,
            state: progress.place.state,
            finished: progress.finished,
            quarantine: progress.quarantine.clone(),
            waiting,
            due: progress.timers.iter().map(|timer| timer.due).min().map(Timestamp::from_millis),
            awaits,
        };
        self.kept.insert((changed, id), instance);
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// Meets an instance that cannot be read.
    #[cfg(any(feature = "sqlite", feature = "nats"))]
    pub(crate) fn pass_by(&mut self, id: InstanceId, damage: String) {
        if self.which.has(&id) {
            self.unreadable.push((id, damage));
        }
    }

    pub(crate) fn found(self) -> Found {
        let Self { kept, total, unreadable, .. } = self;
        Found { instances: kept.into_values().collect(), total, unreadable }
    }
}
