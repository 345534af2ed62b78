//! The lock file: contracts as JSON, with the version of the format before them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::snapshot::{Contracts, Flow, Message, NamedType, Party};

/// The version of the format that this compiler writes. It reads the earlier ones as well, and tells a later one from a
/// mistake. Format 1 does not say which events a deadline is about, and which names an event had.
pub const FORMAT: u64 = 2;

#[derive(Serialize)]
struct Written<'c> {
    format: u64,
    #[serde(flatten)]
    contracts: &'c Contracts,
}

/// The file as it is read: field by field, since what is flattened is gathered first, and a file may hold all events of an
/// estate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    format: u64,
    services: BTreeMap<String, Party>,
    events: BTreeMap<String, Message>,
    types: BTreeMap<String, NamedType>,
    choreographies: BTreeMap<String, Flow>,
}

/// What every version writes.
#[derive(Deserialize)]
struct Head {
    format: u64,
}

/// Why a text is no lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A later version has written it.
    Later(u64),
    /// It is damaged, or something else.
    Broken(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Later(format) => {
                write!(f, "a later version of chor wrote it: format {format}, this one reads 1 to {FORMAT}")
            }
            Self::Broken(why) => write!(f, "it is no lock file: {why}"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The file of these contracts: the same contracts give the same bytes.
pub fn write(contracts: &Contracts) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Written { format: FORMAT, contracts }).map(|text| text + "\n")
}

/// Reads what [`write()`] wrote.
pub fn parse(text: &str) -> Result<Contracts, Unreadable> {
    let why = match serde_json::from_str(text) {
        Ok(LockFile { format: 1..=FORMAT, services, events, types, choreographies }) => {
            return Ok(Contracts { services, events, types, choreographies });
        }
        Ok(LockFile { format, .. }) => return Err(Unreadable::Later(format)),
        Err(why) => why,
    };
    // What a later version has is no mistake.
    match serde_json::from_str(text) {
        Ok(Head { format }) if !(1..=FORMAT).contains(&format) => Err(Unreadable::Later(format)),
        _ => Err(Unreadable::Broken(why.to_string())),
    }
}
