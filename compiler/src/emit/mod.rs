//! Outputs: each emitter turns what was checked into files, and knows no other emitter.

use std::collections::BTreeMap;

pub mod rust;

/// Generated files: path below the output folder, and content. The order is stable.
pub type Files = BTreeMap<String, String>;
