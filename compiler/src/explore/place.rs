//! Where a participant is: one state of its machine, or one in each of several regions.

use crate::model::LocalStateId;
use crate::project::machine::LocalMachine;

/// A state, and where the participant is in each of the regions that begin there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) state: LocalStateId,
    pub(super) regions: Vec<Place>,
}

impl Place {
    /// At a state, and at the start of the regions that begin there.
    pub(super) fn at(machine: &LocalMachine, state: LocalStateId) -> Self {
        let fork = machine.states[state].fork.as_ref();
        let regions = fork.map(|fork| fork.regions.iter().map(|start| Self::at(machine, *start)).collect());
        let mut place = Self { state, regions: regions.unwrap_or_default() };
        place.settle(machine);
        place
    }

    /// Goes on behind the regions that are over.
    fn settle(&mut self, machine: &LocalMachine) {
        self.regions.iter_mut().for_each(|region| region.settle(machine));
        let Some(fork) = &machine.states[self.state].fork else { return };
        if self.regions.iter().all(|region| machine.states[region.state].is_final()) {
            *self = Self::at(machine, fork.join);
        }
    }

    /// This place and all below it, each with the way to it.
    pub(super) fn all(&self) -> Vec<(Vec<usize>, LocalStateId)> {
        let mut all = vec![(Vec::new(), self.state)];
        for (index, region) in self.regions.iter().enumerate() {
            for (below, state) in region.all() {
                let mut way = vec![index];
                way.extend(below);
                all.push((way, state));
            }
        }
        all
    }

    /// The same after a transition from the place at the end of `way`. What is below that place is left.
    pub(super) fn moved(&self, way: &[usize], machine: &LocalMachine, target: LocalStateId) -> Self {
        let mut place = self.clone();
        place.put(way, Self::at(machine, target));
        place.settle(machine);
        place
    }

    fn put(&mut self, way: &[usize], new: Self) {
        match way.split_first() {
            None => *self = new,
            Some((first, rest)) => {
                if let Some(region) = self.regions.get_mut(*first) {
                    region.put(rest, new);
                }
            }
        }
    }

    /// Whether the flow may be over for the participant here. Once it has done something in a region, it is not.
    pub(super) fn may_be_over(&self, machine: &LocalMachine) -> bool {
        machine.states[self.state].ends && *self == Self::at(machine, self.state)
    }
}
