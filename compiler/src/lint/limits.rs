//! What the rules with a threshold allow at most.

use crate::diag::{Code, codes};

/// A threshold: more than this is a finding.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The rule.
    pub code: &'static Code,
    /// The most that it allows, unless configured otherwise.
    pub max: u32,
    /// What is counted.
    pub of: &'static str,
}

/// All of them. They are set where hardly anybody would defend what is beyond.
pub static LIMITS: [Limit; 8] = [
    Limit { code: &codes::FAN_OUT_TOO_HIGH, max: 10, of: "services that hear one event" },
    Limit { code: &codes::FAN_IN_TOO_HIGH, max: 15, of: "participants to whom one service listens" },
    Limit { code: &codes::GOD_SERVICE, max: 60, of: "events that one service emits and hears" },
    Limit {
        code: &codes::CHATTY_PAIR,
        max: 10,
        of: "events from one service to another, where it is as bad the other way",
    },
    Limit { code: &codes::LONG_CHAIN, max: 16, of: "events of one choreography that wait for each other" },
    Limit { code: &codes::TOO_WIDE, max: 40, of: "fields of one event" },
    Limit { code: &codes::TOO_LARGE, max: 64, of: "KiB that one event may take, as its bounds allow" },
    Limit { code: &codes::PII_FAN_OUT, max: 5, of: "services that read one field with personal data" },
];

/// The threshold of this rule, where it has one.
pub fn limit(code: &Code) -> Option<&'static Limit> {
    LIMITS.iter().find(|limit| limit.code.number == code.number)
}
