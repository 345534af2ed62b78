//! The lock file: contracts as JSON, with the version of the format before them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Contracts;

/// The version of the format that this compiler writes. It reads this one alone, and tells a later one from a mistake.
pub const FORMAT: u64 = 1;

#[derive(Serialize)]
struct Written<'c> {
    format: u64,
    #[serde(flatten)]
    contracts: &'c Contracts,
}

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
                write!(f, "a later version of chor wrote it: format {format}, this one reads {FORMAT}")
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
    let broken = |error: serde_json::Error| Unreadable::Broken(error.to_string());
    // The version first: what a later one has is no mistake.
    let Head { format } = serde_json::from_str(text).map_err(broken)?;
    if format != FORMAT {
        return Err(Unreadable::Later(format));
    }
    let mut json: serde_json::Value = serde_json::from_str(text).map_err(broken)?;
    if let Some(object) = json.as_object_mut() {
        object.remove("format");
    }
    serde_json::from_value(json).map_err(broken)
}
