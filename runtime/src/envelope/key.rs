use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use uuid::Uuid;

use crate::payload::Invalid;
use crate::scalar::Date;

/// The longest key, in bytes of its text.
pub const MAX_KEY: usize = 512;

/// What tells one running instance of a choreography from another, as text.
///
/// The parts of a compound key are joined by `/`. Inside a part `/`, `%` and control characters are written
/// as `%2F`, `%25` and so on, so two different keys never have the same text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Arc<str>);

impl Key {
    /// The key of these parts.
    pub fn new(parts: &[&dyn KeyPart]) -> Result<Self, Invalid> {
        Self::text_of(parts).map(|text| Self(text.into()))
    }

    /// The text of the key of these parts.
    pub(crate) fn text_of(parts: &[&dyn KeyPart]) -> Result<String, Invalid> {
        let mut text = String::with_capacity(40);
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                text.push('/');
            }
            part.write_to(&mut text);
        }
        match text.len() {
            0 => Err(Invalid::new("the key must not be empty")),
            1..=MAX_KEY => Ok(text),
            length => Err(Invalid::new(format!("the key must have at most {MAX_KEY} bytes, has {length}"))),
        }
    }

    /// The key whose text is known, from a store or from a user.
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}

/// A value that can be a key, or a part of one.
pub trait KeyPart: Send + Sync {
    /// Appends its canonical text, with `/`, `%` and control characters escaped.
    fn write_to(&self, text: &mut String);
}

impl KeyPart for Uuid {
    fn write_to(&self, text: &mut String) {
        text.push_str(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }
}

impl KeyPart for str {
    fn write_to(&self, text: &mut String) {
        for c in self.chars() {
            if c == '/' || c == '%' || c.is_ascii_control() {
                // Writing to a String does not fail.
                let _ = write!(text, "%{:02X}", u32::from(c));
            } else {
                text.push(c);
            }
        }
    }
}

impl<T: KeyPart + ?Sized> KeyPart for &T {
    fn write_to(&self, text: &mut String) {
        (**self).write_to(text);
    }
}

impl KeyPart for String {
    fn write_to(&self, text: &mut String) {
        self.as_str().write_to(text);
    }
}

/// Types whose `Display` is canonical and holds nothing to escape.
macro_rules! plain {
    ($($part:ty),*) => {$(
        impl KeyPart for $part {
            fn write_to(&self, text: &mut String) {
                let _ = write!(text, "{self}");
            }
        }
    )*};
}

plain!(bool, i32, i64, u32, u64, Date);
