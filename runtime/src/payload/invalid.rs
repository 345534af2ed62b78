use std::fmt;

/// A value that breaks its contract: where in the payload, and how.
///
/// It is no [`std::error::Error`], so that `?` in a handler does not mistake it for a fault that passes.
#[derive(Clone, PartialEq, Eq)]
pub struct Invalid {
    path: String,
    what: String,
    /// The value, where that may be told.
    is: Option<String>,
}

/// So much of a key is shown.
const LONGEST_KEY: usize = 60;

impl Invalid {
    /// `what` is wrong with the value itself: `must not be empty`.
    pub fn new(what: impl Into<String>) -> Self {
        Self { path: String::new(), what: what.into(), is: None }
    }

    /// The value is something else than it must be: `must be at least 1, is 0`.
    pub(crate) fn other(what: String, is: impl Into<String>) -> Self {
        Self { is: Some(is.into()), ..Self::new(what) }
    }

    /// The key of a map is no key: `is a key that must match "[a-z]+", is "A"`.
    pub(crate) fn of_key(self) -> Self {
        Self { what: format!("is a key that {}", self.what), ..self }
    }

    /// The same of personal data, of which nothing is told: not the value, nor keys in it.
    pub(crate) fn of_personal(self) -> Self {
        Self { path: String::new(), is: None, ..self }
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
        if !self.path.is_empty() {
            write!(f, "{} ", self.path)?;
        }
        f.write_str(&self.what)?;
        self.is.as_ref().map_or(Ok(()), |is| write!(f, ", is {is}"))
    }
}

impl fmt::Debug for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invalid({self})")
    }
}
