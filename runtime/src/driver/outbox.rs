//! Steps on their way to the store, and what is remembered of them until they are written.

use std::sync::Arc;

use super::slots::SlotNumber;
use super::turn::Write;
use crate::envelope::{Delivery, Outgoing};
use crate::machine::Progress;
use crate::observe::Happened;
use crate::store::Step;

/// A step on its way to the store.
pub(super) struct Leaving {
    /// The instance that it changes, if it changes one.
    pub(super) slot: Option<SlotNumber>,
    pub(super) write: Write,
}

impl Leaving {
    /// What is remembered of it, and what the store gets.
    pub(super) fn receipt(self, observed: bool) -> (Receipt, Step) {
        let emitted = if observed { self.write.step.emitted.clone() } else { Vec::new() };
        let Write { step, heard, happened } = self.write;
        let progress = step.change.as_ref().map(|change| Arc::clone(&change.progress));
        (Receipt { slot: self.slot, progress, heard, happened, emitted }, step)
    }
}

/// What is remembered of a step until it is written.
pub(super) struct Receipt {
    pub(super) slot: Option<SlotNumber>,
    pub(super) progress: Option<Arc<Progress>>,
    pub(super) heard: Delivery,
    pub(super) happened: Happened,
    /// For observers, if there are any.
    pub(super) emitted: Vec<Outgoing>,
}
