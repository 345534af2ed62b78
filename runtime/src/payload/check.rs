//! The bounds of the language, as generated code calls them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Serialize;

use super::Invalid;

/// What is wrong inside is reported with this field's name.
pub fn field(name: &str, check: impl FnOnce() -> Result<(), Invalid>) -> Result<(), Invalid> {
    check().map_err(|invalid| invalid.field(name))
}

/// The same of a field with personal data: what it holds is not reported.
pub fn personal(name: &str, check: impl FnOnce() -> Result<(), Invalid>) -> Result<(), Invalid> {
    check().map_err(|invalid| invalid.of_personal().field(name))
}

/// Every element holds.
pub fn each<T>(list: &[T], check: impl Fn(&T) -> Result<(), Invalid>) -> Result<(), Invalid> {
    list.iter().enumerate().try_for_each(|(index, item)| check(item).map_err(|i| i.element(index)))
}

/// Every value of a map holds.
pub fn each_value<K: Serialize, V>(
    map: &BTreeMap<K, V>,
    check: impl Fn(&V) -> Result<(), Invalid>,
) -> Result<(), Invalid> {
    map.iter().try_for_each(|(key, value)| check(value).map_err(|invalid| invalid.entry(&written(key))))
}

/// Every key of a map holds.
pub fn each_key<K: Serialize, V>(
    map: &BTreeMap<K, V>,
    check: impl Fn(&K) -> Result<(), Invalid>,
) -> Result<(), Invalid> {
    let wrong = |key: &K, invalid: Invalid| invalid.of_key().entry(&written(key));
    map.keys().try_for_each(|key| check(key).map_err(|invalid| wrong(key, invalid)))
}

/// The key as it stands in JSON.
fn written(key: &impl Serialize) -> String {
    match serde_json::to_value(key) {
        Ok(serde_json::Value::String(text)) => text,
        other => other.map(|value| value.to_string()).unwrap_or_default(),
    }
}

/// The value holds, if there is one.
pub fn some<T>(value: Option<&T>, check: impl FnOnce(&T) -> Result<(), Invalid>) -> Result<(), Invalid> {
    value.map_or(Ok(()), check)
}

/// A number that is at least `least`.
pub fn min<T: PartialOrd + Display>(value: &T, least: &T) -> Result<(), Invalid> {
    if value >= least {
        Ok(())
    } else {
        Err(Invalid::other(format!("must be at least {least}"), value.to_string()))
    }
}

/// A number that is at most `most`.
pub fn max<T: PartialOrd + Display>(value: &T, most: &T) -> Result<(), Invalid> {
    if value <= most {
        Ok(())
    } else {
        Err(Invalid::other(format!("must be at most {most}"), value.to_string()))
    }
}

/// A number that JSON can hold.
pub fn finite(value: &f64) -> Result<(), Invalid> {
    if value.is_finite() { Ok(()) } else { Err(Invalid::new(format!("must be a number, is {value}"))) }
}

/// Something with a length: a text (in characters), bytes, a list, or a map.
pub trait Length {
    /// How long it is.
    fn length(&self) -> usize;
    /// What it is counted in.
    const UNIT: &'static str;
}

impl Length for str {
    const UNIT: &'static str = "characters";

    fn length(&self) -> usize {
        self.chars().count()
    }
}

impl Length for String {
    const UNIT: &'static str = str::UNIT;

    fn length(&self) -> usize {
        self.as_str().length()
    }
}

impl Length for crate::scalar::Bytes {
    const UNIT: &'static str = "bytes";

    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> Length for [T] {
    const UNIT: &'static str = "elements";

    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> Length for Vec<T> {
    const UNIT: &'static str = <[T]>::UNIT;

    fn length(&self) -> usize {
        self.len()
    }
}

impl<K, V> Length for BTreeMap<K, V> {
    const UNIT: &'static str = "entries";

    fn length(&self) -> usize {
        self.len()
    }
}

/// At least `least` long.
pub fn min_length<T: Length + ?Sized>(value: &T, least: usize) -> Result<(), Invalid> {
    let length = value.length();
    if length >= least {
        return Ok(());
    }
    Err(Invalid::new(format!("must have at least {least} {}, has {length}", T::UNIT)))
}

/// At most `most` long.
pub fn max_length<T: Length + ?Sized>(value: &T, most: usize) -> Result<(), Invalid> {
    let length = value.length();
    if length <= most {
        return Ok(());
    }
    Err(Invalid::new(format!("must have at most {most} {}, has {length}", T::UNIT)))
}

/// A regular expression that a whole text must match, compiled when it is first needed.
pub struct Pattern {
    source: &'static str,
    regex: OnceLock<Result<Regex, String>>,
}

impl Pattern {
    /// The pattern as the contract states it.
    pub const fn new(source: &'static str) -> Self {
        Self { source, regex: OnceLock::new() }
    }

    fn regex(&self) -> Result<&Regex, Invalid> {
        // Whole text, and multi-line or not: `\A` and `\z` mean its ends in any mode.
        let compile = || Regex::new(&format!(r"\A(?:{})\z", self.source)).map_err(|e| e.to_string());
        self.regex.get_or_init(compile).as_ref().map_err(|error| {
            Invalid::new(format!("has the pattern {:?}, which is none: {error}", self.source))
        })
    }
}

/// A text that matches the pattern from its first character to its last.
pub fn pattern(text: &str, pattern: &Pattern) -> Result<(), Invalid> {
    if pattern.regex()?.is_match(text) {
        return Ok(());
    }
    let shown: String = text.chars().take(60).collect();
    Err(Invalid::other(format!("must match {:?}", pattern.source), format!("{shown:?}")))
}
