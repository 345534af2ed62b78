//! Which states of a deterministic machine have the same future.

use std::collections::BTreeSet;

/// One state, with everything but states as numbers.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Whether the flow may end here.
    pub(super) ends: bool,
    /// Where each action leads, sorted by action.
    pub(super) moves: Vec<(usize, usize)>,
}

/// The class of each state: states of one class have the same future. The classes are numbered from 0, in no
/// particular order.
///
/// Partition refinement after Moore, in which only those states are looked at again whose moves lead to another
/// class than before, and the largest part of a class that falls apart keeps the number. So a state gets a new
/// number only with a class half as large as before: n log n, where looking at all states each round takes n² for
/// a long row of alike steps.
#[allow(
    clippy::indexing_slicing,
    reason = "every number is an index of `states`, or of `members`, which grows"
)]
pub(super) fn classes(states: &[State]) -> Vec<usize> {
    let before = before(states);
    let mut classes = vec![0; states.len()];
    let mut members: Vec<BTreeSet<usize>> = vec![(0..states.len()).collect()];
    let mut changed: Vec<usize> = (0..states.len()).collect();
    while !changed.is_empty() {
        let mut signed: Vec<_> =
            changed.iter().map(|at| (classes[*at], signature(&states[*at], &classes), *at)).collect();
        signed.sort_unstable();
        changed.clear();
        for of_class in signed.chunk_by(|a, b| a.0 == b.0) {
            let whole = of_class[0].0;
            for (_, _, at) in of_class {
                members[whole].remove(at);
            }
            // Whoever was not looked at leads where it led before: different from all that were.
            let rest = std::mem::take(&mut members[whole]);
            let parts = of_class.chunk_by(|a, b| a.1 == b.1);
            let mut parts: Vec<BTreeSet<usize>> =
                parts.map(|part| part.iter().map(|(_, _, at)| *at).collect()).chain([rest]).collect();
            parts.sort_by_key(BTreeSet::len);
            members[whole] = parts.pop().unwrap_or_default();
            for part in parts.into_iter().filter(|part| !part.is_empty()) {
                for at in &part {
                    classes[*at] = members.len();
                    changed.extend(&before[*at]);
                }
                members.push(part);
            }
        }
        changed.sort_unstable();
        changed.dedup();
    }
    classes
}

/// The states from which a move leads to each state.
#[allow(clippy::indexing_slicing, reason = "targets are indices of `states`")]
fn before(states: &[State]) -> Vec<Vec<usize>> {
    let mut before = vec![Vec::new(); states.len()];
    for (at, state) in states.iter().enumerate() {
        for (_, target) in &state.moves {
            before[*target].push(at);
        }
    }
    before
}

/// What tells a state from others, as far as the classes are known.
#[allow(clippy::indexing_slicing, reason = "targets are indices of `states`")]
fn signature(state: &State, classes: &[usize]) -> (bool, Vec<(usize, usize)>) {
    (state.ends, state.moves.iter().map(|(action, target)| (*action, classes[*target])).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Moore's refinement as it is written in books: all states, again and again, until no class falls apart.
    fn by_the_book(states: &[State]) -> Vec<usize> {
        let mut classes = vec![0; states.len()];
        loop {
            let mut numbers = BTreeMap::new();
            let refined: Vec<usize> = states
                .iter()
                .map(|state| {
                    let next = numbers.len();
                    *numbers.entry(signature(state, &classes)).or_insert(next)
                })
                .collect();
            if refined == classes {
                return classes;
            }
            classes = refined;
        }
    }

    /// The same classes, numbered as they first occur.
    fn renumbered(classes: &[usize]) -> Vec<usize> {
        let mut numbers = BTreeMap::new();
        classes
            .iter()
            .map(|class| {
                let next = numbers.len();
                *numbers.entry(*class).or_insert(next)
            })
            .collect()
    }

    /// Up to twelve states with up to three actions, in any shape.
    fn machines() -> impl Strategy<Value = Vec<State>> {
        (1..12usize).prop_flat_map(|count| {
            let moves = proptest::collection::btree_map(0..3usize, 0..count, 0..3);
            let state = (any::<bool>(), moves)
                .prop_map(|(ends, moves)| State { ends, moves: moves.into_iter().collect() });
            proptest::collection::vec(state, count)
        })
    }

    proptest! {
        #[test]
        fn the_classes_are_those_of_the_book(states in machines()) {
            prop_assert_eq!(renumbered(&classes(&states)), renumbered(&by_the_book(&states)));
        }
    }
}
