//! The small runtime of chor: services react to each other's events, and lose nothing.
//!
//! Code generated from a `.chor` file says what each service has to decide; this crate brings it the events,
//! in their order and once each, writes its answers down together with where it stands, and hands them on.
//! Nothing central exists: each service may be a process of its own, on one file or, with the feature `nats`, on NATS.
//!
//! ```ignore
//! chor_runtime::include_services!(); // what the build script generated: `mod payment`, `mod orders`, …
//!
//! struct MyPayment;
//!
//! impl payment::Payment for MyPayment {
//!     async fn on_order_placed(&self, event: OrderPlaced, cx: &Context) -> Answer<OnOrderPlaced> {
//!         let authorization = bank::authorize(event.total, cx.idempotency_key()).await?; // fails? again later
//!         Ok(PaymentApproved { order: event.order, authorization }.into())
//!     }
//! }
//!
//! let store = Store::sqlite("shop.db")?;
//! Runtime::new(&store).serve(payment::service(MyPayment)).run().await?; // until ctrl-C or SIGTERM
//! ```
//!
//! # What it promises
//!
//! - A step of a service (it hears an event, and publishes its answer) is written whole or not at all. Its
//!   method is called before that: after a crash it is called again, with the same
//!   [`idempotency_key`](Context::idempotency_key), and publishes the same events.
//! - Events from one service to another arrive in the order in which they were published, whatever the order
//!   of transport; what comes too early waits, what comes twice is known.
//! - A method that fails is called again after a while ([`RetryPolicy`]). One that keeps failing has its
//!   *instance* set aside ([`Store::quarantined`], [`Store::retry`]); all others go on.
//! - A deadline is kept once, after a restart too: what was published before it fell due is taken first. What
//!   belongs to a body that was left by its deadline is absorbed when it comes late.
//! - An answer that is put off ([`Context::later`]) is taken once, from any process that has the store.
//! - Who listens to events that are not said to it (`on`, `observes`) hears those that are published after it was first
//!   started on the store, or deployed there, and from then on all of them, also while it is down.
//! - What can never be taken is recorded ([`Store::journal`]), never dropped in silence.
//! - An external is one party: an event that one of its clients has done with does not come to another, in whatever process.
//!   On NATS, what they hear is shared among them; on SQLite, two processes may be given the same event as long as neither
//!   has done with it.
//! - An instance that was begun by another version of a machine is held for that version, never stepped.
//!
//! # How it is seen
//!
//! - Each step is a line of `tracing`, with choreography, key, service and event: `heard`, `late` and the like at the level
//!   `DEBUG`, a method that has failed and what was refused at `WARN`, an instance that is set aside at `ERROR`.
//! - With the feature `metrics`, `Runtime::status_page` tells over HTTP whether a runtime works, and numbers
//!   for Prometheus.
//! - With the feature `otel`, each call of a method is a span of OpenTelemetry, within the one that has published its event:
//!   a flow is one trace over all its services, deadlines included. Whoever runs a service adds the layer of
//!   `tracing-opentelemetry` to its subscriber, and sets the global propagator of `opentelemetry`. Without the feature, events
//!   carry on the [`Trace`] that they came with.
//! - `chor instances` and `chor dlq`, or [`Store::instances`] and its neighbours, say where everything stands.
//!
//! Methods run side by side on the threads of tokio: one that computes for long, or blocks, should do so in
//! `tokio::task::spawn_blocking`.

#[cfg(test)]
extern crate self as chor_runtime;

mod circumstances;
mod client;
#[doc(hidden)]
pub mod codegen;
mod completer;
mod driver;
mod envelope;
mod error;
mod failpoint;
mod handler;
pub mod harness;
/// What must be on a NATS server before anybody runs there, and what each participant must be allowed to do.
#[cfg(feature = "nats")]
pub mod deploy {
    pub use crate::store::nats::deploy::{Part, Participant, Permissions, deploy, permissions};
}
mod machine;
mod mutation;
mod observe;
mod payload;
mod retry;
mod scalar;
#[cfg(test)]
mod simulation;
mod starter;
#[cfg(feature = "metrics")]
mod status;
mod store;
mod text;
#[cfg(feature = "otel")]
mod trace;
mod transport;

pub use client::Delivery;
pub use completer::CompleteError;
pub use driver::{Running, Runtime, RuntimeError};
pub use envelope::{
    Event, EventId, InstanceId, Key, MAX_EVENT_ID, MAX_KEY, MAX_PAYLOAD, Name, Outgoing, Recipient, Round,
    Sequence, Trace,
};
pub use error::{ReceiveError, SendError};
pub use failpoint::FAILPOINTS;
pub use handler::{Answer, Context, Fault, HandlerError, Service};
pub use machine::{Awaited, Awaits};
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub use mutation::MUTATIONS;
pub use observe::{Happening, What};
pub use payload::Invalid;
pub use retry::RetryPolicy;
pub use rust_decimal::Decimal;
pub use scalar::{Bytes, Date, Duration, NotATime, Timestamp};
pub use starter::Started;
#[cfg(feature = "nats")]
pub use store::NatsOptions;
pub use store::{
    Backlog, Found, Instance, Noted, Pruned, Quarantined, Record, Skipped, Status, Store, StoreError, Which,
};
pub use uuid::Uuid;

/// Includes the code that the build script generated: one module for each service and external.
#[macro_export]
macro_rules! include_services {
    () => {
        include!(concat!(env!("OUT_DIR"), "/chor.rs"));
    };
}
