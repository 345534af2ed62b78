//! Whether texts match patterns, each of which is made ready once: a map of the edges has thousands of keys.

use std::cell::RefCell;

use regex_lite::Regex;
use rustc_hash::FxHashMap;

use crate::model::whole_text;

/// So many patterns are kept ready.
const MOST_READY: usize = 256;

thread_local! {
    /// `None`: it is none. A lock file may have been written by hand.
    static READY: RefCell<FxHashMap<String, Option<Regex>>> = RefCell::default();
}

/// Whether the whole text matches, as the runtime asks it.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let is_match = |regex: &Option<Regex>| regex.as_ref().is_some_and(|regex| regex.is_match(text));
    READY.with_borrow_mut(|ready| {
        if let Some(regex) = ready.get(pattern) {
            return is_match(regex);
        }
        if ready.len() == MOST_READY {
            ready.clear();
        }
        is_match(ready.entry(pattern.to_owned()).or_insert_with(|| whole_text(pattern).ok()))
    })
}
