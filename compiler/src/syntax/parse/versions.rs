//! Versions of the same files: a text that another version has as well is parsed once.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Parsed, parse_at};
use crate::parallel;
use crate::source::{SourceFile, Sources};

/// What came of each file of each version, in the order of the files.
///
/// A text of the first version is not parsed again for the others. So the places in the trees of the others are not those of
/// their files: they are the places of the first version and, for what that has not, places behind it. In one version, no two
/// files have places in common.
pub fn parse_versions<'s>(versions: &[&'s Sources]) -> Vec<Vec<Arc<Parsed<'s>>>> {
    let mut jobs: Vec<(&'s SourceFile, u32)> = Vec::new();
    let mut versions_of_jobs = Vec::new();
    let mut first_end = 0;
    for (at, sources) in versions.iter().enumerate() {
        if at == 0 {
            first_end = end(sources);
            jobs.extend(sources.files().iter().map(|file| (file, file.base())));
            versions_of_jobs.push((0..jobs.len()).collect());
            continue;
        }
        let firsts = jobs.get(..versions.first().map_or(0, |first| first.files().len()));
        let mut known: FxHashMap<&str, usize> =
            firsts.unwrap_or_default().iter().map(|(file, _)| file.text()).zip(0..).collect();
        // Where all of it would not fit behind the first version, nothing is shared.
        let shift = first_end.checked_add(end(sources)).map(|_| first_end);
        let job = |file: &'s SourceFile| {
            // A text that a version has twice is parsed twice, so that each has places of its own.
            let shared = shift.and_then(|_| known.remove(file.text()));
            shared.unwrap_or_else(|| {
                jobs.push((file, file.base() + shift.unwrap_or_default()));
                jobs.len() - 1
            })
        };
        versions_of_jobs.push(sources.files().iter().map(job).collect::<Vec<usize>>());
    }
    let parsed = parallel::map(&jobs, |(file, base)| parse_at(file, *base));
    let parsed: Vec<Arc<Parsed<'s>>> = parsed.into_iter().map(Arc::new).collect();
    let of_version = |jobs: &Vec<usize>| jobs.iter().filter_map(|job| parsed.get(*job).cloned()).collect();
    versions_of_jobs.iter().map(of_version).collect()
}

/// The first place behind all files.
fn end(sources: &Sources) -> u32 {
    sources.files().last().map_or(0, |file| file.span().end + 1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::parse_versions;
    use crate::source::Sources;

    fn sources(texts: &[&str]) -> Sources {
        let mut sources = Sources::new();
        for (at, text) in texts.iter().enumerate() {
            sources.add(&format!("{at}.chor"), *text).unwrap();
        }
        sources
    }

    #[test]
    fn a_text_that_the_first_version_has_is_parsed_once_wherever_it_stands() {
        let [new, old] = [sources(&["service A", "service B"]), sources(&["service C", "service A"])];
        let parsed = parse_versions(&[&new, &old]);
        assert!(Arc::ptr_eq(&parsed[0][0], &parsed[1][1]));
        assert_eq!(parsed[1][0].tree.items[0].name.text, "C");
    }

    #[test]
    fn files_of_one_version_have_no_places_in_common() {
        let [new, old] = [sources(&["service A"]), sources(&["service A", "service A", "service B"])];
        let parsed = parse_versions(&[&new, &old]);
        let mut places: Vec<u32> =
            parsed[1].iter().map(|parsed| parsed.tree.items[0].name.span.start).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 3);
    }
}
