//! Random pairs of types: what is called fine refuses no value that the writer may write, and what is said to break shows it.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::super::change::Verdict;
use super::super::differ::{Differ, Sides};
use super::super::plain::plain;
use super::super::read::{Types, payload, value};
use super::super::same::Same;
use super::super::sample::edges;
use super::super::snapshot::{Length, Member, NamedType, Shape, Value, Variant};
use crate::model::Scalar;

fn scalar() -> impl Strategy<Value = Shape> {
    let bound = |least: u8| {
        proptest::option::of(least..least + 4).prop_map(|bound| bound.map(|bound| bound.to_string()))
    };
    let pattern =
        prop_oneof![Just(None), Just(Some("[a-c]{2,3}".to_owned())), Just(Some("[a-z0-9]+".to_owned()))];
    (proptest::sample::select(&Scalar::ALL[..]), bound(0), bound(3), pattern).prop_map(
        |(of, min, max, pattern)| {
            let bounded = !matches!(
                of,
                Scalar::Bool | Scalar::Uuid | Scalar::Date | Scalar::Timestamp | Scalar::Duration
            );
            let own = |bound: Option<String>| bound.filter(|_| bounded);
            Shape::Scalar {
                of,
                min: own(min),
                max: own(max),
                pattern: pattern.filter(|_| of == Scalar::String),
            }
        },
    )
}

fn shape() -> impl Strategy<Value = Shape> {
    let length = || {
        (proptest::option::of(0..2u64), proptest::option::of(2..4u64))
            .prop_map(|(min, max)| Length { min, max })
    };
    let named = proptest::sample::select(vec!["Record", "Enum", "Open", "Union", "Alias"])
        .prop_map(|name| Shape::Named(name.to_owned()));
    let leaf = prop_oneof![4 => scalar(), 2 => named];
    leaf.prop_recursive(2, 6, 2, move |inner| {
        prop_oneof![
            (inner.clone(), length()).prop_map(|(of, length)| Shape::List { of: Box::new(of), length }),
            (inner, length()).prop_map(|(of, length)| {
                let keys = Shape::Scalar { of: Scalar::String, min: None, max: None, pattern: None };
                Shape::Map { keys: Box::new(keys), of: Box::new(of), length }
            }),
        ]
    })
}

fn member(name: &'static str) -> impl Strategy<Value = Member> {
    (shape(), any::<bool>(), proptest::option::of(0..3u32)).prop_map(move |(shape, optional, default)| {
        let number =
            matches!(&shape, Shape::Scalar { of: Scalar::U32 | Scalar::I32, min: None, max: None, .. });
        let default = default.filter(|_| number && !optional).map(Json::from);
        Member { name: name.to_owned(), was: Vec::new(), shape, optional, default, deprecated: false }
    })
}

fn fields() -> impl Strategy<Value = Vec<Member>> {
    let maybe = |name| proptest::option::weighted(0.8, member(name));
    (maybe("a"), maybe("b"), maybe("c"), any::<bool>()).prop_map(|(a, b, c, renamed)| {
        let mut all: Vec<Member> = [a, b, c].into_iter().flatten().collect();
        if let Some(last) = all.last_mut().filter(|last| renamed && last.name == "c") {
            last.name = "d".to_owned();
            last.was = vec!["c".to_owned()];
        }
        all
    })
}

fn types() -> impl Strategy<Value = Types> {
    let words = || proptest::sample::subsequence(vec!["one", "two", "three"], 1..=3);
    let values = |words: Vec<&str>| {
        words.iter().map(|word| Value { name: (*word).to_owned(), was: Vec::new() }).collect::<Vec<_>>()
    };
    (fields(), words(), words(), words(), scalar(), scalar()).prop_map(
        move |(mut record, closed, open, tags, alias, carried)| {
            // Nothing contains itself.
            record.retain(|field| matches!(field.shape, Shape::Scalar { .. }));
            let variant = |tag: &&str| Variant {
                name: (*tag).to_owned(),
                was: Vec::new(),
                shape: (*tag != "one").then(|| carried.clone()),
            };
            [
                ("Record", NamedType::Record(record)),
                ("Enum", NamedType::Enum { open: false, values: values(closed) }),
                ("Open", NamedType::Enum { open: true, values: values(open) }),
                ("Union", NamedType::Union { open: false, variants: tags.iter().map(variant).collect() }),
                ("Alias", NamedType::Alias(alias)),
            ]
            .map(|(name, ty)| (name.to_owned(), ty))
            .into()
        },
    )
}

/// Values that a writer may write: plain ones, those at the edges of both sides, and those by chance.
fn events(types: &Types, writer: &[Member], reader: &[Member], choices: &[u8]) -> Vec<Json> {
    let mut choices = choices.iter().copied().cycle();
    let mut events = Vec::new();
    for _ in 0..20 {
        let mut event = Map::new();
        for field in writer {
            let choice = choices.next().unwrap_or_default();
            let absent = field.optional || field.default.is_some();
            if absent && choice % 4 == 0 {
                continue;
            }
            if field.optional && choice % 4 == 1 {
                event.insert(field.name.clone(), Json::Null);
                continue;
            }
            let other = reader.iter().find(|other| other.name == field.name).unwrap_or(field);
            let own = values(types, &field.shape, &other.shape);
            let Some(chosen) = own.get(usize::from(choice) % own.len().max(1)) else { continue };
            event.insert(field.name.clone(), chosen.clone());
        }
        let event = Json::Object(event);
        if payload(types, writer, &event).is_ok() {
            events.push(event);
        }
    }
    events
}

fn values(types: &Types, shape: &Shape, other: &Shape) -> Vec<Json> {
    let mut all = match shape {
        Shape::Scalar { .. } => edges(shape, other),
        Shape::Named(name) => match types.get(name) {
            Some(NamedType::Alias(inner)) => edges(inner, other),
            Some(NamedType::Enum { values, open }) => {
                let unlisted = open.then(|| json!("something_else"));
                values.iter().map(|value| json!(value.name)).chain(unlisted).collect()
            }
            Some(NamedType::Union { variants, .. }) => {
                let carried = |variant: &Variant| match &variant.shape {
                    Some(shape) => edges(shape, shape),
                    None => vec![json!({})],
                };
                variants
                    .iter()
                    .flat_map(|variant| {
                        carried(variant).into_iter().map(|it| json!({ variant.name.as_str(): it }))
                    })
                    .collect()
            }
            _ => Vec::new(),
        },
        Shape::List { of, .. } => {
            let items = values(types, of, of);
            (0..4)
                .map(|count| {
                    items.iter().cycle().take(if items.is_empty() { 0 } else { count }).cloned().collect()
                })
                .collect()
        }
        Shape::Map { of, .. } => {
            let items = values(types, of, of);
            (0..4)
                .map(|count| {
                    items
                        .iter()
                        .cycle()
                        .take(if items.is_empty() { 0 } else { count })
                        .enumerate()
                        .map(|(at, item)| (format!("k{at}"), item.clone()))
                        .collect::<Map<_, _>>()
                        .into()
                })
                .collect()
        }
    };
    all.extend(plain(types, shape));
    all.retain(|json| value(types, shape, json).is_ok());
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_fine_is_read_and_what_breaks_is_shown(
        (old_types, old) in (types(), fields()),
        (new_types, new) in (types(), fields()),
        alike in any::<bool>(),
        choices in proptest::collection::vec(any::<u8>(), 40),
    ) {
        let new_types = if alike { old_types.clone() } else { new_types };
        let same = Same::nothing();
        let sides = Sides { writer: &old_types, reader: &new_types, same: &same, written: true };
        let clashes = Differ::new(sides).fields(&old, &new);
        for clash in clashes.iter().filter(|clash| clash.verdict == Verdict::Breaks) {
            let Some(witness) = &clash.witness else { continue };
            let meant = payload(&old_types, &old, witness);
            prop_assert!(meant.is_ok(), "the writer does not write {witness}: {meant:?} {clash:?}");
            let read = payload(&new_types, &new, witness);
            prop_assert!(read.as_ref() != meant.as_ref(), "{witness} is read: {clash:?}");
        }
        if clashes.is_empty() {
            for event in events(&old_types, &old, &new, &choices) {
                let read = payload(&new_types, &new, &event);
                prop_assert!(read.is_ok(), "{event} is refused: {read:?}");
            }
        }
    }
}
