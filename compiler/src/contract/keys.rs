//! Maps at the edges of their types: keys, and numbers of entries.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::plain::is_little;
use super::read::{Types, value};
use super::sample::{LONGEST, counts, edges, resolve};
use super::snapshot::{Length, NamedType, Shape};

/// Where a type refuses so many keys of one kind in a row, it takes none of them.
const REFUSED: usize = 256;
/// So many of the keys of a type are tried on another.
const TRIED: usize = 64;

/// The keys of a map, and the types of the side where it stands.
pub(super) type Keyed<'c> = (&'c Types, &'c Shape);

/// So many entries with different keys, all of which all of these take.
pub(super) fn entries(keys: &[Keyed<'_>], one: &Json, count: u64) -> Option<Map<String, Json>> {
    let most = usize::try_from(count).ok().filter(|_| count <= LONGEST && is_little(one, count))?;
    let entries: Map<_, _> = found(keys, most).into_iter().map(|key| (key, one.clone())).collect();
    (entries.len() == most).then_some(entries)
}

/// Maps of the writer's that the reader's bounds may refuse; `None`: there is nothing that they could hold.
pub(super) fn map_edges(keys: &[Keyed<'_>], one: Option<&Json>, lengths: [&Length; 2]) -> Vec<Json> {
    let Some(one) = one else { return vec![json!({})] };
    counts(lengths).into_iter().filter_map(|count| entries(keys, one, count)).map(Json::Object).collect()
}

/// Keys of the writer's that the reader refuses.
pub(super) fn refused_keys([writer, reader]: [Keyed<'_>; 2]) -> Vec<String> {
    let own = texts(writer).into_iter().flatten().take(TRIED);
    let edges = resolve(writer.0, writer.1).map(|writer| edges(writer, reader.1)).unwrap_or_default();
    let edges = edges.into_iter().filter_map(|json| json.as_str().map(str::to_owned));
    own.chain(edges).filter(|key| takes(writer, key) && !takes(reader, key)).collect()
}

fn takes((types, keys): Keyed<'_>, key: &str) -> bool {
    value(types, keys, &json!(key)).is_ok()
}

/// So many different keys that all of these take, or as many as are found; plain ones first.
fn found(keys: &[Keyed<'_>], most: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for texts in keys.iter().flat_map(|keys| texts(*keys)) {
        let mut refused = 0;
        for text in texts {
            if found.len() == most || refused == REFUSED {
                break;
            }
            if keys.iter().all(|keys| takes(*keys, &text)) {
                found.insert(text);
                refused = 0;
            } else {
                refused += 1;
            }
        }
    }
    found
}

/// Texts that may be keys of this type: its own, and two kinds of which there are many.
fn texts((types, keys): Keyed<'_>) -> [Vec<String>; 3] {
    let own = match resolve(types, keys) {
        Some(Shape::Named(name)) => match types.get(name) {
            Some(NamedType::Enum { values, .. }) => values.iter().map(|value| value.name.clone()).collect(),
            _ => Vec::new(),
        },
        Some(keys) => edges(keys, keys).iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let numbered = (0..LONGEST).map(|number| format!("key{number}")).collect();
    let uuids = (0..LONGEST).map(|number| format!("67e55044-10b1-426f-9247-{number:012x}")).collect();
    [own, numbered, uuids]
}
