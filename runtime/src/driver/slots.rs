//! The instances that one worker is busy with, or remembers.

use std::collections::hash_map::{Entry, HashMap};

use foldhash::fast::RandomState;
use slab::Slab;

use super::Role;
use super::slot::{Slot, SlotId};

/// Where an instance is found without a look at its key. Once it is forgotten, the number may be another's.
pub(super) type SlotNumber = usize;

/// Instances by their numbers: the key is looked up once for each event, and not again at every turn.
#[derive(Default)]
pub(super) struct Slots {
    numbers: HashMap<SlotId, SlotNumber, RandomState>,
    slots: Slab<Slot>,
}

impl Slots {
    /// The number of an instance, which is here from now on. `None`: there is no such machine.
    pub(super) fn number(&mut self, id: SlotId, role: &Role) -> Option<SlotNumber> {
        match self.numbers.entry(id) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(free) => {
                let (machine, fresh) = role.machine(free.key().0)?;
                let slot = Slot::new(free.key().clone(), machine, fresh);
                Some(*free.insert(self.slots.insert(slot)))
            }
        }
    }

    pub(super) fn get(&self, number: SlotNumber) -> Option<&Slot> {
        self.slots.get(number)
    }

    pub(super) fn get_mut(&mut self, number: SlotNumber) -> Option<&mut Slot> {
        self.slots.get_mut(number)
    }

    /// The instance that waits for the answer to this question.
    pub(super) fn asking(&mut self, number: SlotNumber, ticket: u64) -> Option<&mut Slot> {
        self.get_mut(number).filter(|slot| slot.ticket == Some(ticket))
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Forgets an instance.
    pub(super) fn remove(&mut self, number: SlotNumber) {
        if let Some(slot) = self.slots.try_remove(number) {
            self.numbers.remove(&slot.id);
        }
    }

    /// Forgets all but these.
    pub(super) fn retain(&mut self, keep: impl Fn(&Slot) -> bool) {
        self.slots.retain(|_, slot| keep(slot));
        self.numbers.retain(|_, number| self.slots.contains(*number));
    }

    /// Takes all of them out.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Slot> {
        self.numbers.clear();
        self.slots.drain()
    }
}
