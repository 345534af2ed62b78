//! Lints: which are on and at what level, and which findings the source itself silences.
//!
//! A lint speaks of what works and may still be unwise, so it has a level, and `@allow` silences it. What the language
//! refuses has neither. This room decides about findings that others made; it makes none of its own but about `@allow`.

mod allow;
mod levels;
mod limits;
mod silence;

pub use crate::model::Date;
pub use allow::{Suppression, suppressions};
pub use levels::Levels;
pub use limits::{LIMITS, Limit, limit};
pub use silence::judge;

use std::collections::BTreeMap;

use crate::diag::{Code, Level};

/// What a compilation takes from outside besides its files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The day on which it is checked whether an `@allow` has expired; without one, none has.
    pub today: Option<Date>,
    /// Which lints are on, and at what level.
    pub lints: Lints,
}

/// The levels of the lints in a workspace.
#[derive(Clone, Debug, Default)]
pub struct Lints {
    /// The levels in all files that have none of their own.
    pub levels: Levels,
    /// The levels in some files, by name.
    pub files: BTreeMap<String, Levels>,
    /// Thresholds that were set, by the number of the rule.
    pub limits: BTreeMap<&'static str, u32>,
}

impl Lints {
    /// The level of a lint in this file.
    pub fn level(&self, code: &Code, file: &str) -> Level {
        self.files.get(file).unwrap_or(&self.levels).level(code)
    }

    /// The most that a rule with a threshold allows.
    pub fn max(&self, code: &Code) -> usize {
        let own = || limit(code).map(|limit| limit.max);
        let max = self.limits.get(code.number).copied().or_else(own);
        max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX)
    }

    /// Whether the lint is on in any file at all.
    pub fn is_on(&self, code: &Code) -> bool {
        let mut all = std::iter::once(&self.levels).chain(self.files.values());
        all.any(|levels| levels.level(code) != Level::Allow)
    }
}
