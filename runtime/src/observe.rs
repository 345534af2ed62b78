//! What happens, for those who watch.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use crate::envelope::{Delivery, Event, Outgoing};
use crate::scalar::Timestamp;

/// One step of a service, on durable ground: what it did with an event, and what it published.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Happening<'a> {
    /// The service.
    pub service: &'a str,
    /// The event that the step is about. A deadline that falls due is told as an event of the service itself.
    pub event: &'a Event,
    /// When it was published; when the deadline was found to have fallen due.
    pub published: Timestamp,
    /// What has happened to it.
    pub what: What<'a>,
    /// What the service has published, each with its subscribers.
    pub emitted: &'a [Outgoing],
}

/// What has happened to an event at a service.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum What<'a> {
    /// The service has heard it.
    Heard,
    /// It came before its time, or while the instance was set aside, and waits.
    Parked,
    /// A deadline has fallen due, or a decision was open.
    Due,
    /// It had been taken before, and changed nothing.
    Duplicate,
    /// It belongs to what was left by a deadline, and changed nothing.
    Late,
    /// It can never be taken; the reason.
    Refused(&'a str),
    /// The service failed at it and the instance is set aside; the reason.
    Quarantined(&'a str),
    /// It is left for another version of the service, or another store, since this one may not take it; the reason. It is
    /// told once for an instance, in each process.
    Held(&'a str),
}

/// Called after each commit.
pub(crate) type Observer = Arc<dyn Fn(&Happening<'_>) + Send + Sync>;

/// What a step has done with the event that it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Heard,
    Due,
    Parked,
    Duplicate,
    Late,
    Refused(String),
    Quarantined(String),
    Held(String),
}

impl Happened {
    fn what(&self) -> What<'_> {
        match self {
            Self::Heard => What::Heard,
            Self::Due => What::Due,
            Self::Late => What::Late,
            Self::Parked => What::Parked,
            Self::Duplicate => What::Duplicate,
            Self::Refused(reason) => What::Refused(reason),
            Self::Quarantined(reason) => What::Quarantined(reason),
            Self::Held(reason) => What::Held(reason),
        }
    }
}

/// Tells observers of one step.
pub(crate) fn tell(
    observers: &[Observer],
    service: &str,
    heard: &Delivery,
    happened: &Happened,
    emitted: &[Outgoing],
) {
    let (event, published) = (&heard.event, Timestamp::from_millis(heard.at));
    let happening = Happening { service, event, published, what: happened.what(), emitted };
    for observer in observers {
        // What watches must not stop what is watched.
        if std::panic::catch_unwind(AssertUnwindSafe(|| observer(&happening))).is_err() {
            tracing::error!(service, "an observer has panicked");
        }
    }
}

/// Writes one step to the log.
pub(crate) fn trace(service: &str, heard: &Delivery, happened: &Happened) {
    let event = &heard.event;
    let (choreography, key, id) = (&event.choreography, &event.key, &event.id);
    match happened {
        Happened::Heard => {
            tracing::debug!(%choreography, %key, service, event = event.name.short(), %id, "heard");
        }
        Happened::Due => {
            tracing::debug!(%choreography, %key, service, event = event.name.short(), %id, "due");
        }
        Happened::Late => {
            tracing::debug!(%choreography, %key, service, event = event.name.short(), %id, "late");
        }
        Happened::Parked => {
            tracing::debug!(%choreography, %key, service, event = event.name.short(), %id, "parked");
        }
        Happened::Duplicate => {
            tracing::debug!(%choreography, %key, service, event = event.name.short(), %id, "duplicate");
        }
        Happened::Refused(reason) => {
            tracing::warn!(%choreography, %key, service, event = event.name.short(), %id, reason, "refused");
        }
        Happened::Quarantined(reason) => {
            tracing::error!(%choreography, %key, service, event = event.name.short(), %id, reason, "instance set aside");
        }
        // It was said when that was found.
        Happened::Held(_) => {}
    }
}
