//! Payloads: read, validated and written in one way everywhere.

pub mod check;
mod invalid;
pub mod union;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::envelope::MAX_PAYLOAD;

pub use invalid::Invalid;

/// The payload type of one event, as a service reads or writes it.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The qualified name of the event; where it was renamed, the oldest: machines and states know it by that.
    const TYPE: &'static str;

    /// The qualified name under which it is published.
    const NAME: &'static str = Self::TYPE;

    /// Whether every value is within its bounds.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

/// Reads and validates a payload.
pub(crate) fn read<T: Payload>(payload: &[u8]) -> Result<T, Invalid> {
    let value: T = serde_json::from_slice(payload).map_err(|error| misread::<T>(payload, &error))?;
    value.validate()?;
    Ok(value)
}

/// The error of a payload that does not parse, with the path of the field; found by reading it again, since
/// tracking the path costs time that good payloads need not spend.
fn misread<T: Payload>(payload: &[u8], error: &serde_json::Error) -> Invalid {
    let mut reader = serde_json::Deserializer::from_slice(payload);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(tracked) => {
            let what = Invalid::new(tracked.inner().to_string());
            tracked.path().iter().rev().fold(what, within)
        }
        Ok(_) => Invalid::new(error.to_string()),
    }
}

/// What is wrong, as seen from the value that holds this part.
fn within(invalid: Invalid, part: &Segment) -> Invalid {
    match part {
        Segment::Seq { index } => invalid.element(*index),
        Segment::Map { key } | Segment::Enum { variant: key } => invalid.entry(key),
        Segment::Unknown => invalid,
    }
}

/// Validates a payload and writes it.
pub(crate) fn write<T: Payload>(value: &T) -> Result<Bytes, Invalid> {
    value.validate()?;
    let json = serde_json::to_vec(value).map_err(|error| Invalid::new(error.to_string()))?;
    if json.len() > MAX_PAYLOAD {
        let length = json.len();
        return Err(Invalid::new(format!("the payload must have at most {MAX_PAYLOAD} bytes, has {length}")));
    }
    Ok(Bytes::from(json))
}
