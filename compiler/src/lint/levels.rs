//! A level for each lint.

use std::collections::BTreeMap;

use crate::diag::{Code, Level, codes};

/// The levels that were set; every other lint has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    by_number: BTreeMap<&'static str, Level>,
}

impl Levels {
    /// Every lint is allowed.
    pub fn off() -> Self {
        let lints = codes::ALL.iter().filter(|code| code.lint.is_some());
        Self { by_number: lints.map(|code| (code.number, Level::Allow)).collect() }
    }

    /// Sets the level of a lint.
    pub fn set(&mut self, code: &'static Code, level: Level) {
        self.by_number.insert(code.number, level);
    }

    /// The level of this lint. What is no lint is denied, whatever was set.
    pub fn level(&self, code: &Code) -> Level {
        let Some(own) = code.lint else { return Level::Deny };
        self.by_number.get(code.number).copied().unwrap_or(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_the_lints_own_until_it_is_set() {
        let mut levels = Levels::default();
        assert_eq!(levels.level(&codes::DEAD_EVENT), Level::Warn);
        levels.set(&codes::DEAD_EVENT, Level::Allow);
        assert_eq!(levels.level(&codes::DEAD_EVENT), Level::Allow);
    }

    #[test]
    fn what_the_language_refuses_has_no_level() {
        let mut levels = Levels::off();
        assert!(codes::ALL.iter().all(|code| (levels.level(code) == Level::Deny) == code.lint.is_none()));
        levels.set(&codes::SYNTAX, Level::Allow);
        assert_eq!(levels.level(&codes::SYNTAX), Level::Deny);
    }
}
