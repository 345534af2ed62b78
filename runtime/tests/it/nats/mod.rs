//! The same on real NATS servers, of the oldest version that is supported and of a current one.

mod cluster;
mod deploy;
mod flow;
mod identity;
mod kill;
mod log;
mod login;
mod malformed;
mod overdue;
#[path = "../../../../tests/support/nats.rs"]
pub mod server;

use chor_runtime::{NatsOptions, Store};
use server::{Server, Version};

/// A store of its own kind on this server, with nothing in it.
pub async fn store(server: &Server, namespace: &str) -> Store {
    Store::nats(NatsOptions::new(server.url()).namespace(namespace)).await.unwrap()
}

/// What is checked on each version.
const VERSIONS: [Version; 2] = [Version::Oldest, Version::Current];
