//! What became of pairs of named types.
//!
//! Where types hold each other in a circle, a pair that is being compared adds nothing once more. So what was found of a
//! pair within such a circle lacks something: it is told already by what is around it, but not to whoever holds that pair
//! elsewhere. It is forgotten when the outermost pair is done.

use rustc_hash::FxHashMap;

use super::clash::Clash;

/// The named types of the writer and of the reader.
pub(super) type Pair<'c> = (&'c str, &'c str);

/// The pairs that have been compared, or are being.
#[derive(Default)]
pub(super) struct Pairs<'c> {
    known: FxHashMap<Pair<'c>, Known>,
    /// What was found of a pair that nothing was around.
    outermost: FxHashMap<Pair<'c>, Vec<Clash>>,
    /// Those of which something may be lacking.
    passing: Vec<Pair<'c>>,
    /// Those that are being compared, each within the one before it.
    open: Vec<Open<'c>>,
}

struct Known {
    clashes: Vec<Clash>,
    is_whole: bool,
}

struct Open<'c> {
    pair: Pair<'c>,
    is_whole: bool,
}

impl<'c> Pairs<'c> {
    /// How many pairs are being compared, each within the one before it.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What is known of a pair: nothing that clashes while it is being compared.
    pub(super) fn get(&mut self, pair: Pair<'c>) -> Option<Vec<Clash>> {
        if self.open.is_empty()
            && let Some(clashes) = self.outermost.get(&pair)
        {
            return Some(clashes.clone());
        }
        let known = self.known.get(&pair)?;
        let (clashes, is_whole) = (known.clashes.clone(), known.is_whole);
        // A type that holds itself, and no other that holds it, is whole all the same.
        if !is_whole && self.open.last().is_some_and(|open| open.pair != pair) {
            self.something_lacks();
        }
        Some(clashes)
    }

    /// The pair that is being compared has not been looked at in full.
    pub(super) fn something_lacks(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.is_whole = false;
        }
    }

    pub(super) fn enter(&mut self, pair: Pair<'c>) {
        self.open.push(Open { pair, is_whole: true });
        self.known.insert(pair, Known { clashes: Vec::new(), is_whole: false });
    }

    pub(super) fn leave(&mut self, clashes: Vec<Clash>) {
        let Some(Open { pair, is_whole }) = self.open.pop() else { return };
        if !is_whole {
            self.something_lacks();
            self.passing.push(pair);
        }
        if self.open.is_empty() {
            self.outermost.insert(pair, clashes.clone());
        }
        self.known.insert(pair, Known { clashes, is_whole });
        if self.open.is_empty() {
            for pair in self.passing.drain(..) {
                self.known.remove(&pair);
            }
        }
    }
}
