//! The graph of services and events: who is bound to whom, and what follows what. Each fact is counted here alone, for the
//! lints as for `chor stats`.

mod chain;
mod edges;
mod flows;
mod usage;

pub(crate) use chain::{Chains, Link, is_too_large, order, silent};
pub(crate) use edges::Edges;
pub(crate) use flows::Flows;
pub(crate) use usage::{EventUse, Usage};
