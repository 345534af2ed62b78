//! A plain value of a type, to build events of: what may be absent is, and nothing is more than it has to be.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json, json};

use super::keys::entries;
use super::read::{Types, value};
use super::sample::{edges, entry, many};
use super::snapshot::{Member, NamedType, Shape, Variant};

/// Types within types beyond this have no plain value that anybody would want to read.
const DEPTH: usize = 12;
/// Nor have those of which more parts than this are tried: what holds a type twice doubles with each type.
const MOST_PARTS: usize = 50_000;
/// So much text is one part.
const PART_OF_TEXT: usize = 64;

/// A plain value of the type; `None`: none was found.
pub(super) fn plain(types: &Types, shape: &Shape) -> Option<Json> {
    Maker::new(types).shape(shape, &[])
}

/// A plain payload.
pub(super) fn plain_record(types: &Types, fields: &[Member]) -> Option<Map<String, Json>> {
    Maker::new(types).record(fields, &[])
}

/// Of how many parts a value consists.
pub(super) fn parts(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 1,
        Json::String(text) => 1 + text.len() / PART_OF_TEXT,
        Json::Array(items) => 1 + items.iter().map(parts).sum::<usize>(),
        Json::Object(entries) => 1 + entries.values().map(parts).sum::<usize>(),
    }
}

/// Whether so many of this value are not too much to show something.
pub(super) fn is_little(one: &Json, count: u64) -> bool {
    usize::try_from(count).is_ok_and(|count| parts(one).saturating_mul(count) <= MOST_PARTS)
}

struct Maker<'t> {
    types: &'t Types,
    /// What was made of named types, wherever they stand.
    made: FxHashMap<&'t str, Option<Json>>,
    /// How many parts may still be tried.
    left: usize,
    /// The outermost of the types around that the value at hand would have held once more; with it, it depends on its place.
    cut: usize,
}

impl<'t> Maker<'t> {
    fn new(types: &'t Types) -> Self {
        Self { types, made: FxHashMap::default(), left: MOST_PARTS, cut: usize::MAX }
    }

    fn spend(&mut self, parts: usize) -> Option<()> {
        let left = self.left.checked_sub(parts);
        self.left = left.unwrap_or_default();
        left.map(|_| ())
    }

    fn record(&mut self, fields: &'t [Member], within: &[&'t str]) -> Option<Map<String, Json>> {
        let fields = fields.iter().filter(|field| !field.optional);
        fields.map(|field| Some((field.name.clone(), self.shape(&field.shape, within)?))).collect()
    }

    fn shape(&mut self, shape: &'t Shape, within: &[&'t str]) -> Option<Json> {
        self.spend(1)?;
        match shape {
            Shape::Scalar { .. } => {
                let own = edges(shape, shape).into_iter().find(|json| value(self.types, shape, json).is_ok());
                own.filter(|own| self.spend(parts(own)).is_some())
            }
            Shape::Named(name) => self.named(name, within),
            Shape::List { of, length } => {
                let least = length.min.unwrap_or_default();
                let one = if length.max == Some(0) { None } else { self.shape(of, within) };
                match one {
                    Some(one) => self.several(&one, least).map(Json::from),
                    None => (least == 0).then(|| json!([])),
                }
            }
            Shape::Map { keys, of, length } => {
                let least = length.min.unwrap_or_default();
                let count = if length.max == Some(0) { 0 } else { least.max(1) };
                let one = self.shape(of, within);
                match one.and_then(|one| entries(&[(self.types, keys)], &one, count)).map(Json::Object) {
                    Some(entries) => self.spend(parts(&entries)).map(|()| entries),
                    None => (least == 0).then(|| json!({})),
                }
            }
        }
    }

    fn several(&mut self, one: &Json, least: u64) -> Option<Vec<Json>> {
        let all = many(one, least.max(1))?;
        self.spend(all.len().saturating_mul(parts(one)))?;
        Some(all)
    }

    fn named(&mut self, name: &'t str, within: &[&'t str]) -> Option<Json> {
        if let Some(made) = self.made.get(name).cloned() {
            return made.filter(|made| self.spend(parts(made)).is_some());
        }
        // What is made already would be made within itself without an end.
        let around = within.iter().position(|other| *other == name);
        if let Some(around) = around.or((within.len() == DEPTH).then_some(0)) {
            self.cut = self.cut.min(around);
            return None;
        }
        let outer = std::mem::replace(&mut self.cut, usize::MAX);
        let json = self.meant(name, &[within, &[name]].concat());
        if self.cut >= within.len() {
            self.made.insert(name, json.clone());
            self.cut = outer;
        } else {
            self.cut = self.cut.min(outer);
        }
        json
    }

    fn meant(&mut self, name: &str, within: &[&'t str]) -> Option<Json> {
        match self.types.get(name)? {
            NamedType::Alias(inner) => self.shape(inner, within),
            NamedType::Record(fields) => self.record(fields, within).map(Json::Object),
            NamedType::Enum { values, .. } => values.first().map(|value| value.name.clone().into()),
            NamedType::Union { variants, .. } => {
                variants.iter().find_map(|variant| self.variant(variant, within))
            }
        }
    }

    fn variant(&mut self, variant: &'t Variant, within: &[&'t str]) -> Option<Json> {
        let carried = match &variant.shape {
            Some(shape) => self.shape(shape, within)?,
            None => json!({}),
        };
        Some(entry(&variant.name, carried))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::snapshot::Length;

    fn named(name: String) -> Shape {
        Shape::Named(name)
    }

    fn member(name: String, shape: Shape) -> Member {
        Member { name, was: Vec::new(), shape, optional: false, default: None, deprecated: false }
    }

    /// Records that each hold the next one so many times.
    fn records(count: usize, times: usize, last: Shape) -> Types {
        let fields = |at: usize| {
            (0..times).map(|field| member(format!("f{field}"), named(format!("R{}", at + 1)))).collect()
        };
        let records = (0..count).map(|at| (format!("R{at}"), NamedType::Record(fields(at))));
        records.chain([(format!("R{count}"), NamedType::Alias(last))]).collect()
    }

    #[test]
    fn nothing_vast_is_made() {
        let text = Shape::Scalar { of: crate::model::Scalar::String, min: None, max: None, pattern: None };
        assert!(plain(&records(3, 10, text.clone()), &named("R0".to_owned())).is_some());
        assert_eq!(plain(&records(10, 10, text.clone()), &named("R0".to_owned())), None);
        let back = Shape::List { of: Box::new(named("R0".to_owned())), length: Length::default() };
        assert_eq!(plain(&records(10, 10, back), &named("R0".to_owned())), None);
        let long = |of| Shape::List { of: Box::new(of), length: Length { min: Some(4000), max: None } };
        assert!(plain(&Types::new(), &long(text.clone())).is_some());
        assert_eq!(plain(&Types::new(), &long(long(text))), None);
    }

    /// What could not be made in full within another type is not remembered so.
    #[test]
    fn what_holds_itself_ends() {
        let list =
            |name: &str| Shape::List { of: Box::new(named(name.to_owned())), length: Length::default() };
        let record = |name: &str, other: &str| {
            (name.to_owned(), NamedType::Record(vec![member("all".to_owned(), list(other))]))
        };
        let types: Types = [record("A", "B"), record("B", "A")].into();
        let fields = ["A", "B"].map(|name| member(name.to_owned(), named(name.to_owned())));
        let made = json!({ "A": { "all": [{ "all": [] }] }, "B": { "all": [{ "all": [{ "all": [] }] }] } });
        assert_eq!(plain_record(&types, &fields).map(Json::Object), Some(made));
    }
}
