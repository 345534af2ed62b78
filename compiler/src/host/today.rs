//! What day it is.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::lint::Date;

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;

/// Today in UTC; with `SOURCE_DATE_EPOCH`, the day that it names: a check of an old commit can be repeated.
///
/// `None` where the clock is set to before 1970.
pub fn today() -> Option<Date> {
    let told = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
    Date::from_days(told.or_else(now)? / SECONDS_OF_A_DAY)
}
