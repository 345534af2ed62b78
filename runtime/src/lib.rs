//! The small runtime of chor.

mod client;
#[doc(hidden)]
pub mod codegen;
mod driver;
mod envelope;
mod error;
mod failpoint;
mod handler;
pub mod harness;
mod machine;
mod observe;
mod payload;
mod retry;
mod scalar;
mod starter;
mod store;
mod transport;

pub use client::Delivery;
pub use driver::{Running, Runtime, RuntimeError};
pub use envelope::{
    Event, EventId, InstanceId, Key, MAX_EVENT_ID, MAX_KEY, MAX_PAYLOAD, Name, Outgoing, Recipient,
};
pub use error::{ReceiveError, SendError};
pub use failpoint::FAILPOINTS;
pub use handler::{Answer, Context, Fault, HandlerError, Service};
pub use observe::{Happening, What};
pub use payload::Invalid;
pub use retry::RetryPolicy;
pub use rust_decimal::Decimal;
pub use scalar::{Bytes, Date, Duration, NotATime, Timestamp};
pub use starter::Started;
pub use store::{Quarantined, Record, Status, Store, StoreError};
pub use uuid::Uuid;

/// Includes the code that the build script generated: one module for each service and external.
#[macro_export]
macro_rules! include_services {
    () => {
        include!(concat!(env!("OUT_DIR"), "/chor.rs"));
    };
}
