//! Generated readers of some hundred schemas of all kinds, and the text that they were generated from.

use chor_runtime::codegen::Payload;
use serde_json::Value;

#[allow(missing_docs, reason = "the schemas are made up")]
mod generated {
    chor_runtime::include_services!();
}
use generated::reader;

/// Reads a payload as a service does and writes it again; or says why it is refused.
pub type Reader = fn(&Value) -> Result<Value, String>;

/// The `.chor` file.
pub const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/schemas.chor"));

/// Each event with its reader.
pub const READERS: &[(&str, Reader)] = include!(concat!(env!("OUT_DIR"), "/table.rs"));

fn read<T: Payload>(payload: &Value) -> Result<Value, String> {
    let value: T = serde_json::from_value(payload.clone()).map_err(|error| error.to_string())?;
    value.validate().map_err(|invalid| invalid.to_string())?;
    serde_json::to_value(&value).map_err(|error| error.to_string())
}
