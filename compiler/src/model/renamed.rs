//! Events that were renamed: `@was` above them, the oldest name first.

use super::{Attribute, Event, Header};

impl Event {
    /// The qualified names that it had, the oldest first.
    pub fn former_names(&self) -> impl Iterator<Item = String> + '_ {
        Attribute::former_names(&self.header.attributes).map(|name| self.header.former(&name.value))
    }

    /// The qualified name by which machines and their states know it: the oldest. So running instances go on when it gets a
    /// new one.
    pub fn known_as(&self) -> String {
        self.former_names().next().unwrap_or_else(|| self.header.qualified())
    }

    /// Every qualified name under which it may come: the one under which it is published first, then the former ones.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        std::iter::once(self.header.qualified()).chain(self.former_names())
    }
}

impl Header {
    /// A former name, qualified: without a dot, it is one of this namespace.
    pub fn former(&self, name: &str) -> String {
        match self.namespace.as_str() {
            "" => name.to_owned(),
            _ if name.contains('.') => name.to_owned(),
            namespace => format!("{namespace}.{name}"),
        }
    }
}
