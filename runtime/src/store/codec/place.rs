//! Where an instance stands, as text: the state's number alone, in most.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Damage, borrowed, name, payload, raw};
use crate::envelope::{Emission, EventId};
use crate::machine::{Cause, Decision, Open, Place, Thread};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum StoredPlace {
    State(u32),
    Full {
        state: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        regions: Vec<StoredPlace>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<StoredDecision>,
    },
}

/// An answer that was put off.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredDecision {
    point: u32,
    from: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<u32>,
    thread: StoredThread,
}

#[derive(Serialize, Deserialize)]
pub(super) struct StoredThread {
    cause: StoredCause,
    published: u64,
    asked: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredCause {
    Start,
    Event(EventId),
    Outside(String, EventId),
    Deadline(EventId),
}

/// A step that was left before its end.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredOpen<'a> {
    thread: StoredThread,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<StoredEmission<'a>>,
}

#[derive(Serialize, Deserialize)]
struct StoredEmission<'a> {
    event: Cow<'a, str>,
    key: Cow<'a, str>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl From<&Place> for StoredPlace {
    fn from(place: &Place) -> Self {
        if place.regions.is_empty() && place.decision.is_none() {
            return Self::State(place.state);
        }
        let decision = place.decision.as_ref().map(|it| {
            let Decision { point, from, left, thread } = &**it;
            StoredDecision { point: *point, from: *from, left: *left, thread: thread.into() }
        });
        Self::Full { state: place.state, regions: place.regions.iter().map(Self::from).collect(), decision }
    }
}

impl From<StoredPlace> for Place {
    fn from(stored: StoredPlace) -> Self {
        match stored {
            StoredPlace::State(state) => Self { state, ..Self::default() },
            StoredPlace::Full { state, regions, decision } => Self {
                state,
                regions: regions.into_iter().map(Self::from).collect(),
                decision: decision.map(|StoredDecision { point, from, left, thread }| {
                    Box::new(Decision { point, from, left, thread: thread.into() })
                }),
            },
        }
    }
}

impl From<&Thread> for StoredThread {
    fn from(thread: &Thread) -> Self {
        let cause = match &thread.cause {
            Cause::Start => StoredCause::Start,
            Cause::Event(id) => StoredCause::Event(id.clone()),
            Cause::Outside(source, id) => StoredCause::Outside(source.to_string(), id.clone()),
            Cause::Deadline(id) => StoredCause::Deadline(id.clone()),
        };
        Self { cause, published: thread.published, asked: thread.asked }
    }
}

impl From<StoredThread> for Thread {
    fn from(stored: StoredThread) -> Self {
        let cause = match stored.cause {
            StoredCause::Start => Cause::Start,
            StoredCause::Event(id) => Cause::Event(id),
            StoredCause::Outside(source, id) => Cause::Outside(source.into(), id),
            StoredCause::Deadline(id) => Cause::Deadline(id),
        };
        Self { cause, published: stored.published, asked: stored.asked }
    }
}

impl<'a> StoredOpen<'a> {
    pub(super) fn new(open: &'a Open) -> Result<Self, Damage> {
        let left = open.left.iter().map(|emission| {
            let (event, key) = (borrowed(&emission.event), Cow::Borrowed(emission.key.as_str()));
            Ok(StoredEmission { event, key, payload: raw(&emission.payload)? })
        });
        Ok(Self { thread: (&open.thread).into(), left: left.collect::<Result<_, Damage>>()? })
    }

    pub(super) fn into_open(self) -> Open {
        let left = self.left.into_iter().map(|stored| Emission {
            event: name(stored.event),
            key: stored.key.into_owned(),
            payload: payload(stored.payload),
            // That of the instance is close enough.
            trace: None,
        });
        Open { thread: self.thread.into(), left: left.collect() }
    }
}
