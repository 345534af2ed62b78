//! Where an instance stands, as one message: its progress, and what its last step has still to do.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::wire::{Message, known_header};
use crate::envelope::{EventId, InstanceId, Key, Name};
use crate::store::Record;

/// What a step has done when its state is written, and what is done again by whoever finds it undone.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// What is published, with the id by which the server knows it.
    pub(super) events: Vec<(String, Message)>,
    /// What goes into the journal.
    pub(super) records: Vec<Record>,
    /// The numbers of events that were parked and are no longer.
    pub(super) unparked: Vec<u64>,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Stored {
    /// As the codec writes it.
    pub(super) progress: Box<RawValue>,
    pub(super) pending: Pending,
    /// When the instance has something to do by itself, in milliseconds since 1970.
    pub(super) due: Option<i64>,
    /// So many events wait in it for others; none in an instance that was set aside.
    pub(super) waiting: usize,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<i64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    waiting: usize,
    #[serde(borrow)]
    progress: &'a RawValue,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<WrittenEvent<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    records: Vec<WrittenRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unparked: Vec<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[derive(Serialize, Deserialize)]
struct WrittenEvent<'a> {
    id: Cow<'a, str>,
    subject: Cow<'a, str>,
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
pub(super) struct WrittenRecord<'a> {
    service: Cow<'a, str>,
    choreography: Cow<'a, str>,
    key: Cow<'a, str>,
    event: EventId,
    #[serde(rename = "type")]
    event_type: Cow<'a, str>,
    verdict: Cow<'a, str>,
    reason: Cow<'a, str>,
}

impl<'a> From<&'a Record> for WrittenRecord<'a> {
    fn from(record: &'a Record) -> Self {
        let InstanceId { service, choreography, key } = &record.instance;
        Self {
            service: Cow::Borrowed(service),
            choreography: Cow::Borrowed(choreography),
            key: Cow::Borrowed(key.as_str()),
            event: record.event.clone(),
            event_type: Cow::Borrowed(&record.event_type),
            verdict: Cow::Borrowed(&record.verdict),
            reason: Cow::Borrowed(&record.reason),
        }
    }
}

impl From<WrittenRecord<'_>> for Record {
    fn from(written: WrittenRecord<'_>) -> Self {
        let name = |text: Cow<'_, str>| Name::from(text.into_owned());
        Self {
            instance: InstanceId {
                service: name(written.service),
                choreography: name(written.choreography),
                key: Key::from_text(&written.key),
            },
            event: written.event,
            event_type: name(written.event_type),
            verdict: name(written.verdict),
            reason: written.reason.into_owned(),
        }
    }
}

/// The message of a state; its progress was written by the codec.
pub(super) fn encode(stored: &Stored) -> Result<Bytes, String> {
    let Stored { progress, pending, due, waiting } = stored;
    let events = pending.events.iter().map(|(id, message)| {
        Ok(WrittenEvent {
            id: Cow::Borrowed(id),
            subject: Cow::Borrowed(&message.subject),
            headers: message
                .headers
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), value.into()))
                .collect(),
            payload: serde_json::from_slice(&message.payload)?,
        })
    });
    let written = || {
        serde_json::to_vec(&Written {
            due: *due,
            waiting: *waiting,
            progress,
            events: events.collect::<Result<_, serde_json::Error>>()?,
            records: pending.records.iter().map(WrittenRecord::from).collect(),
            unparked: pending.unparked.clone(),
        })
    };
    written().map(Bytes::from).map_err(|error| error.to_string())
}

pub(super) fn decode(message: &[u8]) -> Result<Stored, String> {
    let written: Written<'_> = serde_json::from_slice(message).map_err(|error| error.to_string())?;
    let events = written.events.into_iter().map(|event| {
        let headers = event.headers.into_iter();
        let known =
            |(name, value): (Cow<'_, str>, Cow<'_, str>)| Some((known_header(&name)?, value.into_owned()));
        let message = Message {
            subject: event.subject.into_owned(),
            headers: headers.filter_map(known).collect(),
            payload: Bytes::copy_from_slice(event.payload.get().as_bytes()),
        };
        (event.id.into_owned(), message)
    });
    let pending = Pending {
        events: events.collect(),
        records: written.records.into_iter().map(Record::from).collect(),
        unparked: written.unparked,
    };
    let (due, waiting) = (written.due, written.waiting);
    Ok(Stored { progress: written.progress.to_owned(), pending, due, waiting })
}

/// A line of the journal as a message, and back.
pub(super) fn encode_record(record: &Record) -> Result<Bytes, String> {
    serde_json::to_vec(&WrittenRecord::from(record)).map(Bytes::from).map_err(|error| error.to_string())
}

pub(super) fn decode_record(message: &[u8]) -> Result<Record, String> {
    let written: WrittenRecord<'_> = serde_json::from_slice(message).map_err(|error| error.to_string())?;
    Ok(written.into())
}
