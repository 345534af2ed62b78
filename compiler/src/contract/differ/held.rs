//! Lists and maps: what they hold, how much of it, and under which keys. Each is asked by itself, so that one difference
//! hides no other, and of what both sides take otherwise, so that a witness shows the difference that it belongs to.

use serde_json::{Map, Value as Json};

use super::Differ;
use crate::contract::change::Verdict;
use crate::contract::clash::{Clash, Kind, joined};
use crate::contract::keys::{Keyed, entries, map_edges, refused_keys};
use crate::contract::plain::plain;
use crate::contract::read::value;
use crate::contract::sample::{edges, list_edges, many, resolve};
use crate::contract::snapshot::{Length, NamedType, Shape};
use crate::contract::within::shorter;

/// A list, or the entries of a map, on one side.
#[derive(Clone, Copy)]
pub(super) struct Held<'c> {
    /// The type itself.
    pub(super) whole: &'c Shape,
    pub(super) of: &'c Shape,
    pub(super) length: &'c Length,
}

impl Held<'_> {
    /// So many at least show what is held.
    fn least(&self) -> u64 {
        self.length.min.unwrap_or_default().max(1)
    }
}

impl<'c> Differ<'c> {
    pub(super) fn lists(&mut self, writer: Held<'c>, reader: Held<'c>) -> Vec<Clash> {
        let put = |witness: Json| many(&witness, writer.least()).map(Json::from);
        let mut clashes = self.held("[]", writer, reader, put);
        if writer.length != reader.length {
            let one = self.shared(writer.of, reader.of);
            let tries = list_edges(one.as_ref(), [writer.length, reader.length]);
            let told = one.is_none() && !clashes.is_empty();
            clashes.extend(self.lengths(writer, reader, tries, told));
        }
        clashes
    }

    pub(super) fn maps(
        &mut self,
        (keys, writer): (&'c Shape, Held<'c>),
        (texts, reader): (&'c Shape, Held<'c>),
    ) -> Vec<Clash> {
        let sides = self.sides;
        let both: [Keyed<'c>; 2] = [(sides.writer, keys), (sides.reader, texts)];
        let put = |witness: Json| entries(&both, &witness, writer.least()).map(Json::Object);
        let mut clashes = self.held("{}", writer, reader, put);
        let one = self.shared(writer.of, reader.of);
        let mut told = one.is_none() && !clashes.is_empty();
        if let Some(clash) = self.keys((keys, writer), (texts, reader), one.clone()) {
            told |= entries(&both, &Json::Null, 1).is_none();
            clashes.push(clash);
        }
        if writer.length != reader.length {
            let tries = map_edges(&both, one.as_ref(), [writer.length, reader.length]);
            clashes.extend(self.lengths(writer, reader, tries, told));
        }
        clashes
    }

    /// What the reader stumbles over in what is held.
    fn held(
        &mut self,
        part: &str,
        writer: Held<'c>,
        reader: Held<'c>,
        put: impl Fn(Json) -> Option<Json>,
    ) -> Vec<Clash> {
        let inner = self.shape(writer.of, reader.of).into_iter();
        let outer = |clash: Clash| Clash {
            path: joined(part, &clash.path),
            witness: clash.witness.and_then(&put),
            ..clash
        };
        inner.map(outer).collect()
    }

    /// Whether the reader takes as many. `told`: it takes none but where there are none, and that is told already.
    fn lengths(&self, writer: Held<'c>, reader: Held<'c>, mut tries: Vec<Json>, told: bool) -> Vec<Clash> {
        tries.retain(|json| {
            value(self.sides.reader, reader.whole, json).is_err_and(|refusal| refusal.path.is_empty())
        });
        let fits = told || shorter(writer.length, reader.length);
        self.tried(writer.whole, reader.whole, Kind::Bound, tries, fits)
    }

    /// Whether the reader takes all keys.
    fn keys(
        &mut self,
        (keys, writer): (&'c Shape, Held<'c>),
        (texts, reader): (&'c Shape, Held<'c>),
        shared: Option<Json>,
    ) -> Option<Clash> {
        let sides = self.sides;
        let inner = self.shape(keys, texts);
        let worst = inner.iter().max_by_key(|clash| clash.verdict)?;
        let others = |one: &Json| entries(&[(sides.writer, keys)], one, writer.least() - 1);
        let one = shared.or_else(|| plain(sides.writer, writer.of));
        let maps = one.and_then(|one| {
            let (others, refused) =
                (others(&one)?, refused_keys([(sides.writer, keys), (sides.reader, texts)]));
            Some(refused.into_iter().map(move |key| with(&others, key, &one)).collect())
        });
        let tried = self.tried(writer.whole, reader.whole, Kind::Type, maps.unwrap_or_default(), false);
        let what = match worst.kind {
            Kind::Unlisted => format!("in its keys, {}", worst.what),
            _ => format!("its keys are {}", worst.what),
        };
        // What is open to others may never be written.
        let most = if worst.kind == Kind::Unlisted { worst.verdict } else { Verdict::Breaks };
        tried.into_iter().next().map(|clash| Clash { what, verdict: clash.verdict.min(most), ..clash })
    }

    /// A value that the writer may write and the reader takes.
    fn shared(&self, of: &Shape, items: &Shape) -> Option<Json> {
        let sides = self.sides;
        let both =
            |json: &Json| value(sides.writer, of, json).is_ok() && value(sides.reader, items, json).is_ok();
        let (written, read) = (resolve(sides.writer, of)?, resolve(sides.reader, items)?);
        let listed = match written {
            Shape::Named(name) => match sides.writer.get(name) {
                Some(NamedType::Enum { values, .. }) => {
                    values.iter().map(|value| value.name.clone().into()).collect()
                }
                _ => Vec::new(),
            },
            _ => edges(written, read),
        };
        let plain = [plain(sides.writer, of), plain(sides.reader, items)];
        plain.into_iter().flatten().chain(listed).find(both)
    }
}

fn with(others: &Map<String, Json>, key: String, one: &Json) -> Json {
    let mut map = others.clone();
    map.insert(key, one.clone());
    Json::Object(map)
}
