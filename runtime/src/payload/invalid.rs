use std::fmt;

/// A value that breaks its contract: where in the payload, and how.
///
/// It is no [`std::error::Error`], so that `?` in a handler does not mistake it for a fault that passes.
#[derive(Clone, PartialEq, Eq)]
pub struct Invalid {
    path: String,
    what: String,
}

/// So much of a key is shown.
const LONGEST_KEY: usize = 60;

impl Invalid {
    /// `what` is wrong with the value itself: `must be at least 1, is 0`.
    pub fn new(what: impl Into<String>) -> Self {
        Self { path: String::new(), what: what.into() }
    }

    /// The value is in this field of another.
    #[must_use]
    pub fn field(self, name: &str) -> Self {
        let path = match self.path.chars().next() {
            None => name.to_owned(),
            Some('[') => format!("{name}{}", self.path),
            Some(_) => format!("{name}.{}", self.path),
        };
        Self { path, ..self }
    }

    /// The value belongs to this key of a map: `rates.EUR`, `rates["e u r"]`.
    #[must_use]
    pub fn entry(self, key: &str) -> Self {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !key.is_empty() && key.len() <= LONGEST_KEY && key.bytes().all(plain) {
            return self.field(key);
        }
        let shown: String = key.chars().take(LONGEST_KEY).collect();
        self.field(&format!("[{shown:?}]"))
    }

    /// The value is an element of a list.
    #[must_use]
    pub fn element(self, index: usize) -> Self {
        self.field(&format!("[{index}]"))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.what) } else { write!(f, "{} {}", self.path, self.what) }
    }
}

impl fmt::Debug for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invalid({self})")
    }
}
