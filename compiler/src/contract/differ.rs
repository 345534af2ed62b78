//! Whether a reader takes everything that a writer may write, and if not, a value that shows it.
//!
//! Where bounds and patterns decide, values at the edges are tried on both readers: what is found is no guess. Where
//! nothing is found and nothing says that all is well either, the answer is "may break".

use std::cmp::Reverse;

use serde_json::{Map, Value as Json};

use super::change::Verdict;
use super::clash::{Clash, Kind, absent, joined, presence, twice, within_field};
use super::keys::map_edges;
use super::pairs::Pairs;
use super::plain::{plain, plain_record};
use super::read::{Types, value};
use super::same::Same;
use super::sample::{UNLISTED, edges, entry, list_edges, resolve};
use super::snapshot::{Length, Member, NamedType, Shape, Value, Variant};
use super::within::{is_inexact, is_within};
use super::words::words;
use crate::model::Scalar;

mod held;

use held::Held;

/// So many differences of one named type are told, the worst ones first: a type that is held twice tells each twice, and so
/// does what holds that.
const MOST_CLASHES: usize = 32;
/// Types within types beyond this are not looked into.
const DEEPEST: usize = 64;

/// The types of both sides.
#[derive(Clone, Copy)]
pub(super) struct Sides<'c> {
    pub(super) writer: &'c Types,
    pub(super) reader: &'c Types,
    pub(super) same: &'c Same<'c>,
    /// The writer has written already: what it may have written counts, not what it is going to.
    pub(super) written: bool,
}

/// Compares types of two sides, and remembers named ones.
pub(super) struct Differ<'c> {
    sides: Sides<'c>,
    pairs: Pairs<'c>,
}

impl<'c> Differ<'c> {
    pub(super) fn new(sides: Sides<'c>) -> Self {
        Self { sides, pairs: Pairs::default() }
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
            if written == read && self.sides.same.has(written) {
                return Vec::new();
            }
            let pair = (written.as_str(), read.as_str());
            if let Some(known) = self.pairs.get(pair) {
                return known;
            }
            if self.pairs.depth() == DEEPEST {
                self.pairs.something_lacks();
                return vec![too_deep()];
            }
            self.pairs.enter(pair);
            let mut clashes = self.resolved(writer, reader);
            if clashes.len() > MOST_CLASHES {
                clashes.sort_by_key(|clash| Reverse(clash.verdict));
                clashes.truncate(MOST_CLASHES);
            }
            self.pairs.leave(clashes.clone());
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
                (Shape::List { of, length }, Shape::List { of: items, length: most }) => self.lists(
                    Held { whole: written, of, length },
                    Held { whole: read, of: items, length: most },
                ),
                (Shape::Map { keys, of, length }, Shape::Map { keys: texts, of: items, length: most }) => {
                    self.maps(
                        (keys, Held { whole: written, of, length }),
                        (texts, Held { whole: read, of: items, length: most }),
                    )
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
                let one = plain(sides.writer, of);
                tries.extend(list_edges(one.as_ref(), [length, &Length::default()]));
            }
            (_, Shape::Map { keys, of, length }) => {
                let one = plain(sides.writer, of);
                tries.extend(map_edges(&[(sides.writer, keys)], one.as_ref(), [length, &Length::default()]));
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

fn too_deep() -> Clash {
    Clash {
        path: String::new(),
        kind: Kind::Type,
        verdict: Verdict::May,
        what: format!("it lies in more than {DEEPEST} types, and has changed somewhere within"),
        witness: None,
    }
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
