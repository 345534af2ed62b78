//! Every kind of value: what is written reads back equal, and what breaks the contract is refused alike by
//! whoever writes it and by whoever reads it.

mod attributes;
mod defaults;
mod maps;
mod unions;

use chor_runtime::codegen::Payload;
use chor_runtime::{SendError, Store};
use chor_tests::hard::sender::Client;
use serde_json::Value;

/// Reads a payload as a service does.
fn read<T: Payload>(payload: &Value) -> Result<T, String> {
    let value: T = serde_json::from_value(payload.clone()).map_err(|error| error.to_string())?;
    value.validate().map_err(|invalid| invalid.to_string())?;
    Ok(value)
}

/// The payload is read, and written as it was; what is written reads back equal.
fn kept<T: Payload + PartialEq + std::fmt::Debug>(payload: &Value) -> T {
    let value: T = read(payload).unwrap();
    let written = serde_json::to_value(&value).unwrap();
    assert_eq!(&written, payload);
    assert_eq!(read::<T>(&written).unwrap(), value);
    value
}

/// The client of whoever sends all this.
fn client() -> Client {
    Client::new(&Store::memory())
}

/// Why an event is not sent.
fn invalid(error: &SendError) -> String {
    assert!(matches!(error, SendError::Invalid { .. }), "{error:?}");
    error.to_string()
}
