//! Values of a type at its edges, where a difference shows.

use serde_json::{Value as Json, json};

use super::pattern;
use super::plain::is_little;
use super::read::{self, Types, range};
use super::snapshot::{Length, NamedType, Shape};
use crate::model::Scalar;

/// Nothing longer is made to show that something is too long.
pub(super) const LONGEST: u64 = 4096;
/// The least whole number that an `f64` cannot hold.
const BEYOND_F64: i128 = (1 << 53) + 1;
/// A value or variant that nobody has listed.
pub(super) const UNLISTED: &str = "not_listed";

/// An object with one entry.
pub(super) fn entry(name: &str, carried: Json) -> Json {
    Json::Object([(name.to_owned(), carried)].into_iter().collect())
}

/// So many of one value.
pub(super) fn many(one: &Json, count: u64) -> Option<Vec<Json>> {
    let short = count <= LONGEST && is_little(one, count);
    let count = usize::try_from(count).ok().filter(|_| short)?;
    Some(vec![one.clone(); count])
}

/// What an alias stands for in the end; another named type stays one.
pub(super) fn resolve<'t>(types: &'t Types, shape: &'t Shape) -> Option<&'t Shape> {
    let mut shape = shape;
    for _ in 0..=types.len() {
        match shape {
            Shape::Named(name) => match types.get(name)? {
                NamedType::Alias(inner) => shape = inner,
                _ => return Some(shape),
            },
            _ => return Some(shape),
        }
    }
    None
}

/// Lists of the writer's that the reader's bounds may refuse; `None`: there is nothing that they could hold.
pub(super) fn list_edges(one: Option<&Json>, lengths: [&Length; 2]) -> Vec<Json> {
    let Some(one) = one else { return vec![json!([])] };
    counts(lengths).into_iter().filter_map(|count| many(one, count)).map(Json::from).collect()
}

/// The numbers of elements at which the bounds of two lists can differ.
pub(super) fn counts(lengths: [&Length; 2]) -> Vec<u64> {
    let mut counts = vec![1, 0];
    for length in lengths {
        counts.extend(length.min.into_iter().flat_map(|least| [least, least.saturating_sub(1)]));
        counts.extend(length.max.into_iter().flat_map(|most| [most, most.saturating_add(1)]));
    }
    counts.retain(|count| *count <= LONGEST);
    counts
}

/// Values at the edges of two types of the language: some are the first one's, and whatever tells the second from it is
/// likely to be among them. Plain ones come first.
pub(super) fn edges(writer: &Shape, reader: &Shape) -> Vec<Json> {
    let Shape::Scalar { of, min, max, pattern } = writer else { return Vec::new() };
    let own = [min.as_deref(), max.as_deref()];
    let (other, patterns) = match reader {
        Shape::Scalar { min, max, pattern: other, .. } => {
            ([min.as_deref(), max.as_deref()], [pattern.as_deref(), other.as_deref()])
        }
        _ => ([None, None], [pattern.as_deref(), None]),
    };
    match of {
        Scalar::Bool => vec![json!(true), json!(false)],
        Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64 => whole_edges(*of, own, reader, other),
        Scalar::F64 => float_edges([own, other]),
        Scalar::Decimal => decimal_edges([own, other]).into_iter().map(Json::from).collect(),
        Scalar::String => text_edges([own, other], patterns).into_iter().map(Json::from).collect(),
        Scalar::Bytes => counts([&read::length(own), &read::length(other)])
            .into_iter()
            .map(|count| base64(count).into())
            .collect(),
        Scalar::Uuid => vec![json!("67e55044-10b1-426f-9247-bb680e5fe0c8")],
        Scalar::Date => vec![json!("2027-03-01")],
        Scalar::Timestamp => vec![json!("2027-03-01T12:00:00Z"), json!("2027-03-01T12:00:00.123456789Z")],
        Scalar::Duration => vec![json!("PT15M"), json!("PT1H2M3.5S")],
    }
}

fn whole_edges(of: Scalar, own: [Option<&str>; 2], reader: &Shape, other: [Option<&str>; 2]) -> Vec<Json> {
    let (least, most) = range(of, own);
    let mut numbers = vec![1, 0, least, most];
    if let Shape::Scalar { of: read @ (Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64), .. } = reader {
        let (read_least, read_most) = range(*read, other);
        numbers.extend([read_most + 1, read_least - 1]);
    }
    let bounds = other.into_iter().flatten().filter_map(|text| text.parse::<i128>().ok());
    numbers.extend(bounds.flat_map(|bound| [bound + 1, bound - 1]));
    numbers.extend([BEYOND_F64, -BEYOND_F64]);
    let json = |number: i128| match u64::try_from(number) {
        Ok(number) => Some(json!(number)),
        Err(_) => i64::try_from(number).ok().map(|number| json!(number)),
    };
    numbers.into_iter().filter_map(json).collect()
}

fn float_edges(bounds: [[Option<&str>; 2]; 2]) -> Vec<Json> {
    let mut numbers = vec![1.5, 1.0, 0.5, 0.0, -1.5];
    for bound in bounds.into_iter().flatten().flatten().filter_map(|text| text.parse::<f64>().ok()) {
        numbers.extend([bound, bound + 1.0, bound - 1.0, bound + 0.001, bound - 0.001]);
    }
    numbers.push(1e300);
    numbers.into_iter().map(|number| json!(number)).collect()
}

fn decimal_edges(bounds: [[Option<&str>; 2]; 2]) -> Vec<String> {
    let mut texts: Vec<String> = ["12.50", "0", "-12.50", "0.5"].map(str::to_owned).into();
    for bound in bounds.into_iter().flatten().flatten() {
        texts.push(bound.to_owned());
        let whole: Option<i128> = bound.split('.').next().and_then(|whole| whole.parse().ok());
        texts.extend(whole.into_iter().flat_map(|whole| [(whole + 1).to_string(), (whole - 1).to_string()]));
    }
    texts.push("9999999999999999999999999999".to_owned());
    texts.push("-9999999999999999999999999999".to_owned());
    texts
}

fn text_edges(bounds: [[Option<&str>; 2]; 2], patterns: [Option<&str>; 2]) -> Vec<String> {
    let mut texts: Vec<String> = ["text", "a"].map(str::to_owned).into();
    texts.extend(patterns.into_iter().flatten().flat_map(pattern::texts));
    let lengths = bounds.map(read::length);
    let counts = counts([&lengths[0], &lengths[1]]);
    texts.extend(
        counts.into_iter().filter_map(|count| usize::try_from(count).ok()).map(|count| "a".repeat(count)),
    );
    texts.extend(["A", "0", "-1", "true", "{}", " ", "2027-03-01"].map(str::to_owned));
    texts
}

/// So many zero bytes.
fn base64(count: u64) -> String {
    let count = usize::try_from(count).unwrap_or_default();
    let end = ["", "AA==", "AAA="];
    "AAAA".repeat(count / 3) + end.get(count % 3).copied().unwrap_or_default()
}
