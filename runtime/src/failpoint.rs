//! Places where a test can make the process die. They cost nothing unless the feature `failpoints` is on.

/// The names that `CHOR_FAILPOINT=name[:n]` understands: the process aborts when it passes the place for the
/// n-th time.
pub const FAILPOINTS: &[&str] = &[
    "before_handler",
    "after_handler",
    "before_commit",
    "in_transaction",
    "after_commit",
    "after_send",
    "before_done",
    "after_done",
    "after_wakes",
    "after_state",
    "while_publishing",
    "before_ack",
];

/// Passes the place.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn pass(_name: &'static str) {}

/// Passes the place, or dies there.
#[cfg(feature = "failpoints")]
pub(crate) fn pass(name: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static CHOSEN: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);

    let chosen = CHOSEN.get_or_init(|| {
        let text = std::env::var("CHOR_FAILPOINT").ok()?;
        let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), count.parse().unwrap_or(1)))
    });
    if let Some((place, count)) = chosen
        && place == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count
    {
        std::process::abort();
    }
}
