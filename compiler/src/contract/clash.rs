//! A difference that a reader stumbles over, and those of a field by itself.

use serde_json::{Map, Value as Json};

use super::change::Verdict;
use super::plain::plain;
use super::read::Types;
use super::snapshot::Member;

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

/// A field that the writer does not have.
pub(super) fn absent(
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
pub(super) fn presence(source: &Member, field: &Member, base: Option<&Map<String, Json>>) -> Option<Clash> {
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
pub(super) fn twice(
    sources: &[&Member],
    field: &Member,
    base: Option<&Map<String, Json>>,
    types: &Types,
) -> Clash {
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
pub(super) fn within_field(
    clash: Clash,
    source: &Member,
    field: &Member,
    base: Option<&Map<String, Json>>,
) -> Clash {
    let put = |witness| {
        let mut map = base?.clone();
        map.insert(source.name.clone(), witness);
        Some(Json::Object(map))
    };
    Clash { path: joined(&field.name, &clash.path), witness: clash.witness.and_then(put), ..clash }
}

/// A path behind another.
pub(super) fn joined(start: &str, rest: &str) -> String {
    match rest.chars().next() {
        None => start.to_owned(),
        Some('[' | '{') => format!("{start}{rest}"),
        Some(_) => format!("{start}.{rest}"),
    }
}

/// The field of the payload with which a path starts.
pub(super) fn first_field(path: &str) -> &str {
    path.split(['.', '[', '{']).next().unwrap_or_default()
}
