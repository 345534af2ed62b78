//! A reader that goes by the contract: it takes and refuses the JSON that the generated Rust readers do.
//!
//! What they have in common with every reader made by serde: fields that they do not know are ignored, a missing
//! optional one is absent, a default stands in for what is missing and not for `null`, `1.0` is no whole number, a whole
//! number beyond 2^53 loses digits as an `f64`, and a field under its old and its new name at once is refused. A record is
//! read from an array too, in the order of its fields.
//!
//! Of some numbers and times it takes fewer spellings than they: those that a generated writer uses, and no exponents or
//! digits beyond what is kept. A test holds it against the readers of some hundred schemas (`tests/schemas`).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Map, Number, Value as Json};

use super::matching::matches;
use super::sample::resolve;
use super::snapshot::{Length, Member, NamedType, Shape, Value, Variant};
use crate::model::{Date, Decimal, Scalar};

/// Named types by their qualified names.
pub type Types = BTreeMap<String, NamedType>;

/// Why a reader refuses a value, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `lines[0].sku`; empty: the value itself.
    pub path: String,
    /// `must be at most 9`
    pub why: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.why) } else { write!(f, "`{}` {}", self.path, self.why) }
    }
}

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self { path: String::new(), why: why.into() }
    }

    fn within(self, part: &str) -> Self {
        let path = match self.path.chars().next() {
            None => part.to_owned(),
            Some('[') => format!("{part}{}", self.path),
            Some(_) => format!("{part}.{}", self.path),
        };
        Self { path, ..self }
    }
}

/// What a reader of these fields makes of a payload: the fields that it knows by their present names, defaults filled in.
pub fn payload(types: &Types, fields: &[Member], json: &Json) -> Result<Map<String, Json>, Refusal> {
    record(types, fields, json)
}

/// What a reader of this type makes of a value.
pub fn value(types: &Types, shape: &Shape, json: &Json) -> Result<Json, Refusal> {
    // A lock file may have been written by hand, and hold aliases that go in a circle.
    let Some(shape) = resolve(types, shape) else {
        return Err(Refusal::new("has a type that there is not"));
    };
    match shape {
        Shape::Scalar { of, min, max, pattern } => {
            scalar(*of, [min.as_deref(), max.as_deref()], pattern.as_deref(), json)
        }
        Shape::Named(name) => match types.get(name) {
            Some(NamedType::Record(fields)) => record(types, fields, json).map(Json::Object),
            Some(NamedType::Enum { open, values }) => one_of(*open, values, json),
            Some(NamedType::Union { open, variants }) => union(types, *open, variants, json),
            Some(NamedType::Alias(_)) | None => {
                Err(Refusal::new(format!("has the type `{name}`, which there is not")))
            }
        },
        Shape::List { of, length } => {
            let Json::Array(items) = json else { return Err(expected("a list", json)) };
            let read =
                |(at, item)| value(types, of, item).map_err(|refusal| refusal.within(&format!("[{at}]")));
            let read: Result<Vec<_>, _> = items.iter().enumerate().map(read).collect();
            within_length(items.len(), length, "elements")?;
            read.map(Json::Array)
        }
        Shape::Map { keys, of, length } => map(types, keys, of, length, json),
    }
}

fn map(types: &Types, keys: &Shape, of: &Shape, length: &Length, json: &Json) -> Result<Json, Refusal> {
    let Json::Object(entries) = json else { return Err(expected("an object", json)) };
    let mut read = Map::new();
    for (key, item) in entries {
        let key_read =
            value(types, keys, &Json::String(key.clone())).map_err(|refusal| refusal.within(key))?;
        let item = value(types, of, item).map_err(|refusal| refusal.within(key))?;
        read.insert(key_read.as_str().unwrap_or(key).to_owned(), item);
    }
    within_length(read.len(), length, "entries")?;
    Ok(Json::Object(read))
}

fn record(types: &Types, fields: &[Member], json: &Json) -> Result<Map<String, Json>, Refusal> {
    match json {
        Json::Object(entries) => {
            let mut read = Map::new();
            for field in fields {
                let mut present =
                    std::iter::once(&field.name).chain(&field.was).filter_map(|name| entries.get(name));
                let first = present.next();
                if present.next().is_some() {
                    return Err(Refusal::new("is there under its old name as well").within(&field.name));
                }
                insert(types, &mut read, field, first)?;
            }
            Ok(read)
        }
        Json::Array(items) => in_order(types, fields, items),
        _ => Err(expected("an object", json)),
    }
}

/// A record from an array: what may be absent may be missing at its end.
fn in_order(types: &Types, fields: &[Member], items: &[Json]) -> Result<Map<String, Json>, Refusal> {
    let mut read = Map::new();
    for (at, field) in fields.iter().enumerate() {
        let item = items.get(at);
        if item.is_none() && field.default.is_none() && !field.optional {
            return Err(Refusal::new(format!(
                "has {} elements instead of {} fields",
                items.len(),
                fields.len()
            )));
        }
        insert(types, &mut read, field, item)?;
    }
    if items.len() > fields.len() {
        return Err(Refusal::new(format!("has {} elements instead of {} fields", items.len(), fields.len())));
    }
    Ok(read)
}

fn insert(
    types: &Types,
    read: &mut Map<String, Json>,
    field: &Member,
    found: Option<&Json>,
) -> Result<(), Refusal> {
    let item = match (found, &field.default) {
        (None, Some(default)) => default.clone(),
        (None | Some(Json::Null), _) if field.optional => return Ok(()),
        (None, None) => return Err(Refusal::new("is missing").within(&field.name)),
        (Some(item), _) => value(types, &field.shape, item).map_err(|refusal| refusal.within(&field.name))?,
    };
    read.insert(field.name.clone(), item);
    Ok(())
}

fn one_of(open: bool, values: &[Value], json: &Json) -> Result<Json, Refusal> {
    let Json::String(word) = json else { return Err(expected("one of the enum's values", json)) };
    match values.iter().find(|value| value.name == *word || value.was.contains(word)) {
        Some(value) => Ok(value.name.clone().into()),
        None if open => Ok(json.clone()),
        None => Err(Refusal::new(format!("is `{word}`, which is none of the enum's values"))),
    }
}

fn union(types: &Types, open: bool, variants: &[Variant], json: &Json) -> Result<Json, Refusal> {
    let Json::Object(entries) = json else { return Err(expected("an object with one entry", json)) };
    let mut all = entries.iter();
    let (Some((tag, carried)), None) = (all.next(), all.next()) else {
        return Err(Refusal::new(format!("has {} entries instead of one", entries.len())));
    };
    let found = variants.iter().find(|variant| variant.name == *tag || variant.was.contains(tag));
    let (name, carried) = match found {
        Some(Variant { name, shape: Some(shape), .. }) => (name, value(types, shape, carried)),
        Some(Variant { name, shape: None, .. }) => (name, record(types, &[], carried).map(Json::Object)),
        None if open => (tag, Ok(carried.clone())),
        None => return Err(Refusal::new(format!("is `{tag}`, which is none of the union's variants"))),
    };
    let carried = carried.map_err(|refusal| refusal.within(tag))?;
    Ok(Json::Object([(name.clone(), carried)].into_iter().collect()))
}

fn scalar(
    of: Scalar,
    bounds: [Option<&str>; 2],
    pattern: Option<&str>,
    json: &Json,
) -> Result<Json, Refusal> {
    match of {
        Scalar::Bool => {
            json.is_boolean().then(|| json.clone()).ok_or_else(|| expected("`true` or `false`", json))
        }
        Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64 => whole(of, bounds, json),
        Scalar::F64 => {
            let number = json.as_f64().ok_or_else(|| expected("a number", json))?;
            within_bounds(&number, bounds)?;
            Number::from_f64(number).map(Json::Number).ok_or_else(|| Refusal::new("is no number"))
        }
        Scalar::Decimal => {
            let text = text(json)?;
            let number = Decimal::parse(text).ok_or_else(|| form("a decimal", "12.50", text))?;
            within_bounds(&number, bounds)?;
            Ok(json.clone())
        }
        Scalar::String => {
            let text = text(json)?;
            within_length(text.chars().count(), &length(bounds), "characters")?;
            if pattern.is_some_and(|pattern| !matches(pattern, text)) {
                return Err(Refusal::new(format!("does not match `{}`", pattern.unwrap_or_default())));
            }
            Ok(json.clone())
        }
        Scalar::Bytes => {
            let text = text(json)?;
            let bytes = base64_length(text).ok_or_else(|| form("base64", "dGVh", text))?;
            within_length(bytes, &length(bounds), "bytes")?;
            Ok(json.clone())
        }
        Scalar::Uuid => formed(json, &UUID, "a uuid", "67e55044-10b1-426f-9247-bb680e5fe0c8"),
        Scalar::Date => {
            let text = text(json)?;
            Date::parse(text).map(|_| json.clone()).ok_or_else(|| form("a date", "2027-03-01", text))
        }
        Scalar::Timestamp => {
            let day = json.as_str().and_then(|text| text.get(..10)).and_then(Date::parse);
            let read = formed(json, &TIMESTAMP, "a timestamp", "2027-03-01T12:00:00Z")?;
            day.map(|_| read).ok_or_else(|| Refusal::new("is on a day that the calendar does not have"))
        }
        Scalar::Duration => formed(json, &DURATION, "a duration", "PT15M"),
    }
}

/// The least and the greatest whole number of a type within its bounds.
pub(super) fn range(of: Scalar, [min, max]: [Option<&str>; 2]) -> (i128, i128) {
    let (least, most) = match of {
        Scalar::I32 => (i32::MIN.into(), i32::MAX.into()),
        Scalar::I64 => (i64::MIN.into(), i64::MAX.into()),
        Scalar::U32 => (0, u32::MAX.into()),
        _ => (0, u64::MAX.into()),
    };
    let bound = |text: Option<&str>| text.and_then(|text| text.parse::<i128>().ok());
    (bound(min).map_or(least, |min| min.max(least)), bound(max).map_or(most, |max| max.min(most)))
}

fn whole(of: Scalar, bounds: [Option<&str>; 2], json: &Json) -> Result<Json, Refusal> {
    let number = json.as_i64().map(i128::from).or_else(|| json.as_u64().map(i128::from));
    let number = number.ok_or_else(|| expected("a whole number", json))?;
    let (least, most) = range(of, bounds);
    if (least..=most).contains(&number) {
        return Ok(json.clone());
    }
    Err(Refusal::new(format!("must be from {least} to {most}, is {number}")))
}

fn within_bounds<N: PartialOrd + std::str::FromStr>(
    number: &N,
    [min, max]: [Option<&str>; 2],
) -> Result<(), Refusal> {
    let bound = |text: Option<&str>| text.and_then(|text| text.parse::<N>().ok());
    match (min, max) {
        (Some(least), _) if bound(min).is_some_and(|min| *number < min) => {
            Err(Refusal::new(format!("must be at least {least}")))
        }
        (_, Some(most)) if bound(max).is_some_and(|max| *number > max) => {
            Err(Refusal::new(format!("must be at most {most}")))
        }
        _ => Ok(()),
    }
}

/// The bounds of a text or of bytes, which are lengths.
pub(super) fn length([min, max]: [Option<&str>; 2]) -> Length {
    let bound = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    Length { min: bound(min), max: bound(max) }
}

fn within_length(count: usize, length: &Length, unit: &str) -> Result<(), Refusal> {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    if let Some(least) = length.min.filter(|least| count < *least) {
        return Err(Refusal::new(format!("must have at least {least} {unit}, has {count}")));
    }
    if let Some(most) = length.max.filter(|most| count > *most) {
        return Err(Refusal::new(format!("must have at most {most} {unit}, has {count}")));
    }
    Ok(())
}

fn text(json: &Json) -> Result<&str, Refusal> {
    json.as_str().ok_or_else(|| expected("a text", json))
}

/// A form of text; `None` never happens, the expressions are our own.
type Form = LazyLock<Option<Regex>>;

static UUID: Form = LazyLock::new(|| {
    let hex = "[0-9a-fA-F]";
    Regex::new(&format!(
        r"\A(?:{hex}{{32}}|(?:urn:uuid:)?{hex}{{8}}(?:-{hex}{{4}}){{3}}-{hex}{{12}}|\{{{hex}{{8}}(?:-{hex}{{4}}){{3}}-{hex}{{12}}\}})\z"
    ))
    .ok()
});

static TIMESTAMP: Form = LazyLock::new(|| {
    Regex::new(
        r"\A\d{4}-\d\d-\d\d[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-][01]\d:[0-5]\d)\z",
    )
    .ok()
});

static DURATION: Form = LazyLock::new(|| {
    Regex::new(r"\A[+-]?PT(?:\d{1,9}H(?:\d{1,9}M)?(?:\d{1,9}(?:\.\d{1,9})?S)?|\d{1,9}M(?:\d{1,9}(?:\.\d{1,9})?S)?|\d{1,9}(?:\.\d{1,9})?S)\z").ok()
});

fn formed(json: &Json, regex: &Form, what: &str, example: &str) -> Result<Json, Refusal> {
    let text = text(json)?;
    let fits = regex.as_ref().is_some_and(|regex| regex.is_match(text));
    if fits { Ok(json.clone()) } else { Err(form(what, example, text)) }
}

fn form(what: &str, example: &str, text: &str) -> Refusal {
    let shown: String = text.chars().take(40).collect();
    Refusal::new(format!("must be {what} such as `{example}`, is {shown:?}"))
}

fn expected(what: &str, json: &Json) -> Refusal {
    let is = match json {
        Json::Null => "`null`",
        Json::Bool(_) => "a truth value",
        Json::Number(number) if number.is_f64() => "a number with a fraction",
        Json::Number(_) => "a whole number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Refusal::new(format!("must be {what}, is {is}"))
}

/// How many bytes this is as base64 (the standard alphabet, padded, no stray bits).
fn base64_length(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let last = digits.bytes().map(digit).try_fold(0, |_, digit| digit)?;
    let stray = match padding {
        0 => 0,
        1 => last & 0b11,
        2 => last & 0b1111,
        _ => return None,
    };
    if !text.len().is_multiple_of(4) || stray != 0 {
        return None;
    }
    (text.len() / 4 * 3).checked_sub(padding)
}

#[cfg(test)]
mod tests {
    use super::base64_length;

    #[test]
    fn bytes_are_counted_where_there_are_any() {
        assert_eq!(["", "AAEC", "AA==", "AAE="].map(base64_length), [Some(0), Some(3), Some(1), Some(2)]);
        for text in ["=", "==", "A=", "AA=", "AB==", "A", "AAE", "AA=A", "%AAA"] {
            assert_eq!(base64_length(text), None, "{text}");
        }
    }
}
