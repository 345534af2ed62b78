//! How a store keeps where an instance stands: JSON, so that people can read it.

mod place;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use self::place::{StoredOpen, StoredPlace};
use crate::envelope::{Delivery, EventId, Name, Sequence, Trace};
use crate::machine::{Entry, Legend, Live, Machine, Progress, Timer};

/// The version of this text. Another is refused: it may mean something else.
const FORMAT: u32 = 2;

/// What is not there in most instances, or not at first, is left out.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    format: u32,
    machine: String,
    at: StoredPlace,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    heard: Places<'a>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    emitted: Places<'a>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    external: Vec<(Cow<'a, str>, EventId)>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    known: Vec<(Cow<'a, str>, &'a RawValue)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parked: Vec<Parked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarantine: Option<Cow<'a, str>>,
    /// The number of the event that it was set aside for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_at: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    finished: bool,
    /// How often each deadline has fallen due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<(u32, u32)>,
    /// When each deadline falls due, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    timers: Vec<(u32, i64)>,
    /// What had been published to whom when the body of each deadline was entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<(u32, Places<'a>)>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    live: Vec<StoredLive<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    took: Places<'a>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    open: Option<StoredOpen<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
}

/// A place in what each of these is sent.
type Places<'a> = Vec<(Cow<'a, str>, Place)>;

/// The lane and the number.
type Place = (u32, u64);

/// The number of an event in the log; its place, how many it overtakes, the place of what it takes back, and the choreography that
/// listens to it.
#[derive(Serialize, Deserialize)]
pub(super) struct Parked {
    pub(super) event: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sequence: Option<Place>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) overtakes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) undoes: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) listener: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredLive<'a> {
    step: u32,
    event: Cow<'a, str>,
    #[serde(borrow)]
    payload: &'a RawValue,
    to: Places<'a>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What is wrong with what was read or is to be written.
pub(super) type Damage = String;

pub(super) fn encode(progress: &Progress) -> Result<Box<RawValue>, Damage> {
    let known = progress.known.iter().map(|(name, payload)| Ok((borrowed(name), raw(payload)?)));
    let live = progress.live.iter().map(|live| {
        let (event, payload) = (borrowed(&live.event), raw(&live.payload)?);
        Ok(StoredLive { step: live.step, event, payload, to: places(&live.to) })
    });
    let stored = Stored {
        format: FORMAT,
        machine: hash_text(progress.machine),
        at: StoredPlace::from(&progress.place),
        heard: places(&progress.heard),
        emitted: places(&progress.emitted),
        external: progress.external.iter().map(|(name, id)| (borrowed(name), id.clone())).collect(),
        known: known.collect::<Result<_, Damage>>()?,
        parked: progress.parked.iter().map(Parked::from).collect(),
        quarantine: progress.quarantine.as_deref().map(Cow::Borrowed),
        failed_at: progress.failed_at,
        finished: progress.finished,
        rounds: progress.rounds.clone(),
        timers: progress.timers.iter().map(|timer| (timer.scope, timer.due)).collect(),
        entries: progress.entries.iter().map(|entry| (entry.scope, places(&entry.emitted))).collect(),
        live: live.collect::<Result<_, Damage>>()?,
        took: places(&progress.took),
        open: progress.open.as_deref().map(StoredOpen::new).transpose()?,
        trace: progress.trace.as_ref().map(Trace::to_text),
    };
    serde_json::value::to_raw_value(&stored).map_err(|error| error.to_string())
}

fn borrowed(name: &Name) -> Cow<'_, str> {
    Cow::Borrowed(name.as_str())
}

fn raw(payload: &Bytes) -> Result<&RawValue, Damage> {
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}

fn places(list: &[(Name, Sequence)]) -> Places<'_> {
    list.iter().map(|(name, at)| (borrowed(name), (at.lane, at.number))).collect()
}

impl From<&Delivery> for Parked {
    fn from(delivery: &Delivery) -> Self {
        let place = |sequence: Option<Sequence>| sequence.map(|it| (it.lane, it.number));
        Self {
            event: delivery.handle,
            sequence: place(delivery.sequence),
            overtakes: delivery.overtakes,
            undoes: place(delivery.undoes),
            listener: delivery.listener.as_ref().map(ToString::to_string),
        }
    }
}

/// The hash of a machine as text, and back.
pub(super) fn hash_text(hash: u64) -> String {
    format!("{hash:016x}")
}

pub(super) fn hash(text: &str) -> Result<u64, Damage> {
    u64::from_str_radix(text, 16).map_err(|error| error.to_string())
}

/// What the states of a machine mean, as text, and back.
pub(super) fn legend_text(machine: &Machine) -> Result<String, Damage> {
    serde_json::to_string(&Legend::of(machine)).map_err(|error| error.to_string())
}

pub(super) fn legend(text: &[u8]) -> Result<Legend, Damage> {
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

/// The format alone, of whatever version the rest is.
#[derive(Deserialize)]
struct Format {
    #[serde(default)]
    format: u32,
}

fn parse(text: &str) -> Result<Stored<'_>, Damage> {
    serde_json::from_str(text).map_err(|error| match serde_json::from_str::<Format>(text) {
        Ok(Format { format }) if format != FORMAT => other_format(format),
        _ => error.to_string(),
    })
}

fn other_format(format: u32) -> Damage {
    format!("the progress of an instance is in format {format}, this version knows {FORMAT}")
}

/// The events that are parked in an instance, by their handles, in the order in which [`decode`] asks for them.
pub(super) fn parked(text: &str) -> Result<Vec<u64>, Damage> {
    Ok(parse(text)?.parked.iter().map(|parked| parked.event).collect())
}

/// `fetch` brings the parked events.
pub(super) fn decode<E: From<Damage>>(
    text: &str,
    fetch: impl FnMut(Parked) -> Result<Delivery, E>,
) -> Result<Progress, E> {
    let mut stored = parse(text)?;
    let parked = std::mem::take(&mut stored.parked);
    build(stored, parked.into_iter().map(fetch).collect::<Result<_, E>>()?).map_err(E::from)
}

/// Where an instance stands, without the events that are parked in it, and how many those are.
pub(super) fn glance(text: &str) -> Result<(Progress, usize), Damage> {
    let mut stored = parse(text)?;
    let parked = std::mem::take(&mut stored.parked).len();
    Ok((build(stored, Vec::new())?, parked))
}

fn build(stored: Stored<'_>, parked: Vec<Delivery>) -> Result<Progress, Damage> {
    if stored.format != FORMAT {
        return Err(other_format(stored.format));
    }
    let machine = hash(&stored.machine)?;
    Ok(Progress {
        machine,
        place: stored.at.into(),
        heard: sequences(stored.heard),
        emitted: sequences(stored.emitted),
        external: stored.external.into_iter().map(|(source, id)| (name(source), id)).collect(),
        known: stored.known.into_iter().map(|(event, raw)| (name(event), payload(raw))).collect(),
        parked,
        quarantine: stored.quarantine.map(Cow::into_owned),
        failed_at: stored.failed_at,
        finished: stored.finished,
        rounds: stored.rounds,
        timers: stored.timers.into_iter().map(|(scope, due)| Timer { scope, due }).collect(),
        entries: stored.entries.into_iter().map(entry).collect(),
        live: stored.live.into_iter().map(StoredLive::into_live).collect(),
        took: sequences(stored.took),
        open: stored.open.map(StoredOpen::into_open).map(Box::new),
        trace: stored.trace.as_deref().and_then(Trace::from_text),
    })
}

fn name(name: Cow<'_, str>) -> Name {
    Name::from(name.into_owned())
}

fn payload(raw: &RawValue) -> Bytes {
    Bytes::copy_from_slice(raw.get().as_bytes())
}

fn sequences(list: Places<'_>) -> Vec<(Name, Sequence)> {
    list.into_iter().map(|(who, place)| (name(who), sequence(place))).collect()
}

fn entry((scope, emitted): (u32, Places<'_>)) -> Entry {
    Entry { scope, emitted: sequences(emitted) }
}

pub(super) fn sequence((lane, number): Place) -> Sequence {
    Sequence { lane, number }
}

impl StoredLive<'_> {
    fn into_live(self) -> Live {
        let (event, payload) = (name(self.event), payload(self.payload));
        Live { step: self.step, event, payload, to: sequences(self.to) }
    }
}
