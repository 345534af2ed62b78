use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day of the calendar: `2027-03-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(jiff::civil::Date);

/// A moment: `2027-03-01T12:00:00Z`. Other offsets are read, and written as UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(jiff::Timestamp);

/// A span of time that every clock agrees on: `PT15M`. Days and longer depend on a calendar, and are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration(jiff::SignedDuration);

/// A text that is no date, timestamp or duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotATime(String);

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotATime {}

/// The error for `text`, of which the user sees no more than is needed to find it.
fn not(what: &str, example: &str, text: &str) -> NotATime {
    let shown: String = text.chars().take(60).collect();
    NotATime(format!("must be {what} such as `{example}`, is {shown:?}"))
}

impl Date {
    /// The day, if the calendar has it.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, from 1.
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }
}

impl FromStr for Date {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let error = || not("a date", "2027-03-01", text);
        // Exactly this form: jiff alone would read a date out of a date with a time.
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date = text.parse().map_err(|_| error())?;
        plain.then_some(Self(date)).ok_or_else(error)
    }
}

impl Timestamp {
    /// The present.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now())
    }

    /// Milliseconds since 1970.
    pub(crate) fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// So many milliseconds after 1970 began; what no calendar has becomes its end.
    pub(crate) fn from_millis(millis: i64) -> Self {
        let end = if millis < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        Self(jiff::Timestamp::from_millisecond(millis).unwrap_or(end))
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let error = || not("a timestamp", "2027-03-01T12:00:00Z", text);
        // RFC 3339 alone: no name of a time zone in brackets.
        let time = text.parse().map_err(|_| error())?;
        (!text.contains('[')).then_some(Self(time)).ok_or_else(error)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = NotATime;

    fn try_from(time: SystemTime) -> Result<Self, NotATime> {
        time.try_into().map(Self).map_err(|_| NotATime("must be within the years -9999 to 9999".to_owned()))
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        time.0.into()
    }
}

impl Duration {
    /// So many seconds.
    pub fn from_secs(seconds: i64) -> Self {
        Self(jiff::SignedDuration::from_secs(seconds))
    }

    /// The whole seconds in it.
    pub fn as_secs(self) -> i64 {
        self.0.as_secs()
    }
}

impl FromStr for Duration {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let error = || not("a duration", "PT15M", text);
        let duration = text.parse().map_err(|_| error())?;
        // ISO 8601 alone: jiff would also read `15 minutes`.
        text.trim_start_matches(['+', '-']).starts_with('P').then_some(Self(duration)).ok_or_else(error)
    }
}

impl TryFrom<std::time::Duration> for Duration {
    type Error = NotATime;

    fn try_from(duration: std::time::Duration) -> Result<Self, NotATime> {
        duration.try_into().map(Self).map_err(|_| NotATime("must be less than 2^63 seconds".to_owned()))
    }
}

impl TryFrom<Duration> for std::time::Duration {
    type Error = NotATime;

    fn try_from(duration: Duration) -> Result<Self, NotATime> {
        duration.0.try_into().map_err(|_| NotATime("must not be negative".to_owned()))
    }
}

/// Text on the wire and for people alike.
macro_rules! as_text {
    ($($time:ty),*) => {$(
        impl fmt::Display for $time {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $time {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $time {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

as_text!(Date, Timestamp, Duration);
