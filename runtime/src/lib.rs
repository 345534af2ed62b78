//! The small runtime of chor.

mod client;
#[doc(hidden)]
pub mod codegen;
mod envelope;
mod error;
mod handler;
mod machine;
mod payload;
mod progress;
mod scalar;
mod starter;
mod store;
mod transport;

pub use client::Delivery;
pub use envelope::{EventId, Key};
pub use error::{ReceiveError, SendError};
pub use handler::{Answer, Context, HandlerError, Service};
pub use payload::Invalid;
pub use rust_decimal::Decimal;
pub use scalar::{Bytes, Date, Duration, NotATime, Timestamp};
pub use starter::Started;
pub use store::{Store, StoreError};
pub use uuid::Uuid;

/// Includes the code that the build script generated: one module for each service and external.
#[macro_export]
macro_rules! include_services {
    () => {
        include!(concat!(env!("OUT_DIR"), "/chor.rs"));
    };
}
