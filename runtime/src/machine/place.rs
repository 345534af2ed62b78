//! Where a participant stands: in a state, and in all regions of a fork at once.

use super::{Expire, Hear, Machine, State};
use crate::envelope::{Delivery, Emission, EventId, Name};

/// A state, and where its regions stand, if it is a fork. Most are no fork, and cost nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub state: u32,
    pub regions: Vec<Place>,
    /// The answer that is walked from here is still to come.
    pub decision: Option<Box<Decision>>,
}

/// A decision that a handler has put off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The method that was asked.
    pub point: u32,
    /// The state in which it was asked.
    pub from: u32,
    /// The deadline that was left with that.
    pub left: Option<u32>,
    /// How the step goes on when the answer is there.
    pub thread: Thread,
}

/// What a step derives its ids from; kept where a step is left before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thread {
    pub cause: Cause,
    /// How many events were published.
    pub published: u64,
    /// How many questions were asked.
    pub asked: u64,
}

/// A step that was left before its end, since the handler was not there to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub thread: Thread,
    /// What was answered and is not yet published.
    pub left: Vec<Emission>,
}

/// What a step begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The participant itself.
    Start,
    /// An event of a service, whose id no other event has.
    Event(EventId),
    /// An event that no service has counted: its source may have chosen an id that an event of another source has too.
    Outside(Name, EventId),
    /// A deadline, by an id of its own.
    Deadline(EventId),
}

impl Cause {
    pub(crate) fn of(delivery: &Delivery) -> Self {
        let id = delivery.event.id.clone();
        match delivery.sequence {
            Some(_) => Self::Event(id),
            None => Self::Outside(delivery.event.source.clone(), id),
        }
    }

    /// What the ids of the step are derived from; none, where the participant begins by itself: the key says all.
    pub(crate) fn input(&self) -> Option<EventId> {
        match self {
            Self::Start => None,
            Self::Event(id) | Self::Deadline(id) => Some(id.clone()),
            Self::Outside(source, id) => Some(EventId::of_source(source, id)),
        }
    }

    /// The event that was heard.
    pub(super) fn event(&self) -> Option<&EventId> {
        match self {
            Self::Start | Self::Deadline(_) => None,
            Self::Event(id) | Self::Outside(_, id) => Some(id),
        }
    }
}

/// The way to a place: the number of the region in each fork.
pub(super) type Path = Vec<usize>;

pub(super) fn state(machine: &'static Machine, at: u32) -> Option<&'static State> {
    machine.states.get(usize::try_from(at).ok()?)
}

impl Place {
    /// At this state, in no region yet.
    pub(crate) fn at(state: u32) -> Self {
        Self { state, ..Self::default() }
    }

    /// Where an instance begins.
    pub(super) fn start(machine: &'static Machine) -> Self {
        let mut place = Self::at(0);
        // A machine that goes round without an end is refused by the first step.
        let _ = place.settle(machine);
        place
    }

    pub(super) fn get_mut(&mut self, path: &[usize]) -> Option<&mut Self> {
        path.iter().try_fold(self, |place, region| place.regions.get_mut(*region))
    }

    /// This place and those within it, outer ones first.
    pub(crate) fn any<'a>(&'a self, check: &mut impl FnMut(&'a Self) -> bool) -> bool {
        check(self) || self.regions.iter().any(|region| region.any(check))
    }

    /// The first place, outer ones first, in which `look` finds something, and what it finds.
    pub(super) fn find<T>(&self, look: &mut impl FnMut(&Self) -> Option<T>) -> Option<(Path, T)> {
        if let Some(found) = look(self) {
            return Some((Path::new(), found));
        }
        self.regions.iter().enumerate().find_map(|(number, region)| {
            let (mut path, found) = region.find(look)?;
            path.insert(0, number);
            Some((path, found))
        })
    }

    /// The first place in which nothing is forked and no decision is to come, and that has this.
    pub(super) fn leaf<T>(
        &self,
        machine: &'static Machine,
        mut look: impl FnMut(&'static State) -> Option<T>,
    ) -> Option<(Path, T)> {
        self.find(&mut |place| {
            let open = place.regions.is_empty() && place.decision.is_none();
            open.then(|| state(machine, place.state)).flatten().and_then(&mut look)
        })
    }

    /// What may be heard here, regions aside. While a decision is to come, that is what overtakes it: as its
    /// state says, or else the one in which it was asked for.
    pub(super) fn hears(&self, machine: &'static Machine) -> impl Iterator<Item = &'static Hear> {
        let of = |at| state(machine, at).map_or(&[][..], |state| state.hears);
        let overtakes = |hear: &Hear| !hear.leaves.is_empty();
        let rows = match &self.decision {
            Some(decision) if !of(self.state).iter().any(overtakes) => of(decision.from),
            _ => of(self.state),
        };
        let (waits, left) = (self.decision.is_some(), self.left());
        let over = move |hear: &Hear| left.is_some_and(|scope| hear.leaves.contains(&scope));
        rows.iter().filter(move |hear| !waits || (overtakes(hear) && !over(hear)))
    }

    /// The deadlines that run here, regions aside; likewise.
    pub(super) fn expires(&self, machine: &'static Machine) -> impl Iterator<Item = &'static Expire> {
        let of = |at| state(machine, at).map_or(&[][..], |state| state.expires);
        let rows = match &self.decision {
            Some(decision) if of(self.state).is_empty() => of(decision.from),
            _ => of(self.state),
        };
        let left = self.left();
        rows.iter().filter(move |expire| Some(expire.scope) != left)
    }

    /// The deadline that was left with what is still to be decided.
    fn left(&self) -> Option<u32> {
        self.decision.as_ref().and_then(|decision| decision.left)
    }

    /// Nothing more can happen here.
    pub(super) fn over(&self, machine: &'static Machine) -> bool {
        self.regions.is_empty()
            && self.decision.is_none()
            && state(machine, self.state)
                .is_some_and(|it| it.ends && it.hears.is_empty() && it.emits.is_empty())
    }

    /// The choreography may be over here.
    pub(crate) fn may_end(&self, machine: &'static Machine) -> bool {
        if !self.regions.is_empty() {
            return self.regions.iter().all(|region| region.may_end(machine));
        }
        self.decision.is_none() && state(machine, self.state).is_some_and(|state| state.ends)
    }

    /// Enters the regions of forks, and leaves those that are over.
    pub(super) fn settle(&mut self, machine: &'static Machine) -> Result<(), String> {
        for _ in 0..=machine.states.len() {
            if !self.turn(machine)? {
                return Ok(());
            }
        }
        Err(format!("the machine of {} goes round without an end", machine.participant))
    }

    /// Settles what is within and takes one turn itself; says whether it did.
    fn turn(&mut self, machine: &'static Machine) -> Result<bool, String> {
        let Some(state) = state(machine, self.state) else {
            return Err(format!("the machine of {} has no state {}", machine.participant, self.state));
        };
        if state.regions.is_empty() || self.decision.is_some() {
            return Ok(false);
        }
        if self.regions.is_empty() {
            self.regions = state.regions.iter().map(|first| Self::at(*first)).collect();
        }
        for region in &mut self.regions {
            region.settle(machine)?;
        }
        let over = self.regions.iter().all(|region| region.over(machine));
        if over {
            *self = Self::at(state.target);
        }
        Ok(over)
    }
}
