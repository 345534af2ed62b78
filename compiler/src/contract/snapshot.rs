//! The contracts of a workspace by name: no ids, no places, nothing that a move of text would change.
//!
//! The names of declarations are qualified: `example.shop.OrderPlaced`. Members and fields have the names that are on the
//! wire.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{EventKind, Scalar};

/// Everything that others rely on.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Contracts {
    /// Services and externals.
    pub services: BTreeMap<String, Party>,
    /// Events and commands.
    pub events: BTreeMap<String, Message>,
    /// Named types.
    pub types: BTreeMap<String, NamedType>,
    /// Choreographies, but for those with roles: they happen in the ones that run them.
    pub choreographies: BTreeMap<String, Flow>,
}

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// It is not ours: it reads as it likes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub external: bool,
    /// The events that it publishes, in a choreography or, where none speaks of them, by its own word.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emits: BTreeSet<String>,
    /// The events that it hears, each with the fields that it reads; `null`: all of them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reads: BTreeMap<String, Option<BTreeSet<String>>>,
}

/// An event or a command.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Which of the two.
    #[serde(with = "kind")]
    pub kind: EventKind,
    /// The version of its shape.
    pub version: u32,
    /// The qualified names that it had and under which it is still read, the oldest first. Files of format 1 do not tell.
    #[serde(default, skip_serializing_if = "is_default")]
    pub was: Vec<String>,
    /// Its payload, in the order of the text.
    pub fields: Vec<Member>,
    /// It is going to be removed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
}

/// A field of an event or a record.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Names that are still read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub was: Vec<String>,
    /// Its type, without the `?`.
    pub shape: Shape,
    /// It may be absent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
    /// What readers fill in where it is absent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<serde_json::Value>,
    /// It is going to be removed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
}

/// A type as it is used.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// A type of the language, with its bounds.
    Scalar {
        /// Which.
        #[serde(with = "keyword")]
        of: Scalar,
        /// The least value or length, as written.
        #[serde(default, skip_serializing_if = "is_default")]
        min: Option<String>,
        /// The greatest value or length, as written.
        #[serde(default, skip_serializing_if = "is_default")]
        max: Option<String>,
        /// What the whole text matches.
        #[serde(default, skip_serializing_if = "is_default")]
        pattern: Option<String>,
    },
    /// A named type.
    Named(String),
    /// `[T]`
    List {
        /// What it holds.
        of: Box<Shape>,
        /// How many.
        #[serde(default, skip_serializing_if = "is_default")]
        length: Length,
    },
    /// `{K: V}`
    Map {
        /// Its keys.
        keys: Box<Shape>,
        /// Its values.
        of: Box<Shape>,
        /// How many.
        #[serde(default, skip_serializing_if = "is_default")]
        length: Length,
    },
}

/// How many elements or entries there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// At least.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min: Option<u64>,
    /// At most.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max: Option<u64>,
}

/// What a named type stands for.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NamedType {
    /// `type Sku = …`
    Alias(Shape),
    /// `record`
    Record(Vec<Member>),
    /// `enum`, `open enum`
    Enum {
        /// Readers keep values that they do not know.
        #[serde(default, skip_serializing_if = "is_default")]
        open: bool,
        /// The values.
        values: Vec<Value>,
    },
    /// `union`, `open union`
    Union {
        /// Readers keep variants that they do not know.
        #[serde(default, skip_serializing_if = "is_default")]
        open: bool,
        /// The variants.
        variants: Vec<Variant>,
    },
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Names that are still read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub was: Vec<String>,
}

/// A variant of a union.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Names that are still read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub was: Vec<String>,
    /// What it carries.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shape: Option<Shape>,
}

/// A choreography, as far as its participants have to agree on it while instances are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// The fields that tell one instance from another, in order.
    pub key: Vec<String>,
    /// The event of another choreography that starts it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: Option<String>,
    /// What each participant does.
    pub parts: BTreeMap<String, Part>,
    /// The deadlines, in the order of the text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deadlines: Vec<Deadline>,
}

/// What one participant does in a choreography.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The digest of its machine, in hexadecimal: with another one, the runtime sets open instances aside.
    pub machine: String,
    /// What it hears.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hears: BTreeSet<String>,
    /// What it publishes, each with those who hear it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub says: BTreeMap<String, BTreeSet<String>>,
    /// The events of its steps that can be taken back, each with the event that does; `null`: nothing is to be done.
    #[serde(default, skip_serializing_if = "is_default")]
    pub undos: BTreeMap<String, Option<String>>,
}

/// A deadline.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Who keeps it.
    pub keeper: String,
    /// How long it is, in milliseconds.
    pub millis: u64,
    /// The events of its body. Files of format 1 do not tell.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guards: BTreeSet<String>,
    /// The events with which its `else` may begin. Files of format 1 do not tell.
    #[serde(default, skip_serializing_if = "is_default")]
    pub opens: BTreeSet<String>,
}

/// Leaves out of a file what says nothing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A type of the language, by its word.
mod keyword {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::model::Scalar;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(scalar: &Scalar, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(scalar.keyword())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        let word = String::deserialize(deserializer)?;
        Scalar::from_keyword(&word).ok_or_else(|| de::Error::custom(format!("`{word}` is no type")))
    }
}

/// `event` or `command`.
mod kind {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::model::EventKind;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(kind: &EventKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match kind {
            EventKind::Event => "event",
            EventKind::Command => "command",
        })
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EventKind, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "event" => Ok(EventKind::Event),
            "command" => Ok(EventKind::Command),
            other => Err(de::Error::custom(format!("`{other}` is neither event nor command"))),
        }
    }
}
