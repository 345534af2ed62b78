//! Where every value of one type is surely one of another.

use serde_json::Value as Json;

use super::read::{length, range};
use super::snapshot::{Length, Shape};
use crate::model::{Decimal, Scalar};

/// Whether a whole number lost something as an `f64`.
pub(super) fn is_inexact(meant: &Json, read: &Json) -> bool {
    let whole = meant.as_i64().map(i128::from).or_else(|| meant.as_u64().map(i128::from));
    let (Some(whole), Some(float)) = (whole, read.as_f64().filter(|_| read.is_f64())) else { return false };
    #[allow(clippy::cast_possible_truncation, reason = "an integer of 64 bits as `f64` is whole and fits")]
    let back = float as i128;
    back != whole
}

/// Whether every number of elements that the writer allows is one of the reader's.
pub(super) fn shorter(writer: &Length, reader: &Length) -> bool {
    let least = reader.min.is_none_or(|least| writer.min.is_some_and(|min| min >= least));
    least && reader.max.is_none_or(|most| writer.max.is_some_and(|max| max <= most))
}

/// Whether every value of one type of the language is surely one of another.
pub(super) fn is_within(writer: &Shape, reader: &Shape) -> bool {
    let (
        Shape::Scalar { of, min, max, pattern },
        Shape::Scalar { of: other, min: least, max: most, pattern: form },
    ) = (writer, reader)
    else {
        return false;
    };
    let (own, bounds) = ([min.as_deref(), max.as_deref()], [least.as_deref(), most.as_deref()]);
    let free = bounds == [None, None];
    match (of, other) {
        (
            Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64,
            Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64,
        ) => {
            let ((from, to), (least, most)) = (range(*of, own), range(*other, bounds));
            from >= least && to <= most
        }
        (Scalar::I32 | Scalar::I64 | Scalar::U32 | Scalar::U64, Scalar::F64) => {
            let (from, to) = range(*of, own);
            free && from >= -(1 << 53) && to <= 1 << 53
        }
        (Scalar::String | Scalar::Bytes, same) if of == same => {
            shorter(&length(own), &length(bounds)) && (form.is_none() || form == pattern)
        }
        (Scalar::F64, Scalar::F64) => numbers_within::<f64>(own, bounds),
        (Scalar::Decimal, Scalar::Decimal) => numbers_within::<Decimal>(own, bounds),
        (one, same) if one == same => true,
        (
            Scalar::Decimal
            | Scalar::Bytes
            | Scalar::Uuid
            | Scalar::Date
            | Scalar::Timestamp
            | Scalar::Duration,
            Scalar::String,
        ) => free && form.is_none(),
        _ => false,
    }
}

fn numbers_within<N: PartialOrd + std::str::FromStr>(
    own: [Option<&str>; 2],
    bounds: [Option<&str>; 2],
) -> bool {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<N>().ok());
    let ([min, max], [least, most]) = (own.map(number), bounds.map(number));
    let above = least.is_none_or(|least| min.is_some_and(|min| min >= least));
    above && most.is_none_or(|most| max.is_some_and(|max| max <= most))
}
