//! What a test can make wrong around a process: its clock, its disk. They are as they are unless the feature `failpoints` is on.

use std::sync::OnceLock;

/// By how much the clock of this process is off, in milliseconds (`CHOR_CLOCK_OFF`).
pub(crate) fn clock_off() -> i64 {
    static OFF: OnceLock<i64> = OnceLock::new();
    *OFF.get_or_init(|| chosen("CHOR_CLOCK_OFF").unwrap_or_default())
}

/// By how many pages a file may still grow, if the disk is nearly full (`CHOR_PAGES_LEFT`).
#[cfg(feature = "sqlite")]
pub(crate) fn pages_left() -> Option<i64> {
    chosen("CHOR_PAGES_LEFT")
}

#[cfg(not(feature = "failpoints"))]
#[inline]
const fn chosen(_: &str) -> Option<i64> {
    None
}

#[cfg(feature = "failpoints")]
fn chosen(name: &str) -> Option<i64> {
    std::env::var(name).ok()?.parse().ok()
}
