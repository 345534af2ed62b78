//! What the numbers of a machine's states mean, in the words of the choreography: kept in the store, for whoever looks
//! there without the code of the version that runs.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::{Machine, Progress};
use crate::envelope::Name;

/// What a machine waits for in each of its states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Legend {
    states: Vec<State>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hears: Vec<Hear>,
    /// What the participant says here by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    says: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ends: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Hear {
    event: String,
    /// Who says it; nobody in particular, if it is foreign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The method that answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    point: Option<u32>,
    /// The deadlines that are over by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    leaves: Vec<u32>,
}

/// An event that an instance waits for. Names are qualified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Awaited {
    /// What it is.
    pub event: Name,
    /// Who says it; `None`: any choreography that has it, whoever says it there.
    pub from: Option<Name>,
}

/// What an instance waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Awaits {
    /// Events. All the lists are awaited, since the instance is in several parts at once; of each list, one event.
    pub events: Vec<Vec<Awaited>>,
    /// Events of which one ends what the lists are awaited for.
    pub instead: Vec<Awaited>,
    /// Answers that its service has put off: to which event, where it was one.
    pub answers: Vec<Option<Name>>,
    /// The events with which its service may start it, by itself.
    pub starts: Vec<Name>,
    /// Its service has to go on with a step that was begun.
    pub goes_on: bool,
    /// It may be over as it is: nobody needs to do anything.
    pub may_be_over: bool,
}

impl Legend {
    pub(crate) fn of(machine: &Machine) -> Self {
        let hear = |hear: &super::Hear| Hear {
            event: machine.now(hear.event).to_owned(),
            from: (!hear.foreign).then(|| hear.from.to_owned()),
            point: hear.point,
            leaves: hear.leaves.to_vec(),
        };
        let state = |state: &super::State| State {
            hears: state.hears.iter().map(hear).collect(),
            says: state.emits.iter().map(|emit| machine.now(emit.event).to_owned()).collect(),
            ends: state.ends,
        };
        Self { states: machine.states.iter().map(state).collect() }
    }

    fn state(&self, at: u32) -> Option<&State> {
        self.states.get(usize::try_from(at).ok()?)
    }

    /// What an instance of this machine waits for; `None`: it is in a state that the machine has not.
    pub(crate) fn awaits(&self, progress: &Progress) -> Option<Awaits> {
        let mut awaits = Awaits { goes_on: progress.open.is_some(), ..Awaits::default() };
        self.look(&progress.place, &mut awaits)?;
        awaits.may_be_over &= !awaits.goes_on;
        Some(awaits)
    }

    fn look(&self, place: &Place, awaits: &mut Awaits) -> Option<()> {
        let state = self.state(place.state)?;
        let heard = self.hears(place, state);
        if !place.regions.is_empty() {
            awaits.instead.extend(heard);
            let mut over = true;
            for region in &place.regions {
                self.look(region, awaits)?;
                over &= awaits.may_be_over;
            }
            awaits.may_be_over = over;
            return Some(());
        }
        awaits.may_be_over = state.ends && place.decision.is_none();
        if let Some(decision) = &place.decision {
            let rows = self.state(decision.from).map_or(&[][..], |state| &state.hears);
            let row = rows.iter().find(|hear| hear.point == Some(decision.point));
            awaits.answers.push(row.map(|hear| name(&hear.event)));
            awaits.instead.extend(heard);
            return Some(());
        }
        if !heard.is_empty() {
            awaits.events.push(heard);
        }
        awaits.starts.extend(state.says.iter().map(|event| name(event)));
        Some(())
    }

    /// What may be heard here; while an answer is put off, what overtakes it. As [`Place::hears`] has it.
    fn hears(&self, place: &Place, state: &State) -> Vec<Awaited> {
        let overtakes = |hear: &&Hear| !hear.leaves.is_empty();
        let rows: Vec<&Hear> = match &place.decision {
            None => state.hears.iter().collect(),
            Some(decision) => {
                let here: Vec<&Hear> = state.hears.iter().filter(overtakes).collect();
                let from = self.state(decision.from).map_or(&[][..], |state| &state.hears);
                let rows = if here.is_empty() { from.iter().filter(overtakes).collect() } else { here };
                let left = |hear: &&Hear| !decision.left.is_some_and(|scope| hear.leaves.contains(&scope));
                rows.into_iter().filter(left).collect()
            }
        };
        rows.into_iter()
            .map(|hear| Awaited { event: name(&hear.event), from: hear.from.as_deref().map(name) })
            .collect()
    }
}

impl fmt::Display for Awaits {
    /// In words that go behind `it waits for`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all: Vec<String> = self.events.iter().map(|events| one_of(events)).collect();
        all.extend(self.answers.iter().map(|to| match to {
            Some(event) => format!("an answer to {}, which was put off", event.short()),
            None => "an answer that was put off".to_owned(),
        }));
        if !self.starts.is_empty() {
            let with: Vec<&str> = self.starts.iter().map(Name::short).collect();
            all.push(format!("its start, with {}", with.join(" or ")));
        }
        if self.goes_on {
            all.push("its service, which has to go on with a step".to_owned());
        }
        if all.is_empty() {
            all.push("nothing".to_owned());
        }
        f.write_str(&all.join(", and "))?;
        if self.instead.is_empty() { Ok(()) } else { write!(f, "; or for {} instead", one_of(&self.instead)) }
    }
}

/// `Paid or Refused from Bank or Packed from Kitchen`.
fn one_of(events: &[Awaited]) -> String {
    let mut text = String::new();
    for (index, Awaited { event, from }) in events.iter().enumerate() {
        if index > 0 {
            text.push_str(" or ");
        }
        text.push_str(event.short());
        let same_follows = events.get(index + 1).is_some_and(|next| next.from == *from);
        if let (Some(from), false) = (from, same_follows) {
            text.push_str(" from ");
            text.push_str(from);
        }
    }
    text
}

fn name(text: &str) -> Name {
    Name::from(text.to_owned())
}
