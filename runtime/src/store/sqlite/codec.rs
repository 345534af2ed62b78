//! How the file keeps where an instance stands: JSON, so that people can read it.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::envelope::{Delivery, EventId, Name};
use crate::machine::Progress;

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    machine: String,
    at: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    heard: Vec<(Cow<'a, str>, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    emitted: Vec<(Cow<'a, str>, u64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    external: Vec<(Cow<'a, str>, EventId)>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    known: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// The numbers of events in the log, and their sequence numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parked: Vec<(u64, Option<u64>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarantine: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    finished: bool,
}

/// What is wrong with what was read or is to be written.
pub(super) type Damage = String;

pub(super) fn encode(progress: &Progress) -> Result<String, Damage> {
    let known = progress.known.iter().map(|(name, payload)| {
        let raw = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
        Ok((Cow::Borrowed(name.as_str()), raw))
    });
    let stored = Stored {
        machine: format!("{:016x}", progress.machine),
        at: progress.at,
        heard: numbers(&progress.heard),
        emitted: numbers(&progress.emitted),
        external: progress.external.iter().map(|(name, id)| (name.as_str().into(), id.clone())).collect(),
        known: known.collect::<Result<_, Damage>>()?,
        parked: progress.parked.iter().map(|delivery| (delivery.handle, delivery.sequence)).collect(),
        quarantine: progress.quarantine.as_deref().map(Cow::Borrowed),
        finished: progress.finished,
    };
    serde_json::to_string(&stored).map_err(|error| error.to_string())
}

fn numbers(list: &[(Name, u64)]) -> Vec<(Cow<'_, str>, u64)> {
    list.iter().map(|(name, number)| (Cow::Borrowed(name.as_str()), *number)).collect()
}

/// `fetch` brings the parked events of these numbers.
pub(super) fn decode<E: From<Damage>>(
    text: &str,
    mut fetch: impl FnMut(u64, Option<u64>) -> Result<Delivery, E>,
) -> Result<Progress, E> {
    let stored: Stored<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let machine = u64::from_str_radix(&stored.machine, 16).map_err(|error| error.to_string())?;
    let name = |name: Cow<'_, str>| Name::from(name.into_owned());
    Ok(Progress {
        machine,
        at: stored.at,
        heard: stored.heard.into_iter().map(|(emitter, number)| (name(emitter), number)).collect(),
        emitted: stored.emitted.into_iter().map(|(subscriber, number)| (name(subscriber), number)).collect(),
        external: stored.external.into_iter().map(|(source, id)| (name(source), id)).collect(),
        known: stored
            .known
            .into_iter()
            .map(|(event, raw)| (name(event), Bytes::copy_from_slice(raw.get().as_bytes())))
            .collect(),
        parked: stored
            .parked
            .into_iter()
            .map(|(number, sequence)| fetch(number, sequence))
            .collect::<Result<_, E>>()?,
        quarantine: stored.quarantine.map(Cow::into_owned),
        finished: stored.finished,
    })
}
