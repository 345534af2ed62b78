//! Whether a reader takes everything that a writer may write, and if not, a value that shows it.
//!
//! Where bounds and patterns decide, values at the edges are tried on both readers: what is found is no guess. Where
//! nothing is found and nothing says that all is well either, the answer is "may break".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::read::{Types, length, range, value};
use super::sample::{UNLISTED, edges, entry, key_edges, list_edges, map_edges, plain, plain_record, resolve};
use super::snapshot::{Length, Member, NamedType, Shape, Value, Variant};
use crate::model::Scalar;

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// What the reader needs may be absent.
    Missing,
    /// Old and new name come together.
    Twice,
    /// The types differ.
    Type,
    /// The bounds differ.
    Bound,
    /// A value or a variant is not listed.
    Unlisted,
    /// What is absent, or `null`, means something else.
    Meaning,
    /// What is written under one name is looked for under another, and nobody notices.
    Lost,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything is read as it was meant.
    Fine,
    /// It depends on what is written.
    May,
    /// There is a value that is refused or misread.
    Breaks,
}

/// One difference that a reader may stumble over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clash {
    /// Where, from the payload on, by the reader's names: `lines[].sku`.
    pub path: String,
    /// What kind.
    pub kind: Kind,
    /// How bad.
    pub verdict: Verdict,
    /// What differs, in words.
    pub what: String,
    /// What the writer may write and the reader stumbles over.
    pub witness: Option<Json>,
}

/// The types of both sides.
#[derive(Clone, Copy)]
pub(super) struct Sides<'c> {
    pub(super) writer: &'c Types,
    pub(super) reader: &'c Types,
    /// The named types that are the same on both sides, with all that they mention.
    pub(super) same: &'c BTreeSet<String>,
    /// The writer has written already: what it may have written counts, not what it is going to.
    pub(super) written: bool,
}

/// Compares types of two sides, and remembers named ones.
pub(super) struct Differ<'c> {
    sides: Sides<'c>,
    /// What became of two named types; empty as well while they are being compared.
    known: BTreeMap<(&'c str, &'c str), Vec<Clash>>,
}

impl<'c> Differ<'c> {
    pub(super) fn new(sides: Sides<'c>) -> Self {
        Self { sides, known: BTreeMap::new() }
    }

    /// What readers of these fields stumble over.
    pub(super) fn fields(&mut self, writer: &'c [Member], reader: &'c [Member]) -> Vec<Clash> {
        let base = plain_record(self.sides.writer, writer);
        let mut clashes = Vec::new();
        for (at, field) in reader.iter().enumerate() {
            let sources: Vec<&Member> = writer
                .iter()
                .filter(|other| other.name == field.name || field.was.contains(&other.name))
                .collect();
            match sources.as_slice() {
                [] => clashes.extend(absent(field, at, writer, reader, base.as_ref())),
                [source] => {
                    clashes.extend(presence(source, field, base.as_ref()));
                    for clash in self.shape(&source.shape, &field.shape) {
                        clashes.push(within_field(clash, source, field, base.as_ref()));
                    }
                }
                _ => clashes.push(twice(&sources, field, base.as_ref(), self.sides.writer)),
            }
        }
        clashes
    }

    /// What readers of this type stumble over; paths and witnesses are from here on.
    fn shape(&mut self, writer: &'c Shape, reader: &'c Shape) -> Vec<Clash> {
        if let (Shape::Named(written), Shape::Named(read)) = (writer, reader) {
            if written == read && self.sides.same.contains(written) {
                return Vec::new();
            }
            let pair = (written.as_str(), read.as_str());
            if let Some(known) = self.known.get(&pair) {
                return known.clone();
            }
            self.known.insert(pair, Vec::new());
            let clashes = self.resolved(writer, reader);
            self.known.insert(pair, clashes.clone());
            return clashes;
        }
        self.resolved(writer, reader)
    }

    fn resolved(&mut self, writer: &'c Shape, reader: &'c Shape) -> Vec<Clash> {
        let sides = self.sides;
        let (Some(written), Some(read)) = (resolve(sides.writer, writer), resolve(sides.reader, reader))
        else {
            return Vec::new();
        };
        let named = |types: &'c Types, shape: &Shape| match shape {
            Shape::Named(name) => types.get(name),
            _ => None,
        };
        match (named(sides.writer, written), named(sides.reader, read)) {
            (Some(NamedType::Record(fields)), Some(NamedType::Record(read))) => self.fields(fields, read),
            (
                Some(NamedType::Enum { open, values }),
                Some(NamedType::Enum { open: tolerant, values: listed }),
            ) => {
                let known = listed.iter().map(|value| (&value.name, &value.was));
                let unlisted = values.iter().filter(|value| !is_listed(&value.name, known.clone()));
                let clashes: Vec<Clash> =
                    if *tolerant { Vec::new() } else { unlisted.map(unknown_value).collect() };
                clashes.into_iter().chain(self.closed(*open, *tolerant, UNLISTED.into())).collect()
            }
            (
                Some(NamedType::Union { open, variants }),
                Some(NamedType::Union { open: tolerant, variants: listed }),
            ) => self.variants((*open, variants), (*tolerant, listed)),
            (None, None) => match (written, read) {
                (Shape::List { of, length }, Shape::List { of: items, length: most }) => {
                    self.lists((of, length), (items, most), written, read)
                }
                (Shape::Map { keys, of, length }, Shape::Map { keys: texts, of: items, length: most }) => {
                    self.maps((keys, of, length), (texts, items, most), written, read)
                }
                (Shape::Scalar { of, .. }, Shape::Scalar { of: other, .. }) => {
                    let kind = if of == other { Kind::Bound } else { Kind::Type };
                    self.tried(written, read, kind, edges(written, read), is_within(written, read))
                }
                _ => self.other(written, read),
            },
            _ => self.other(written, read),
        }
    }

    /// Types that have nothing in common but perhaps some values.
    fn other(&self, writer: &Shape, reader: &Shape) -> Vec<Clash> {
        let sides = self.sides;
        let mut tries = Vec::new();
        let mut fits = false;
        let of = |types: &'c Types, shape: &Shape| match shape {
            Shape::Named(name) => types.get(name),
            _ => None,
        };
        match (of(sides.writer, writer), writer) {
            (Some(NamedType::Enum { open, values }), _) => {
                tries.extend(values.iter().map(|value| Json::from(value.name.clone())));
                let free = matches!(
                    reader,
                    Shape::Scalar { of: Scalar::String, min: None, max: None, pattern: None }
                );
                fits = free || !open && matches!(reader, Shape::Scalar { of: Scalar::String, .. });
            }
            (_, Shape::List { of, length }) => {
                tries.extend(list_edges(sides.writer, of, [length, &Length::default()]));
            }
            (_, Shape::Map { keys, of, length }) => {
                tries.extend(map_edges(sides.writer, keys, of, [length, &Length::default()]));
            }
            (_, Shape::Scalar { of, .. }) => {
                tries.extend(edges(writer, reader));
                let open = matches!(of_enum(sides.reader, reader), Some(true));
                fits = *of == Scalar::String && open;
            }
            (Some(NamedType::Union { variants, .. }), _) => {
                tries.extend(variants.iter().filter_map(|variant| carried(sides.writer, variant)));
            }
            _ => tries.extend(plain(sides.writer, writer)),
        }
        self.tried(writer, reader, Kind::Type, tries, fits)
    }

    /// The first of these values that the writer may write and the reader stumbles over.
    fn tried(&self, writer: &Shape, reader: &Shape, kind: Kind, tries: Vec<Json>, fits: bool) -> Vec<Clash> {
        let (from, to) = (words(writer), words(reader));
        let what = format!("written as {from}, read as {to}");
        let stumbles = |json: &Json| {
            let Ok(meant) = value(self.sides.writer, writer, json) else { return false };
            match value(self.sides.reader, reader, json) {
                Err(_) => true,
                Ok(read) => kind == Kind::Type && is_inexact(&meant, &read),
            }
        };
        let witness = tries.into_iter().find(stumbles);
        let verdict = match &witness {
            Some(_) => Verdict::Breaks,
            None if fits => return Vec::new(),
            None => Verdict::May,
        };
        vec![Clash { path: String::new(), kind, verdict, what, witness }]
    }

    fn lists(
        &mut self,
        (of, length): (&'c Shape, &'c Length),
        (items, most): (&'c Shape, &'c Length),
        writer: &Shape,
        reader: &Shape,
    ) -> Vec<Clash> {
        let inner = self.shape(of, items);
        let mut clashes: Vec<Clash> = inner
            .into_iter()
            .map(|clash| {
                let least = usize::try_from(length.min.unwrap_or(1).max(1)).unwrap_or(1);
                let witness = clash.witness.map(|witness| Json::from(vec![witness; least]));
                Clash { path: joined("[]", &clash.path), witness, ..clash }
            })
            .collect();
        if clashes.is_empty() && length != most {
            let tries = list_edges(self.sides.writer, of, [length, most]);
            clashes = self.tried(writer, reader, Kind::Bound, tries, shorter(length, most));
        }
        clashes
    }

    fn maps(
        &mut self,
        (keys, of, length): (&'c Shape, &'c Shape, &'c Length),
        (texts, items, most): (&'c Shape, &'c Shape, &'c Length),
        writer: &Shape,
        reader: &Shape,
    ) -> Vec<Clash> {
        let example = plain(self.sides.writer, writer);
        let key = example.as_ref().and_then(Json::as_object).and_then(|map| map.keys().next().cloned());
        let inner = self.shape(of, items);
        let mut clashes: Vec<Clash> = inner
            .into_iter()
            .map(|clash| {
                let put = |witness| {
                    let mut map = example.clone()?.as_object()?.clone();
                    map.insert(key.clone()?, witness);
                    Some(Json::Object(map))
                };
                Clash { path: joined("{}", &clash.path), witness: clash.witness.and_then(put), ..clash }
            })
            .collect();
        if clashes.is_empty() && !self.shape(keys, texts).is_empty() {
            let tries = key_edges(self.sides.writer, [keys, texts], of);
            clashes = self.tried(writer, reader, Kind::Type, tries, false);
        }
        if clashes.is_empty() && length != most {
            let tries = map_edges(self.sides.writer, keys, of, [length, most]);
            clashes = self.tried(writer, reader, Kind::Bound, tries, shorter(length, most));
        }
        clashes
    }

    fn variants(
        &mut self,
        (open, variants): (bool, &'c [Variant]),
        (tolerant, listed): (bool, &'c [Variant]),
    ) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for variant in variants {
            let known =
                listed.iter().find(|other| other.name == variant.name || other.was.contains(&variant.name));
            match known {
                None if tolerant => {}
                None => clashes.push(Clash {
                    path: String::new(),
                    kind: Kind::Unlisted,
                    verdict: Verdict::Breaks,
                    what: format!("the variant `{}` is not known", variant.name),
                    witness: carried(self.sides.writer, variant),
                }),
                Some(known) => {
                    for clash in self.carried(variant.shape.as_ref(), known.shape.as_ref()) {
                        let witness = clash.witness.map(|witness| entry(&variant.name, witness));
                        clashes.push(Clash { path: joined(&known.name, &clash.path), witness, ..clash });
                    }
                }
            }
        }
        clashes.extend(self.closed(open, tolerant, entry(UNLISTED, Json::Object(Map::new()))));
        clashes
    }

    /// What two variants of one name carry.
    fn carried(&mut self, writer: Option<&'c Shape>, reader: Option<&'c Shape>) -> Vec<Clash> {
        let clash = |what: &str, witness: Option<Json>, verdict| {
            vec![Clash { path: String::new(), kind: Kind::Type, verdict, what: what.to_owned(), witness }]
        };
        match (writer, reader) {
            (None, None) => Vec::new(),
            (Some(writer), Some(reader)) => self.shape(writer, reader),
            (None, Some(reader)) => {
                let nothing = Json::Object(Map::new());
                match value(self.sides.reader, reader, &nothing) {
                    Err(_) => clash("it carried nothing, and now something", Some(nothing), Verdict::Breaks),
                    Ok(_) => Vec::new(),
                }
            }
            (Some(writer), None) => match plain(self.sides.writer, writer) {
                Some(json) if json.is_object() => Vec::new(),
                witness => clash("it carried something, and now nothing", witness, Verdict::Breaks),
            },
        }
    }

    /// What is not listed comes to a reader that takes only what is.
    fn closed(&self, open: bool, tolerant: bool, witness: Json) -> Option<Clash> {
        (open && !tolerant).then(|| Clash {
            path: String::new(),
            kind: Kind::Unlisted,
            verdict: if self.sides.written { Verdict::Breaks } else { Verdict::May },
            what: "it is open on one side and closed on the other".to_owned(),
            witness: Some(witness),
        })
    }
}

fn of_enum(types: &Types, shape: &Shape) -> Option<bool> {
    match shape {
        Shape::Named(name) => match types.get(name) {
            Some(NamedType::Enum { open, .. }) => Some(*open),
            _ => None,
        },
        _ => None,
    }
}

fn carried(types: &Types, variant: &Variant) -> Option<Json> {
    let carried = match &variant.shape {
        Some(shape) => plain(types, shape)?,
        None => Json::Object(Map::new()),
    };
    Some(entry(&variant.name, carried))
}

fn is_listed<'v>(name: &String, mut listed: impl Iterator<Item = (&'v String, &'v Vec<String>)>) -> bool {
    listed.any(|(known, was)| known == name || was.contains(name))
}

fn unknown_value(value: &Value) -> Clash {
    Clash {
        path: String::new(),
        kind: Kind::Unlisted,
        verdict: Verdict::Breaks,
        what: format!("the value `{}` is not known", value.name),
        witness: Some(value.name.clone().into()),
    }
}

/// A field that the writer does not have.
fn absent(
    field: &Member,
    at: usize,
    writer: &[Member],
    reader: &[Member],
    base: Option<&Map<String, Json>>,
) -> Option<Clash> {
    let clash = |kind, verdict, what: String, witness| {
        Some(Clash { path: field.name.clone(), kind, verdict, what, witness })
    };
    if !field.optional && field.default.is_none() {
        let what = format!("`{}` is not written", field.name);
        return clash(Kind::Missing, Verdict::Breaks, what, base.cloned().map(Json::Object));
    }
    // Renamed: said by the writer, or to be seen by the place.
    let unread = |other: &&Member| {
        reader.iter().all(|field| field.name != other.name && !field.was.contains(&other.name))
    };
    let same = |other: &&Member| other.shape == field.shape && other.optional == field.optional;
    let renamed =
        writer.iter().find(|other| other.was.contains(&field.name)).or_else(|| writer.get(at).filter(same));
    let source = renamed.filter(unread)?;
    let what = format!("`{}` is written as `{}`", field.name, source.name);
    clash(Kind::Lost, Verdict::May, what, None)
}

/// Whether the field is there where the reader needs it.
fn presence(source: &Member, field: &Member, base: Option<&Map<String, Json>>) -> Option<Clash> {
    let without = || {
        let mut map = base?.clone();
        map.remove(&source.name);
        Some(Json::Object(map))
    };
    let clash = |kind, verdict, what: String, witness| {
        Some(Clash { path: field.name.clone(), kind, verdict, what, witness })
    };
    match (source.optional, &source.default, field.optional, &field.default) {
        (_, _, true, _) | (false, None, _, _) => None,
        (_, _, false, None) => {
            clash(Kind::Missing, Verdict::Breaks, format!("`{}` may be absent", source.name), without())
        }
        (true, ..) => {
            let mut map = base?.clone();
            map.insert(source.name.clone(), Json::Null);
            let what = format!("`{}` may be `null`, for which no default stands in", source.name);
            clash(Kind::Meaning, Verdict::May, what, Some(Json::Object(map)))
        }
        (false, Some(old), false, Some(new)) if old != new => {
            let what =
                format!("`{}` that is absent means {old} to one side and {new} to the other", source.name);
            clash(Kind::Meaning, Verdict::May, what, without())
        }
        _ => None,
    }
}

/// A field under two names at once.
fn twice(sources: &[&Member], field: &Member, base: Option<&Map<String, Json>>, types: &Types) -> Clash {
    let names: Vec<_> = sources.iter().map(|source| format!("`{}`", source.name)).collect();
    let put = || {
        let mut map = base?.clone();
        for source in sources {
            map.insert(source.name.clone(), plain(types, &source.shape)?);
        }
        Some(Json::Object(map))
    };
    Clash {
        path: field.name.clone(),
        kind: Kind::Twice,
        verdict: Verdict::Breaks,
        what: format!(
            "{} are written together, and both are `{}` to the reader",
            names.join(" and "),
            field.name
        ),
        witness: put(),
    }
}

/// The same, as seen from the record that holds the field.
fn within_field(clash: Clash, source: &Member, field: &Member, base: Option<&Map<String, Json>>) -> Clash {
    let put = |witness| {
        let mut map = base?.clone();
        map.insert(source.name.clone(), witness);
        Some(Json::Object(map))
    };
    Clash { path: joined(&field.name, &clash.path), witness: clash.witness.and_then(put), ..clash }
}

fn joined(start: &str, rest: &str) -> String {
    match rest.chars().next() {
        None => start.to_owned(),
        Some('[' | '{') => format!("{start}{rest}"),
        Some(_) => format!("{start}.{rest}"),
    }
}

/// Whether a whole number lost something as an `f64`.
fn is_inexact(meant: &Json, read: &Json) -> bool {
    let whole = meant.as_i64().map(i128::from).or_else(|| meant.as_u64().map(i128::from));
    let (Some(whole), Some(float)) = (whole, read.as_f64().filter(|_| read.is_f64())) else { return false };
    #[allow(clippy::cast_possible_truncation, reason = "an integer of 64 bits as `f64` is whole and fits")]
    let back = float as i128;
    back != whole
}

fn shorter(writer: &Length, reader: &Length) -> bool {
    let least = reader.min.is_none_or(|least| writer.min.is_some_and(|min| min >= least));
    least && reader.max.is_none_or(|most| writer.max.is_some_and(|max| max <= most))
}

/// Whether every value of one type of the language is surely one of another.
fn is_within(writer: &Shape, reader: &Shape) -> bool {
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
        (Scalar::Decimal, Scalar::Decimal) => numbers_within::<super::decimal::Decimal>(own, bounds),
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

/// A type as the language writes it.
pub(super) fn words(shape: &Shape) -> String {
    match shape {
        Shape::Scalar { of, min, max, pattern } => {
            let mut bounds = Vec::new();
            bounds.extend(min.as_ref().map(|min| format!("min: {min}")));
            bounds.extend(max.as_ref().map(|max| format!("max: {max}")));
            bounds.extend(pattern.as_ref().map(|pattern| format!("pattern: {pattern:?}")));
            let bounds = if bounds.is_empty() { String::new() } else { format!("({})", bounds.join(", ")) };
            format!("`{}{bounds}`", of.keyword())
        }
        Shape::Named(name) => format!("`{name}`"),
        Shape::List { of, length } => format!("`[{}]{}`", words(of).trim_matches('`'), length_words(length)),
        Shape::Map { keys, of, length } => {
            format!(
                "`{{{}: {}}}{}`",
                words(keys).trim_matches('`'),
                words(of).trim_matches('`'),
                length_words(length)
            )
        }
    }
}

fn length_words(length: &Length) -> String {
    match (length.min, length.max) {
        (None, None) => String::new(),
        (Some(min), None) => format!("(min: {min})"),
        (None, Some(max)) => format!("(max: {max})"),
        (Some(min), Some(max)) => format!("(min: {min}, max: {max})"),
    }
}
