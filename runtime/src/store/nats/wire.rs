//! Events as CloudEvents: the attributes in headers, the payload as it is (binary mode).
//!
//! Besides the attributes of CloudEvents 1.0 there are extensions. `chorseq` names those who hear the event, each
//! with the event's place in what the emitter has sent it: `Payment=3,Shipping=2`, and the region behind a dot, if
//! it is in one. `chorovertakes` says how many events right before it in that line it may be taken before, where it leaves the
//! body of a deadline, `chorundoes` has the place of what it takes back, `chorrounds` the deadlines in whose bodies it was
//! published. `traceparent` and `tracestate` are those of CloudEvents' own extension. An event without `chorseq` comes from outside.

use async_nats::{HeaderMap, HeaderName};
use bytes::Bytes;
use serde_json::value::RawValue;

use super::subjects::{Subjects, decoded, encoded, qualified};
use crate::envelope::{
    Event, EventId, InstanceId, Key, MAX_EVENT_ID, MAX_KEY, Name, Outgoing, Recipient, Round, Sequence, Trace,
};

/// What goes to the server, or comes from it.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) subject: String,
    /// Names, which are [known](known_header), and values, which hold no control characters.
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) payload: Bytes,
}

impl Message {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn header_map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            map.insert(HeaderName::from_static(name), value.as_str());
        }
        map
    }

    /// So many bytes it takes on the wire, at most.
    pub(super) fn size(&self) -> usize {
        self.payload.len()
            + self.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum::<usize>()
    }
}

/// When a parked event was published, in milliseconds since 1970.
pub(super) const AT: &str = "chor-at";

/// The headers that are read and written here.
const KNOWN: [&str; 17] = [
    "content-type",
    "ce-specversion",
    "ce-id",
    "ce-source",
    "ce-type",
    "ce-subject",
    "ce-time",
    "ce-correlationid",
    "ce-causationid",
    "ce-traceparent",
    "ce-tracestate",
    "ce-chorhash",
    "ce-chorseq",
    "ce-chorovertakes",
    "ce-chorundoes",
    "ce-chorrounds",
    AT,
];

/// The header with this name, in small or capital letters.
pub(super) fn known_header(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
}

/// Names and values of the headers that are known.
pub(super) fn known_headers(map: Option<&HeaderMap>) -> Vec<(&'static str, String)> {
    let all = map.into_iter().flat_map(HeaderMap::iter);
    all.filter_map(|(name, values)| Some((known_header(name.as_ref())?, values.first()?.as_str().to_owned())))
        .collect()
}

/// The id by which the server knows what it has already.
pub(super) fn message_id(event: &Event) -> String {
    format!("{}/{}", event.source, encoded(&event.id.to_string()))
}

/// An event on its way; `machine` is the emitter's, if it is a service.
pub(super) fn message(subjects: &Subjects, outgoing: &Outgoing, machine: Option<u64>, at: i64) -> Message {
    let Outgoing { event, to } = outgoing;
    let mut headers = Vec::with_capacity(12);
    let mut put = |name: &'static str, value: &str| headers.push((name, escaped(value)));
    put("content-type", "application/json");
    put("ce-specversion", "1.0");
    put("ce-id", &event.id.to_string());
    put("ce-source", &event.source);
    put("ce-type", &event.name);
    put("ce-subject", event.key.as_str());
    if let Ok(time) = jiff::Timestamp::from_millisecond(at) {
        put("ce-time", &time.to_string());
    }
    put("ce-correlationid", &format!("{}/{}", event.choreography, event.key));
    if let Some(causation) = &event.causation {
        put("ce-causationid", &causation.to_string());
    }
    if let Some(trace) = &event.trace {
        put("ce-traceparent", trace.traceparent());
        if let Some(state) = trace.tracestate() {
            put("ce-tracestate", state);
        }
    }
    if let Some(machine) = machine {
        put("ce-chorhash", &format!("{machine:016x}"));
    }
    let places = |place: fn(&Recipient) -> Option<Sequence>| {
        let places = to.iter().filter_map(|to| Some(format!("{}={}", to.name, written(place(to)?))));
        places.collect::<Vec<_>>().join(",")
    };
    let overtakes = to.iter().filter(|to| to.overtakes > 0);
    let overtakes: Vec<_> = overtakes.map(|to| format!("{}={}", to.name, to.overtakes)).collect();
    let rounds: Vec<_> =
        event.rounds.iter().map(|round| format!("{}={}", round.scope, round.number)).collect();
    for (name, value) in [
        ("ce-chorseq", places(|to| to.sequence)),
        ("ce-chorovertakes", overtakes.join(",")),
        ("ce-chorundoes", places(|to| to.undoes)),
        ("ce-chorrounds", rounds.join(",")),
    ] {
        if !value.is_empty() {
            put(name, &value);
        }
    }
    let subject = subjects.event(&event.source, &event.choreography, &event.name, &event.key);
    Message { subject, headers, payload: event.payload.clone() }
}

/// `3`, or `3.2` in region 2.
fn written(Sequence { lane, number }: Sequence) -> String {
    if lane == 0 { number.to_string() } else { format!("{number}.{lane}") }
}

fn sequence(text: &str) -> Option<Sequence> {
    let (number, lane) = text.split_once('.').unwrap_or((text, "0"));
    Some(Sequence { lane: lane.parse().ok()?, number: number.parse().ok()? })
}

/// An event as it was read.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) event: Event,
    /// Those who hear it; `None`: it comes from outside, and whoever listens hears it.
    pub(super) to: Option<Vec<Heard>>,
}

/// Who hears an event, and where it stands there.
#[derive(Debug)]
pub(super) struct Heard {
    name: String,
    sequence: Sequence,
    overtakes: u64,
    undoes: Option<Sequence>,
}

/// Where an event stands in what its subscriber is sent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    pub(super) sequence: Option<Sequence>,
    pub(super) overtakes: u64,
    pub(super) undoes: Option<Sequence>,
}

impl Arrived {
    /// Where it stands for this subscriber; `None`: it is not among those who hear.
    pub(super) fn standing(&self, subscriber: &str) -> Option<Standing> {
        let Some(to) = &self.to else { return Some(Standing::default()) };
        let Heard { sequence, overtakes, undoes, .. } = to.iter().find(|heard| heard.name == subscriber)?;
        Some(Standing { sequence: Some(*sequence), overtakes: *overtakes, undoes: *undoes })
    }
}

/// Reads an event. The subject is what permissions are given on: what a header says otherwise is a lie, and an error.
pub(super) fn read(message: &Message) -> Result<Arrived, String> {
    let tokens: Vec<&str> = message.subject.split('.').collect();
    let [_, emitter, choreography, event, key] = tokens.as_slice() else {
        return Err(format!("its subject {} is not made of five parts", message.subject));
    };
    let header = |name: &str| message.header(name).map(|value| unescaped(value).ok_or_else(|| odd(name)));
    let needed =
        |name: &str| header(name).ok_or_else(|| format!("it is no CloudEvent: it has no header {name}"))?;
    let version = needed("ce-specversion")?;
    if version != "1.0" {
        return Err(format!("it is a CloudEvent of version {version}: only 1.0 is known"));
    }
    let same = |name: &str, says: String, token: &str| {
        let expected = qualified(token);
        if says == *expected {
            return Ok(expected);
        }
        Err(format!("its {name} is {says}, its subject says {expected}"))
    };
    let source = same("ce-source", needed("ce-source")?, emitter)?;
    let name = same("ce-type", needed("ce-type")?, event)?;
    let key = decoded(key).filter(|key| (1..=MAX_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| format!("the last part of its subject {} is no key", message.subject))?;
    if let Some(subject) = header("ce-subject").transpose()?
        && subject != key
    {
        return Err(format!("its ce-subject is {subject}, its subject says {key}"));
    }
    let id = needed("ce-id")?;
    if !(1..=MAX_EVENT_ID).contains(&id.len()) {
        return Err(format!("its ce-id must have 1 to {MAX_EVENT_ID} bytes, has {}", id.len()));
    }
    let json = serde_json::from_slice::<&RawValue>(&message.payload);
    json.map_err(|error| format!("its payload is no JSON: {error}"))?;
    let event = Event {
        id: EventId::from(id),
        source,
        choreography: qualified(choreography),
        key: Key::from_text(&key),
        name,
        payload: message.payload.clone(),
        causation: header("ce-causationid").transpose()?.map(EventId::from),
        rounds: rounds(header("ce-chorrounds").transpose()?)?,
        trace: trace(message),
    };
    let overtakes = header("ce-chorovertakes").transpose()?;
    let undoes = header("ce-chorundoes").transpose()?;
    Ok(Arrived { event, to: heard_by(header("ce-chorseq").transpose()?, overtakes, undoes)? })
}

/// Reads an event that was parked in an instance. Nobody but we have written it.
pub(super) fn read_parked(message: &Message, instance: &InstanceId) -> Result<Event, String> {
    let header = |name: &str| message.header(name).and_then(unescaped);
    let needed = |name: &str| header(name).ok_or_else(|| format!("it has no header {name}"));
    let flow = needed("ce-correlationid")?;
    let (choreography, _) = flow.split_once('/').ok_or_else(|| odd("ce-correlationid"))?;
    Ok(Event {
        id: EventId::from(needed("ce-id")?),
        source: Name::from(needed("ce-source")?),
        choreography: Name::from(choreography.to_owned()),
        key: instance.key.clone(),
        name: Name::from(needed("ce-type")?),
        payload: message.payload.clone(),
        causation: header("ce-causationid").map(EventId::from),
        rounds: rounds(header("ce-chorrounds"))?,
        trace: trace(message),
    })
}

/// The distributed trace that an event is part of, as CloudEvents' extension for that has it.
fn trace(message: &Message) -> Option<Trace> {
    let header = |name: &str| message.header(name).and_then(unescaped);
    Trace::new(&header("ce-traceparent")?, header("ce-tracestate").as_deref())
}

fn rounds(text: Option<String>) -> Result<Vec<Round>, String> {
    pairs(text, "ce-chorrounds", |scope, number| {
        Some(Round { scope: scope.parse().ok()?, number: number.parse().ok()? })
    })
}

/// Whether the places of a message say that it is another or comes after it: `ce-chorseq` of both.
pub(super) fn is_not_before(last: Option<&str>, other: Option<&str>) -> bool {
    let read = |places: Option<&str>| {
        heard_by(places.map(str::to_owned), None, None).ok().flatten().unwrap_or_default()
    };
    let (last, other) = (read(last), read(other));
    other.iter().any(|heard| {
        let (name, place) = (&heard.name, heard.sequence);
        let mut before = last.iter().filter(|it| it.name == *name && it.sequence.lane == place.lane);
        before.any(|it| it.sequence.number >= place.number)
    })
}

fn heard_by(
    places: Option<String>,
    overtakes: Option<String>,
    undoes: Option<String>,
) -> Result<Option<Vec<Heard>>, String> {
    let place = |name: &str, place: &str| Some((name.to_owned(), sequence(place)?));
    let number = |name: &str, number: &str| Some((name.to_owned(), number.parse::<u64>().ok()?));
    let overtakes = pairs(overtakes, "ce-chorovertakes", number)?;
    let undoes = pairs(undoes, "ce-chorundoes", place)?;
    if places.is_none() {
        return Ok(None);
    }
    let to = pairs(places, "ce-chorseq", place)?.into_iter().map(|(name, sequence)| {
        let undoes = undoes.iter().find(|(it, _)| *it == name).map(|(_, undone)| *undone);
        let overtakes = overtakes.iter().find(|(it, _)| *it == name).map_or(0, |(_, number)| *number);
        Heard { name, sequence, overtakes, undoes }
    });
    Ok(Some(to.collect()))
}

/// `a=b,c=d`
fn pairs<T>(
    text: Option<String>,
    header: &str,
    mut read: impl FnMut(&str, &str) -> Option<T>,
) -> Result<Vec<T>, String> {
    let text = text.unwrap_or_default();
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.split_once('=').and_then(|(left, right)| read(left, right)).ok_or_else(|| odd(header))
        })
        .collect()
}

fn odd(header: &str) -> String {
    format!("its header {header} cannot be read")
}

/// As CloudEvents write values in headers: spaces, quotes, `%` and whatever is not ASCII in percent and digits.
fn escaped(value: &str) -> String {
    use std::fmt::Write as _;
    let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') && byte != b'"' && byte != b'%';
    if value.bytes().all(is_plain) {
        return value.to_owned();
    }
    let mut escaped = String::with_capacity(value.len());
    for byte in value.bytes() {
        if is_plain(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// What was escaped; others may have left more, or less, as it is.
fn unescaped(value: &str) -> Option<String> {
    if !value.contains('%') {
        return Some(value.to_owned());
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.split_at_checked(2).filter(|_| *first == b'%');
        let byte =
            digits.and_then(|(digits, _)| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = byte.and(digits).map_or(behind, |(_, behind)| behind);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn where_an_event_stands_is_read_as_it_was_written() {
        let event = Event {
            id: EventId::from("e1"),
            source: "House".into(),
            choreography: "tea.Auction".into(),
            key: Key::from_text("o 1"),
            name: "tea.Over".into(),
            payload: Bytes::from_static(b"{}"),
            causation: None,
            rounds: vec![Round { scope: 1, number: 2 }],
            trace: Trace::new("00-4bf92f3577b34da6a3ce929d0e0e4736-00f0670000000002-01", Some("a=1, b=2")),
        };
        let at = |lane, number| Some(Sequence { lane, number });
        let to = |name: &str, sequence, overtakes, undoes| Recipient {
            name: Name::from(name.to_owned()),
            sequence,
            overtakes,
            undoes,
            external: false,
        };
        let to = vec![to("Bidder", at(2, 7), 3, None), to("Press", at(0, 1), 0, at(2, 6))];
        let outgoing = Outgoing { event: Arc::new(event.clone()), to };
        let arrived = read(&message(&Subjects::new("chor"), &outgoing, Some(7), 0)).unwrap();
        assert_eq!(arrived.event, event);
        let standing = |name| {
            let Standing { sequence, overtakes, undoes } = arrived.standing(name)?;
            Some((sequence, overtakes, undoes))
        };
        assert_eq!(standing("Bidder"), Some((at(2, 7), 3, None)));
        assert_eq!(standing("Press"), Some((at(0, 1), 0, at(2, 6))));
        assert_eq!(standing("Nobody"), None);
    }
}
