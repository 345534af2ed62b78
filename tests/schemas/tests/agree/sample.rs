//! Payloads that a writer may publish, at the edges of their types and within.

use chor_compiler::contract::read::Types;
use chor_compiler::contract::{Length, Member, NamedType, Shape, Variant};
use chor_compiler::model::Scalar;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A list or map without a bound holds so many at most.
const MANY: u64 = 3;

pub(crate) fn payload(types: &Types, fields: &[Member], rng: &mut Rng) -> Value {
    Value::Object(record(types, fields, rng))
}

fn record(types: &Types, fields: &[Member], rng: &mut Rng) -> Map<String, Value> {
    let mut entries = Map::new();
    for field in fields {
        if (field.optional || field.default.is_some()) && rng.u8(..3) == 0 {
            continue;
        }
        if field.optional && rng.u8(..4) == 0 {
            entries.insert(field.name.clone(), Value::Null);
            continue;
        }
        let name = field.was.first().filter(|_| rng.bool()).unwrap_or(&field.name);
        entries.insert(name.clone(), value(types, &field.shape, rng));
    }
    if rng.u8(..4) == 0 {
        entries.insert("nobody".to_owned(), json!({ "knows": "this" }));
    }
    entries
}

fn value(types: &Types, shape: &Shape, rng: &mut Rng) -> Value {
    match shape {
        Shape::Scalar { of, min, max, pattern } => {
            scalar(*of, [min.as_deref(), max.as_deref()], pattern.as_deref(), rng)
        }
        Shape::Named(name) => named(types, &types[name], rng),
        Shape::List { of, length } => {
            (0..count(length, rng)).map(|_| value(types, of, rng)).collect::<Vec<_>>().into()
        }
        Shape::Map { keys, of, length } => {
            let wanted = count(length, rng);
            let mut entries = Map::new();
            // Keys may be the same by chance.
            for _ in 0..20 {
                if entries.len() as u64 == wanted {
                    break;
                }
                if let Value::String(key) = value(types, keys, rng) {
                    entries.insert(key, value(types, of, rng));
                }
            }
            entries.into()
        }
    }
}

fn count(length: &Length, rng: &mut Rng) -> u64 {
    rng.u64(length.min.unwrap_or(0)..=length.max.unwrap_or(MANY))
}

fn named(types: &Types, ty: &NamedType, rng: &mut Rng) -> Value {
    match ty {
        NamedType::Alias(shape) => value(types, shape, rng),
        NamedType::Record(fields) => record(types, fields, rng).into(),
        NamedType::Enum { open, values } => {
            let chosen = rng.choice(values).unwrap();
            let name = chosen.was.first().filter(|_| rng.bool()).unwrap_or(&chosen.name);
            if *open && rng.u8(..4) == 0 { json!("something new") } else { json!(name) }
        }
        NamedType::Union { open, variants } => {
            if *open && rng.u8(..4) == 0 {
                return json!({ "something_new": { "x": 1 } });
            }
            let Variant { name, was, shape } = rng.choice(variants).unwrap();
            let name = was.first().filter(|_| rng.bool()).unwrap_or(name);
            let carried = shape.as_ref().map_or_else(|| json!({}), |shape| value(types, shape, rng));
            json!({ name: carried })
        }
    }
}

fn scalar(of: Scalar, bounds: [Option<&str>; 2], pattern: Option<&str>, rng: &mut Rng) -> Value {
    match of {
        Scalar::Bool => json!(rng.bool()),
        Scalar::I32 => json!(rng.i64(whole(bounds, [i32::MIN.into(), i32::MAX.into()]))),
        Scalar::U32 => json!(rng.i64(whole(bounds, [0, u32::MAX.into()]))),
        Scalar::I64 => json!(rng.i64(whole(bounds, [i64::MIN, i64::MAX]))),
        Scalar::U64 => json!(rng.i64(whole(bounds, [0, i64::MAX]))),
        Scalar::F64 => json!(rng.choice([0.0, -0.0, 0.5, 7.25, 9.0]).unwrap()),
        Scalar::Decimal => json!(rng.choice(["0", "-0.5", "0.10", "9.25", "7"]).unwrap()),
        // One of the two patterns allows an `x` as well.
        Scalar::String if pattern.is_some_and(|pattern| pattern.contains('x')) => {
            json!(rng.choice(["a", "cab", "x", "x07"]).unwrap())
        }
        Scalar::String if pattern.is_some() => json!(rng.choice(["a", "cab", "bb"]).unwrap()),
        Scalar::String => {
            let count = rng.u64(length(bounds));
            (0..count).map(|_| *rng.choice(&['a', 'é', '漢', '"']).unwrap()).collect::<String>().into()
        }
        Scalar::Bytes => {
            let bytes = ["", "AA==", "AAE=", "AAEC", "AAEC/w=="];
            let [min, max] =
                [length(bounds).start(), length(bounds).end()].map(|count| usize::try_from(*count).unwrap());
            json!(bytes[rng.usize(min..=max.min(4))])
        }
        Scalar::Uuid => json!(
            rng.choice([
                "00000000-0000-0000-0000-00000000002a",
                "67E55044-10B1-426F-9247-BB680E5FE0C8",
                "67e5504410b1426f9247bb680e5fe0c8",
            ])
            .unwrap()
        ),
        Scalar::Date => json!(rng.choice(["2027-03-01", "2028-02-29", "0001-01-01", "9999-12-31"]).unwrap()),
        Scalar::Timestamp => json!(
            rng.choice(["2027-03-01T12:00:00Z", "2027-03-01 12:00:00.5+02:00", "1970-01-01t00:00:00z"])
                .unwrap()
        ),
        Scalar::Duration => json!(rng.choice(["PT0S", "PT15M", "PT1H2M3.5S", "-PT1S"]).unwrap()),
    }
}

fn whole([min, max]: [Option<&str>; 2], [least, most]: [i64; 2]) -> std::ops::RangeInclusive<i64> {
    let bound = |text: Option<&str>, other| text.map_or(other, |text| text.parse().unwrap());
    bound(min, least)..=bound(max, most)
}

fn length([min, max]: [Option<&str>; 2]) -> std::ops::RangeInclusive<u64> {
    let bound = |text: Option<&str>, other| text.map_or(other, |text| text.parse().unwrap());
    let least = bound(min, 0);
    least..=bound(max, least.max(MANY))
}
