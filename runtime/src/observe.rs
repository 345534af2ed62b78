//! What happens, for those who watch.

use std::sync::Arc;

use crate::envelope::{Delivery, Event, EventId, Outgoing};

/// One thing that has happened, and is on durable ground.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Happening<'a> {
    /// The service at which it happened.
    pub service: &'a str,
    /// What happened to the event there.
    pub what: What<'a>,
    /// The choreography, by its qualified name.
    pub choreography: &'a str,
    /// The instance: the text of its key.
    pub key: &'a str,
    /// The event's type, by its qualified name.
    pub event: &'a str,
    /// The event's id.
    pub id: &'a EventId,
    /// Who published it.
    pub source: &'a str,
    /// The event that its emitter had heard just before.
    pub causation: Option<&'a EventId>,
    /// Its payload, as JSON.
    pub payload: &'a [u8],
}

/// What has happened to an event at a service.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum What<'a> {
    /// The service has heard it.
    Heard,
    /// The service has published it, to these subscribers.
    Emitted(&'a [Subscriber]),
    /// It came before its time, or while the instance was set aside, and waits.
    Parked,
    /// It had been taken before, and changed nothing.
    Duplicate,
    /// It can never be taken; the reason.
    Refused(&'a str),
    /// The service failed at it and the instance is set aside; the reason.
    Quarantined(&'a str),
}

/// Someone who will hear an event.
pub type Subscriber = crate::envelope::Recipient;

impl Happening<'_> {
    /// The event's type without its namespace.
    pub fn event_name(&self) -> &str {
        crate::envelope::short(self.event)
    }
}

/// Called after each commit.
pub(crate) type Observer = Arc<dyn Fn(&Happening<'_>) + Send + Sync>;

/// What a step has done with the event that it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Heard,
    Parked,
    Duplicate,
    Refused(String),
    Quarantined(String),
}

impl Happened {
    fn what(&self) -> What<'_> {
        match self {
            Self::Heard => What::Heard,
            Self::Parked => What::Parked,
            Self::Duplicate => What::Duplicate,
            Self::Refused(reason) => What::Refused(reason),
            Self::Quarantined(reason) => What::Quarantined(reason),
        }
    }
}

/// Tells observers of one step: first of what was heard, then of what was emitted.
pub(crate) fn tell(
    observers: &[Observer],
    service: &str,
    heard: &Delivery,
    happened: &Happened,
    emitted: &[Outgoing],
) {
    for observer in observers {
        observer(&happening(service, happened.what(), &heard.event));
        for outgoing in emitted {
            observer(&happening(service, What::Emitted(&outgoing.to), &outgoing.event));
        }
    }
}

fn happening<'a>(service: &'a str, what: What<'a>, event: &'a Event) -> Happening<'a> {
    Happening {
        service,
        what,
        choreography: &event.choreography,
        key: event.key.as_str(),
        event: &event.event,
        id: &event.id,
        source: &event.source,
        causation: event.causation.as_ref(),
        payload: &event.payload,
    }
}

/// Writes one step to the log.
pub(crate) fn trace(service: &str, heard: &Delivery, happened: &Happened) {
    let event = &heard.event;
    let (choreography, key, name, id) = (&event.choreography, &event.key, event.event.short(), &event.id);
    match happened {
        Happened::Heard => tracing::debug!(%choreography, %key, service, event = name, %id, "heard"),
        Happened::Parked => tracing::debug!(%choreography, %key, service, event = name, %id, "parked"),
        Happened::Duplicate => tracing::debug!(%choreography, %key, service, event = name, %id, "duplicate"),
        Happened::Refused(reason) => {
            tracing::warn!(%choreography, %key, service, event = name, %id, reason, "refused");
        }
        Happened::Quarantined(reason) => {
            tracing::error!(%choreography, %key, service, event = name, %id, reason, "instance set aside");
        }
    }
}
