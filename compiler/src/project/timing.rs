//! Whether a participant knows of the deadlines that concern it: which begin with what it does or hears, and which have
//! passed.
//!
//! A machine has one row for all transitions that are one action to its participant. A row starts certain deadlines and
//! tells of a certain one that has passed, so these transitions must agree on that.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::automaton::{Enters, Transition};
use super::coherence::{Breach, actions};
use super::sight::Sight;
use super::view::{Action, View, Views};
use crate::model::{ScopeId, StateId, StepId};

/// Something that a participant does or hears in two runs that look alike to it, without knowing what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where it does so in the first run, and the step.
    pub one: (StateId, StepId),
    /// The same in the second run; both steps are one to it.
    pub other: (StateId, StepId),
    /// What it may mean.
    pub meaning: Meaning,
}

/// What an event says of deadlines, in each of two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// These of the participant's own deadlines begin with it; in the second run none may.
    Begins(Vec<ScopeId>, Vec<ScopeId>),
    /// This deadline has passed; in the second run none may have.
    Passed(ScopeId, Option<ScopeId>),
}

/// What the participant cannot know of deadlines.
pub(super) fn unknown(sight: &Sight<'_>, views: &Views) -> Vec<Breach> {
    let mut found: Vec<Unknown> = Vec::new();
    for unknown in views.views.iter().flat_map(|view| in_view(sight, view)) {
        // The same two steps may meet in several views.
        if !found.iter().any(|known| (known.one.1, known.other.1) == (unknown.one.1, unknown.other.1)) {
            found.push(unknown);
        }
    }
    // Whoever does not know which deadline has begun does not know which has passed either: one cause, one finding.
    let begun: Vec<ScopeId> = found.iter().flat_map(|unknown| unknown.meaning.begun()).collect();
    found.retain(|unknown| !unknown.meaning.passed().any(|scope| begun.contains(&scope)));
    let participant = sight.participant;
    found.into_iter().map(|unknown| Breach::Deadline { participant, unknown }).collect()
}

impl Meaning {
    fn begun(&self) -> Vec<ScopeId> {
        match self {
            Self::Begins(one, other) => one.iter().chain(other).copied().collect(),
            Self::Passed(..) => Vec::new(),
        }
    }

    fn passed(&self) -> impl Iterator<Item = ScopeId> {
        let (one, other) = match self {
            Self::Begins(..) => (None, None),
            Self::Passed(one, other) => (Some(*one), *other),
        };
        one.into_iter().chain(other)
    }
}

/// The first two transitions of each action in a view that differ.
fn in_view(sight: &Sight<'_>, view: &View) -> Vec<Unknown> {
    let of_deadlines = |t: &Transition| t.leaves.is_some() || t.enters != Enters::default();
    if !actions(sight, view).any(|(_, t)| of_deadlines(t)) {
        return Vec::new();
    }
    let mut firsts: BTreeMap<Action, (StateId, &Transition)> = BTreeMap::new();
    let mut found: BTreeMap<Action, Unknown> = BTreeMap::new();
    for at in actions(sight, view) {
        let Some(action) = Action::of(sight.automaton, at.1, sight.participant) else { continue };
        match firsts.entry(action) {
            Entry::Vacant(first) => _ = first.insert(at),
            Entry::Occupied(first) => {
                if let Some(unknown) = differ(sight, *first.get(), at) {
                    found.entry(first.key().clone()).or_insert(unknown);
                }
            }
        }
    }
    found.into_values().collect()
}

type At<'a> = (StateId, &'a Transition);

/// What two transitions that are one to the participant differ in. In the first run of those that are told, there is a
/// deadline.
fn differ(sight: &Sight<'_>, first: At<'_>, second: At<'_>) -> Option<Unknown> {
    let unknown = |one: At<'_>, other: At<'_>, meaning| Unknown {
        one: (one.0, one.1.step),
        other: (other.0, other.1.step),
        meaning,
    };
    let begin = |at: At<'_>| at.1.enters.kept_by(sight.automaton, sight.participant);
    let (one, other) = (begin(first), begin(second));
    if one != other {
        let (one, other): (Vec<_>, Vec<_>) = (one.all().collect(), other.all().collect());
        return Some(if one.is_empty() {
            unknown(second, first, Meaning::Begins(other, one))
        } else {
            unknown(first, second, Meaning::Begins(one, other))
        });
    }
    let (one, other) = (first.1.leaves, second.1.leaves);
    if one == other || !one.into_iter().chain(other).any(|scope| concerns(sight, scope)) {
        return None;
    }
    match (one, other) {
        (Some(scope), other) => Some(unknown(first, second, Meaning::Passed(scope, other))),
        (None, other) => other.map(|scope| unknown(second, first, Meaning::Passed(scope, None))),
    }
}

/// Whether the participant keeps a deadline or has a part in its body. To anybody else, its passing is an event like
/// another: there is no body to leave, and nothing that would be late.
fn concerns(sight: &Sight<'_>, scope: ScopeId) -> bool {
    let (automaton, participant) = (sight.automaton, sight.participant);
    let in_body = |t: &&Transition| automaton.places.get(automaton.places.of(t.step)).scopes.contains(&scope);
    let takes_part = || {
        automaton.states.values().any(|state| {
            // Whoever takes back in the body what it did before has a part in it as well.
            let open = state.expiries.iter().any(|t| t.leaves == Some(scope));
            let inside = state.transitions.iter().filter(|t| open || in_body(t));
            inside.chain(state.expiries.iter().filter(in_body)).any(|t| t.involves(participant))
        })
    };
    automaton.keepers[scope] == participant || takes_part()
}
