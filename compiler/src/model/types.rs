//! The types of payloads.

use super::{Attribute, Header, Literal, Name, TypeId};
use crate::source::Span;

/// One field of an event or a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, on the wire too.
    pub name: Name,
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// The attributes above it.
    pub attributes: Vec<Attribute>,
    /// Its type.
    pub ty: Type,
    /// The type's place.
    pub ty_span: Span,
    /// What readers fill in where it is absent.
    pub default: Option<Literal>,
}

/// A type as used by a field, an alias or inside another type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A scalar with its bounds.
    Scalar(Scalar, Bounds),
    /// A named type.
    Named(TypeId),
    /// `[T]` with bounds on its length.
    List(Box<Type>, Bounds),
    /// `{K: V}`, key and value, with bounds on the number of entries.
    Map(Box<Type>, Box<Type>, Bounds),
    /// `T?`: may be absent.
    Optional(Box<Type>),
}

impl Type {
    /// The type without its `?`.
    pub fn required(&self) -> &Self {
        if let Self::Optional(inner) = self { inner } else { self }
    }

    /// This type and all that are written inside it, outermost first.
    pub fn parts(&self) -> Parts<'_> {
        Parts { next: Some(self), waiting: Vec::new() }
    }

    /// The named types that it mentions.
    pub fn named(&self) -> impl Iterator<Item = TypeId> {
        self.parts().filter_map(|part| if let Type::Named(id) = part { Some(*id) } else { None })
    }
}

/// What [`Type::parts`] goes through.
#[derive(Clone, Debug)]
pub struct Parts<'t> {
    next: Option<&'t Type>,
    /// The values of the maps whose keys come first.
    waiting: Vec<&'t Type>,
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t Type;

    fn next(&mut self) -> Option<&'t Type> {
        let part = self.next.take().or_else(|| self.waiting.pop())?;
        self.next = match part {
            Type::Scalar(..) | Type::Named(_) => None,
            Type::List(inner, _) | Type::Optional(inner) => Some(inner),
            Type::Map(key, value, _) => {
                self.waiting.push(value);
                Some(key)
            }
        };
        Some(part)
    }
}

/// The types that the language brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `bool`
    Bool,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `f64`
    F64,
    /// `decimal`: exact, a string on the wire.
    Decimal,
    /// `string`
    String,
    /// `bytes`: base64 on the wire.
    Bytes,
    /// `uuid`
    Uuid,
    /// `date`: `2027-03-01`
    Date,
    /// `timestamp`: RFC 3339, UTC.
    Timestamp,
    /// `duration`: ISO 8601, `PT15M`.
    Duration,
}

impl Scalar {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Bool,
        Self::I32,
        Self::I64,
        Self::U32,
        Self::U64,
        Self::F64,
        Self::Decimal,
        Self::String,
        Self::Bytes,
        Self::Uuid,
        Self::Date,
        Self::Timestamp,
        Self::Duration,
    ];

    /// The word of the language for it.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::F64 => "f64",
            Self::Decimal => "decimal",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Uuid => "uuid",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
        }
    }

    /// The scalar of this word.
    pub fn from_keyword(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scalar| scalar.keyword() == word)
    }
}

/// What narrows a type: a number's value, or the length of a text, list or map.
///
/// Numbers are kept as written; resolve has checked that they fit the type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bounds {
    /// `min:` — the least value, or the least length.
    pub min: Option<String>,
    /// `max:` — the greatest value, or the greatest length.
    pub max: Option<String>,
    /// `pattern:` — a regular expression that the whole text matches.
    pub pattern: Option<String>,
}

/// A named type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Name, docs, attributes.
    pub header: Header,
    /// What it stands for.
    pub kind: TypeKind,
}

/// What a named type stands for.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `type Sku = string(…)`
    Alias(Type),
    /// `record Line { … }`
    Record(Vec<Field>),
    /// `enum` and `open enum`
    Enum {
        /// Readers must tolerate values that they do not know.
        open: bool,
        /// The values, as on the wire.
        values: Vec<EnumValue>,
    },
    /// `union` and `open union`
    Union {
        /// Readers must tolerate variants that they do not know.
        open: bool,
        /// The variants.
        variants: Vec<Variant>,
    },
}

impl TypeKind {
    /// The types that its declaration writes: of the fields or variants, or of what it stands for.
    pub fn written(&self) -> Vec<&Type> {
        match self {
            Self::Alias(ty) => vec![ty],
            Self::Record(fields) => fields.iter().map(|field| &field.ty).collect(),
            Self::Union { variants, .. } => {
                variants.iter().filter_map(|variant| variant.ty.as_ref()).collect()
            }
            Self::Enum { .. } => Vec::new(),
        }
    }
}

/// One variant of a union.
#[derive(Clone, Debug)]
pub struct Variant {
    /// As on the wire.
    pub name: Name,
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// The attributes above it.
    pub attributes: Vec<Attribute>,
    /// What it carries; `None`: nothing.
    pub ty: Option<Type>,
    /// The variant from its name to its type.
    pub span: Span,
}

/// One value of an enum.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// As on the wire.
    pub name: Name,
    /// The `///` lines above it.
    pub docs: Vec<String>,
    /// The attributes above it.
    pub attributes: Vec<Attribute>,
}
