//! The smallest addition that mends a breach, found by trying: another subscriber of one or two steps.

use super::automaton::{self, Automaton};
use super::coherence::{self, Breach};
use super::sight::Sight;
use super::view;
use crate::model::{Choreography, Model, Ref, ServiceId, StepId};

/// With more candidates than this, pairs of them are not tried.
const MAX_FOR_PAIRS: usize = 12;
/// More candidates than this are not tried.
const MAX_CANDIDATES: usize = 40;
/// In a larger automaton nothing is tried.
const MAX_STATES: usize = 1_000;

/// A service to be added to the subscribers of some steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mend {
    /// Who should hear.
    pub(super) subscriber: ServiceId,
    /// What.
    pub(super) steps: Vec<StepId>,
}

/// Tries to let `subscribers` hear some of `steps`, and returns the best addition after which fewer
/// conditions are broken and this one is not: fewest findings left, then fewest steps, then first in the text.
pub(super) fn mend(
    model: &Model,
    choreography: &Choreography,
    automaton: &Automaton,
    breach: &Breach,
    subscribers: &[ServiceId],
    steps: impl Iterator<Item = StepId>,
) -> Option<Mend> {
    if automaton.states.len() > MAX_STATES {
        return None;
    }
    let before = count(automaton)?;
    let steps: Vec<StepId> = unique(steps);
    subscribers
        .iter()
        .flat_map(|subscriber| {
            candidates(choreography, *subscriber, &steps)
                .into_iter()
                .map(|steps| Mend { subscriber: *subscriber, steps })
        })
        .filter_map(|mend| {
            let mended = automaton::build(model, &mend.applied(choreography)).ok()?;
            let after = count(&mended)?;
            let gone = !still(&mended, breach)?;
            // What the added subscriber might newly be left waiting for must not outweigh the gain.
            (gone && after < before).then_some(((after, mend.steps.len()), mend))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, mend)| mend)
}

impl Mend {
    /// The choreography with this addition.
    fn applied(&self, choreography: &Choreography) -> Choreography {
        let mut mended = choreography.clone();
        for step in &self.steps {
            let step = &mut mended.steps[*step];
            let involved = step.emitter.id == self.subscriber
                || step.subscribers.iter().any(|other| other.id == self.subscriber);
            if !involved {
                step.subscribers.push(Ref { id: self.subscriber, span: step.span });
            }
        }
        mended
    }
}

/// Whether the participant still has a breach of this kind.
fn still(automaton: &Automaton, breach: &Breach) -> Option<bool> {
    let breaches = breaches(automaton, breach.participant())?;
    Some(breaches.iter().any(|other| std::mem::discriminant(other) == std::mem::discriminant(breach)))
}

/// How many conditions are broken: errors, then warnings.
fn count(automaton: &Automaton) -> Option<(usize, usize)> {
    let mut count = (0, 0);
    for participant in automaton.participants() {
        let breaches = breaches(automaton, participant)?;
        let errors = breaches.iter().filter(|breach| breach.is_error()).count();
        count = (count.0 + errors, count.1 + breaches.len() - errors);
    }
    Some(count)
}

fn breaches(automaton: &Automaton, participant: ServiceId) -> Option<Vec<Breach>> {
    let sight = Sight::new(automaton, participant);
    let views = view::views(&sight).ok()?;
    coherence::breaches(&sight, &views).ok()
}

/// One step; one step with all others that are the same to its emitter; two of these together.
fn candidates(choreography: &Choreography, subscriber: ServiceId, steps: &[StepId]) -> Vec<Vec<StepId>> {
    let involved = |id: &StepId| {
        let step = &choreography.steps[*id];
        step.emitter.id == subscriber || step.subscribers.iter().any(|other| other.id == subscriber)
    };
    let open: Vec<StepId> =
        steps.iter().copied().filter(|step| !involved(step)).take(MAX_CANDIDATES).collect();
    let mut singles: Vec<Vec<StepId>> = open.iter().map(|step| vec![*step]).collect();
    for step in &open {
        let (emitter, event) = (choreography.steps[*step].emitter.id, choreography.steps[*step].event.id);
        let same: Vec<StepId> = choreography
            .steps
            .iter()
            .filter(|(id, other)| other.emitter.id == emitter && other.event.id == event && !involved(id))
            .map(|(id, _)| id)
            .collect();
        if !singles.contains(&same) {
            singles.push(same);
        }
    }
    if singles.len() > MAX_FOR_PAIRS {
        return singles;
    }
    let pairs = singles.iter().enumerate().flat_map(|(index, one)| {
        singles.iter().skip(index + 1).map(move |other| unique(one.iter().chain(other).copied()))
    });
    let pairs: Vec<Vec<StepId>> = pairs.collect();
    singles.into_iter().chain(pairs).collect()
}

fn unique(steps: impl Iterator<Item = StepId>) -> Vec<StepId> {
    let mut steps: Vec<StepId> = steps.collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}
