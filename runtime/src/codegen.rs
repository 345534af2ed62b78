//! All that generated code may name. Not for use by hand: it changes with the generator.

pub use std::collections::BTreeMap;

pub use serde::de::{Deserializer, MapAccess};
pub use serde::{self, Deserialize, Serialize};

pub use crate::client::{Client, Delivery, Incoming, Unreadable};
pub use crate::completer::{CompleteError, Completer};
pub use crate::envelope::{EventId, KeyPart};
pub use crate::error::{ReceiveError, SendError};
pub use crate::handler::{Answer, Context, Emissions, Handler, HandlerError, HandlerFuture, Input, Service};
pub use crate::machine::{
    Emit, Expire, Hear, Machine, Receiver, Renamed, Site, State, Undo, Undone, emit, emits, ends, expire,
    external, fork, gather, hear, hears, on, renamed, request, rollback, service, undo, undone,
};
pub use crate::payload::check::{self, Pattern};
pub use crate::payload::union::{self, UnknownVariant};
pub use crate::payload::{Invalid, Payload};
pub use crate::scalar::{Bytes, Date, Duration, Timestamp};
pub use crate::starter::{Started, Starter};
pub use crate::store::Store;
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

/// The version of this interface. It rises whenever older generated code would no longer fit.
pub const VERSION: u32 = 1;

/// Stops the build where code was generated for another version of this crate.
pub const fn assert_version(generated: u32) {
    assert!(
        generated == VERSION,
        "this code was generated for another version of chor-runtime: generate it again with the `chor` of the same version"
    );
}
