//! What happens to an instance without a step of its own.

use super::place::Place;
use super::{Machine, Progress};
use crate::envelope::Delivery;
use crate::mutation::{self, Mutation};

/// Keeps an event for later.
pub(crate) fn park(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Progress {
    let mut progress = adopt(machine, progress);
    if !mutation::on(Mutation::ForgetEarly) {
        progress.parked.push(delivery.clone());
    }
    progress
}

/// Goes on without an event that can never be taken.
pub(crate) fn dismiss(machine: &'static Machine, progress: &Progress, delivery: &Delivery) -> Progress {
    let mut progress = adopt(machine, progress);
    progress.pass(delivery);
    progress
}

/// Sets the instance aside. The event that it failed at, if it was one, waits before all others.
pub(crate) fn quarantine(
    machine: &'static Machine,
    progress: &Progress,
    failed_at: Option<&Delivery>,
    why: &str,
) -> Progress {
    let mut progress = adopt(machine, progress);
    if let Some(delivery) = failed_at {
        progress.parked.retain(|parked| parked.handle != delivery.handle);
        progress.parked.insert(0, delivery.clone());
    }
    progress.quarantine = Some(why.to_owned());
    progress.failed_at = failed_at.map(|delivery| delivery.handle);
    progress
}

/// Lets an instance go on that was set aside.
pub(crate) fn release(progress: &Progress) -> Progress {
    Progress { quarantine: None, failed_at: None, ..progress.clone() }
}

/// Lets an instance go on without the event that it was set aside for, and says which that is; `None`: it was no event.
pub(crate) fn drop_failed(progress: &Progress) -> Option<(Progress, Delivery)> {
    let handle = progress.failed_at?;
    let failed = progress.parked.iter().find(|parked| parked.handle == handle)?.clone();
    let mut released = release(progress);
    released.pass(&failed);
    Some((released, failed))
}

/// The state to change. Until something has happened in it, it is any machine's.
pub(super) fn adopt(machine: &'static Machine, progress: &Progress) -> Progress {
    let mut progress = progress.clone();
    if progress.machine != machine.hash {
        progress.machine = machine.hash;
        progress.place = Place::start(machine);
    }
    progress
}
