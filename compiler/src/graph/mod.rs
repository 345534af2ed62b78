//! The graph of services and events: who is bound to whom, and what follows what. Each fact is counted here alone, for the
//! lints as for `chor stats`.

mod chain;
mod edges;
mod order;
mod starts;
mod usage;

pub(crate) use chain::{Chains, Link};
pub(crate) use edges::Edges;
pub(crate) use order::{gather, is_too_large};
pub(crate) use starts::Starts;
pub(crate) use usage::{EventUse, Usage};
