//! What things are called on the server: streams, consumers, subjects.
//!
//! ```text
//! chor.<emitter>.<choreography>.<event>.<key>                           the log: stream `chor`
//! chor-state.<service>.at.<choreography>.<key>                          where an instance stands: `chor-<service>`
//! chor-state.<service>.parked.<choreography>.<key>.<event's number>     an event that came too early
//! chor-state.<service>.wake.<minute>.<second>.<choreography>.<key>      when to look at an instance
//! chor-state.<service>.aside.<choreography>.<key>                       an instance that was set aside
//! chor-state.<service>.journal.<choreography>.<key>.<event>.<verdict>   what people should know of
//! chor-state.<service>.machine.<choreography>.<hash>                    what the states of its instances mean
//! chor-state.<external>.done.<event's number>                           an event that an external has dealt with
//! ```

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::envelope::{Heard, InstanceId, Key, Listener, Name};

/// The longest name of a consumer, in bytes: it is the name of a file on the server.
const LONGEST: usize = 200;

/// The names within one namespace.
#[derive(Clone, Debug)]
pub(crate) struct Subjects(String);

impl Subjects {
    pub(crate) fn new(namespace: &str) -> Self {
        Self(namespace.to_owned())
    }

    /// The stream of all events.
    pub(crate) fn log(&self) -> &str {
        &self.0
    }

    /// What the log holds.
    pub(crate) fn all_events(&self) -> String {
        format!("{}.>", self.0)
    }

    /// The stream of a participant's instances.
    pub(crate) fn state_stream(&self, participant: &str) -> String {
        [&self.0, "-", &name(participant)].concat()
    }

    /// What the stream of a participant's instances holds: all of it, or what is of one kind.
    pub(crate) fn state_of(&self, participant: &str, kind: &str) -> String {
        [&self.0, "-state.", &name(participant), ".", kind].concat()
    }

    /// The subject of an event.
    pub(crate) fn event(&self, emitter: &str, choreography: &str, event: &str, key: &Key) -> String {
        let key = encoded(key.as_str());
        [&*self.0, &name(emitter), &name(choreography), &name(event), &key].join(".")
    }

    /// All events of one flow.
    pub(crate) fn flow(&self, choreography: &str, key: &Key) -> String {
        [&*self.0, "*", &name(choreography), "*", &encoded(key.as_str())].join(".")
    }

    fn of(&self, instance: &InstanceId, kind: &str) -> String {
        let InstanceId { service, choreography, key } = instance;
        [&self.state_of(service, kind), &*name(choreography), &encoded(key.as_str())].join(".")
    }

    /// Where an instance stands.
    pub(crate) fn state(&self, instance: &InstanceId) -> String {
        self.of(instance, "at")
    }

    /// An event that is parked in an instance.
    pub(crate) fn parked(&self, instance: &InstanceId, handle: u64) -> String {
        format!("{}.{handle}", self.of(instance, "parked"))
    }

    /// An instance is to be looked at in this second since 1970.
    pub(crate) fn wake(&self, instance: &InstanceId, second: i64) -> String {
        self.of(instance, &format!("wake.{}.{}", second.div_euclid(60), second.rem_euclid(60)))
    }

    /// All instances that are to be looked at in this second since 1970.
    pub(crate) fn wakes_of_second(&self, service: &str, second: i64) -> String {
        let (minute, second) = (second.div_euclid(60), second.rem_euclid(60));
        self.state_of(service, &format!("wake.{minute}.{second}.>"))
    }

    /// All instances that are to be looked at in this minute since 1970.
    pub(crate) fn wakes_of_minute(&self, service: &str, minute: i64) -> String {
        self.state_of(service, &format!("wake.{minute}.>"))
    }

    /// An instance was set aside.
    pub(crate) fn aside(&self, instance: &InstanceId) -> String {
        self.of(instance, "aside")
    }

    /// What the states of instances mean that have this hash of their machine.
    pub(crate) fn machine(&self, service: &str, choreography: &str, hash: &str) -> String {
        format!("{}.{}.{hash}", self.state_of(service, "machine"), name(choreography))
    }

    /// An external has dealt with the event of this number.
    pub(crate) fn done(&self, external: &str, number: u64) -> String {
        self.state_of(external, &format!("done.{number}"))
    }

    /// What people should know of an event in an instance.
    pub(crate) fn journal(&self, instance: &InstanceId, event: &str, verdict: &str) -> String {
        format!("{}.{}.{}", self.of(instance, "journal"), encoded(event), encoded(verdict))
    }

    /// The consumer that brings events of one kind to a subscriber, and the subjects that it takes.
    pub(crate) fn consumer(&self, subscriber: &str, heard: &Heard) -> (String, String) {
        let event = name(&heard.event);
        let (by, choreography) = match &heard.said {
            Some(said) => (name(&said.by), name(&said.choreography)),
            None => ("*".into(), "*".into()),
        };
        let title = format!("{subscriber}--{by}--{choreography}--{event}").replace('*', "any");
        (shortened(title), format!("{}.{by}.{choreography}.{event}.*", self.0))
    }

    /// The consumer that brings foreign events to a service, and the subjects that it takes.
    pub(crate) fn listener(&self, service: &str, listener: &Listener) -> (String, String) {
        let (event, choreography) = (name(&listener.event), name(&listener.choreography));
        let title = format!("{service}--on--{choreography}--{event}");
        (shortened(title), format!("{}.*.*.{event}.*", self.0))
    }
}

/// A qualified name as one token of a subject. Names hold no `-`.
pub(crate) fn name(qualified: &str) -> Cow<'_, str> {
    if qualified.contains('.') { Cow::Owned(qualified.replace('.', "-")) } else { Cow::Borrowed(qualified) }
}

/// The qualified name that is this token.
pub(crate) fn qualified(token: &str) -> Name {
    Name::from(token.replace('-', "."))
}

/// Any text as one token: whatever is no letter, digit, `_` or `-` is written as `=` and two digits for each byte.
pub(crate) fn encoded(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut token = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            token.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(token, "={byte:02X}");
        }
    }
    Cow::Owned(token)
}

/// The text of this token; `None`: it is none of ours.
pub(crate) fn decoded(token: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'=' {
            let (digits, behind) = behind.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = behind;
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| encoded(text) == token)
}

/// The instance of a service that a subject names by its last two tokens but `behind`.
pub(crate) fn instance(service: &Name, subject: &str, behind: usize) -> Option<InstanceId> {
    let mut tokens = subject.rsplit('.').skip(behind);
    let key = decoded(tokens.next()?)?;
    let choreography = qualified(tokens.next()?);
    Some(InstanceId { service: service.clone(), choreography, key: Key::from_text(&key) })
}

/// The name, or what tells it from all others if it is too long.
fn shortened(title: String) -> String {
    if title.len() <= LONGEST {
        return title;
    }
    let digest: [u8; 32] = Sha256::digest(title.as_bytes()).into();
    let mut short: String = title.chars().take(LONGEST - 40).collect();
    for byte in digest.iter().take(16) {
        let _ = write!(short, "{byte:02x}");
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_one_token_that_people_can_read() {
        assert_eq!(encoded("4f7c0c4e-2f6e"), "4f7c0c4e-2f6e");
        assert_eq!(encoded("c 1/7.*>=é"), "c=201=2F7=2E=2A=3E=3D=C3=A9");
        assert_eq!(decoded("c=201=2F7=2E=2A=3E=3D=C3=A9").unwrap(), "c 1/7.*>=é");
    }

    #[test]
    fn what_is_not_encoded_like_that_is_none_of_ours() {
        for token in ["=", "=2", "=zz", "=2f", "=41", "a b", "é"] {
            assert_eq!(decoded(token), None, "{token}");
        }
    }

    #[test]
    fn names_are_what_the_page_says() {
        let subjects = Subjects::new("chor");
        let key = Key::from_text("o/1");
        assert_eq!(
            subjects.event("Orders", "example.shop.Checkout", "example.shop.OrderPlaced", &key),
            "chor.Orders.example-shop-Checkout.example-shop-OrderPlaced.o=2F1"
        );
        let instance = InstanceId { service: "Orders".into(), choreography: "tea.Tea".into(), key };
        assert_eq!(subjects.state(&instance), "chor-state.Orders.at.tea-Tea.o=2F1");
        assert_eq!(subjects.wake(&instance, 61), "chor-state.Orders.wake.1.1.tea-Tea.o=2F1");
        let subject = subjects.journal(&instance, "e 1", "duplicate start");
        assert_eq!(subject, "chor-state.Orders.journal.tea-Tea.o=2F1.e=201.duplicate=20start");
        assert_eq!(super::instance(&"Orders".into(), &subject, 2).unwrap(), instance);
    }

    #[test]
    fn a_long_name_stays_a_name_of_its_own() {
        let long = "x".repeat(250);
        let (one, two) = (shortened(format!("{long}1")), shortened(format!("{long}2")));
        assert!(one.len() <= LONGEST && one != two);
    }

    proptest! {
        #[test]
        fn every_text_is_a_token_and_comes_back(text in ".*") {
            let token = encoded(&text);
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-=".contains(&byte)));
            prop_assert_eq!(decoded(&token), Some(text));
        }
    }
}
