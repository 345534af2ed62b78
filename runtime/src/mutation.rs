//! Faults of the protocol that a test can switch on, to see that they would be noticed. There are none, and no cost of them,
//! but in test builds.

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// What was heard is acknowledged before all that the step says is published.
    #[cfg_attr(not(any(test, feature = "nats")), expect(dead_code, reason = "the others do both at once"))]
    AcknowledgeFirst,
    /// Whoever reads a state does not publish what its last step has left undone.
    #[cfg_attr(
        not(any(test, feature = "nats")),
        expect(dead_code, reason = "the others leave nothing undone")
    )]
    SkipFlush,
    /// A step is written whatever another has written meanwhile.
    #[cfg_attr(
        not(any(test, feature = "sqlite", feature = "nats")),
        expect(dead_code, reason = "nobody else is there")
    )]
    ForgetCompare,
    /// Nobody counts what comes from whom.
    ForgetSequence,
    /// What comes before its time is not kept.
    ForgetEarly,
    /// Ids are not computed but thrown.
    ThrowIds,
}

/// Their names, as `CHOR_MUTATION` understands them.
#[cfg(feature = "failpoints")]
pub const MUTATIONS: &[&str] =
    &["AcknowledgeFirst", "SkipFlush", "ForgetCompare", "ForgetSequence", "ForgetEarly", "ThrowIds"];

/// Whether the fault is switched on.
#[cfg(not(any(test, feature = "failpoints")))]
#[inline]
pub(crate) const fn on(_: Mutation) -> bool {
    false
}

/// Whether the fault is switched on: in this process, or by a test of this thread.
#[cfg(any(test, feature = "failpoints"))]
pub(crate) fn on(mutation: Mutation) -> bool {
    use std::sync::OnceLock;

    static CHOSEN: OnceLock<Option<String>> = OnceLock::new();

    #[cfg(test)]
    if HERE.get() == Some(mutation) {
        return true;
    }
    let chosen = CHOSEN.get_or_init(|| std::env::var("CHOR_MUTATION").ok());
    chosen.as_ref().is_some_and(|name| *name == format!("{mutation:?}"))
}

#[cfg(test)]
thread_local! {
    /// What is switched on in this thread.
    pub(crate) static HERE: std::cell::Cell<Option<Mutation>> = const { std::cell::Cell::new(None) };
}
