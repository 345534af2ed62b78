//! Unions: objects with one entry, named after the variant.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The type of a union.
pub trait Union: Sized {
    /// The variants, as on the wire.
    const VARIANTS: &'static [&'static str];

    /// Reads what this variant carries.
    fn read<'de, M: MapAccess<'de>>(variant: &str, value: Value<'_, M>) -> Result<Self, M::Error>;
}

/// Reads a union.
pub fn read<'de, U: Union, D: Deserializer<'de>>(from: D) -> Result<U, D::Error> {
    from.deserialize_map(Reader(PhantomData))
}

/// Writes what a variant carries that carries nothing: an object, so that a later version may put something in.
pub fn empty<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_map(Some(0))?.end()
}

/// What a variant carries, before it is read.
pub struct Value<'a, M>(&'a mut M);

impl<'de, M: MapAccess<'de>> Value<'_, M> {
    /// As what the variant carries.
    pub fn read<T: Deserialize<'de>>(self) -> Result<T, M::Error> {
        self.0.next_value()
    }

    /// As an object that says nothing, or nothing that this version knows.
    pub fn empty(self) -> Result<(), M::Error> {
        self.0.next_value().map(|Empty {}| ())
    }

    /// As it came.
    pub fn keep(self, variant: &str) -> Result<UnknownVariant, M::Error> {
        self.0.next_value().map(|value| UnknownVariant { name: variant.to_owned(), value })
    }

    /// The error for a variant that is not listed.
    pub fn unknown(self, variant: &str, variants: &'static [&'static str]) -> M::Error {
        M::Error::unknown_variant(variant, variants)
    }
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Empty {}

/// A variant of an open union that this version does not know. What it carries is written again as it came.
#[derive(Clone, PartialEq)]
pub struct UnknownVariant {
    name: String,
    value: serde_json::Value,
}

impl UnknownVariant {
    /// The variant, as on the wire.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it carries, as JSON.
    pub fn json(&self) -> String {
        self.value.to_string()
    }
}

/// Without what it carries: nobody here knows whether that may be shown.
impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnknownVariant").field(&self.name).finish()
    }
}

impl Serialize for UnknownVariant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.name, &self.value)?;
        map.end()
    }
}

struct Reader<U>(PhantomData<U>);

impl<'de, U: Union> Visitor<'de> for Reader<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with one entry, named ")?;
        for (index, variant) in U::VARIANTS.iter().enumerate() {
            write!(f, "{}`{variant}`", if index == 0 { "" } else { " or " })?;
        }
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<U, M::Error> {
        let Some(variant) = map.next_key::<String>()? else { return Err(M::Error::invalid_length(0, &self)) };
        let union = U::read(&variant, Value(&mut map))?;
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(M::Error::invalid_length(2, &self));
        }
        Ok(union)
    }
}
