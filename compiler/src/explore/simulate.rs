//! Runs of the whole, with nobody's code: one by chance, or all of them.

use std::collections::BTreeMap;

use super::Whole;
use crate::model::{Choreography, EventId, ScopeId, ServiceId, StepId, Undo};
use crate::project::automaton::{Automaton, Transition};

/// Whether deadlines pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deadlines {
    /// They may.
    #[default]
    May,
    /// They do not, but where nothing else can happen.
    Never,
    /// They do, as soon as they run.
    Always,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// What happens, in order.
    pub events: Vec<Event>,
    /// Whether it came to an end; otherwise a step would have happened too often.
    pub ended: bool,
}

/// One event of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who publishes it.
    pub emitter: ServiceId,
    /// What.
    pub event: EventId,
    /// Who hears it.
    pub to: Vec<ServiceId>,
    /// The step in the text.
    pub step: StepId,
    /// Why it is published.
    pub why: Why,
}

/// Why an event is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is what comes next.
    Next,
    /// A deadline has passed.
    Passed(ScopeId),
    /// It takes back what was published before.
    TakesBack,
    /// Another choreography publishes it.
    Foreign,
}

/// The whole, as it is run.
#[derive(Clone, Copy)]
struct Runner<'a> {
    choreography: &'a Choreography,
    automaton: &'a Automaton,
    deadlines: Deadlines,
    /// How often one step may happen in one run.
    repeats: usize,
}

/// A run so far.
#[derive(Clone)]
struct Progress {
    whole: Whole,
    events: Vec<Event>,
    /// What may be taken back, in order.
    live: Vec<StepId>,
    counts: BTreeMap<StepId, usize>,
}

/// One run; the same seed gives the same.
pub fn by_seed(
    choreography: &Choreography,
    automaton: &Automaton,
    deadlines: Deadlines,
    repeats: usize,
    seed: u64,
) -> Option<Simulation> {
    let runner = Runner { choreography, automaton, deadlines, repeats };
    let mut dice = Dice(seed);
    let mut progress = runner.start()?;
    loop {
        let mut groups = progress.whole.next(automaton);
        if groups.is_empty() {
            return Some(Simulation { events: progress.events, ended: true });
        }
        let group = groups.swap_remove(dice.below(groups.len()));
        let mut next = runner.allowed(&progress, group);
        if next.is_empty() {
            return Some(Simulation { events: progress.events, ended: false });
        }
        let (transition, whole) = next.swap_remove(dice.below(next.len()));
        progress = runner.after(progress, transition, whole);
    }
}

/// How many events happen or are copied at most, for all runs together: each decision copies what has led to it.
const MOST_WORK: usize = 2_000_000;

/// All runs, up to so many, with the parts of a `par` one after the other; and whether there are more, because of that or
/// because a step would happen more often than `repeats` times.
pub fn all(
    choreography: &Choreography,
    automaton: &Automaton,
    deadlines: Deadlines,
    repeats: usize,
    runs: usize,
) -> (Vec<Simulation>, bool) {
    let runner = Runner { choreography, automaton, deadlines, repeats };
    let (mut found, mut more) = (Vec::new(), false);
    let (mut work, mut dead_ends) = (0_usize, 0_usize);
    let mut pending: Vec<Progress> = runner.start().into_iter().collect();
    while let Some(progress) = pending.pop() {
        // Runs that come to no end count as well: there may be nothing but those.
        if found.len() + dead_ends >= runs || work > MOST_WORK {
            return (found, true);
        }
        let Some(group) = progress.whole.next(automaton).into_iter().next() else {
            found.push(Simulation { events: progress.events, ended: true });
            continue;
        };
        let wanted = group.len();
        let next = runner.allowed(&progress, group);
        more |= deadlines == Deadlines::May && next.len() < wanted;
        more |= next.is_empty();
        dead_ends += usize::from(next.is_empty());
        let mut next = next.into_iter();
        let first = next.next();
        work += 1 + next.len() * (progress.events.len() + progress.counts.len());
        // The first in the text is the first that is told.
        pending.extend(next.rev().map(|(t, whole)| runner.after(progress.clone(), t, whole)));
        pending.extend(first.map(|(t, whole)| runner.after(progress, t, whole)));
    }
    (found, more)
}

impl<'a> Runner<'a> {
    fn start(self) -> Option<Progress> {
        let whole = Whole::start(self.automaton)?;
        Some(Progress { whole, events: Vec::new(), live: Vec::new(), counts: BTreeMap::new() })
    }

    /// What is wanted of what may happen.
    fn allowed(
        self,
        progress: &Progress,
        group: Vec<(&'a Transition, Whole)>,
    ) -> Vec<(&'a Transition, Whole)> {
        let count = |t: &Transition| progress.counts.get(&t.step).copied().unwrap_or_default();
        let passes = |t: &Transition| t.leaves.is_some();
        let some_pass = group.iter().any(|(t, _)| passes(t));
        let some_stay = group.iter().any(|(t, _)| !passes(t));
        let unwanted = |t: &Transition| match self.deadlines {
            Deadlines::May => false,
            Deadlines::Never => some_stay && passes(t),
            Deadlines::Always => some_pass && !passes(t),
        };
        let wanted = group.into_iter().filter(|(t, _)| !unwanted(t));
        wanted.filter(|(t, _)| t.is_rollback() || count(t) < self.repeats).collect()
    }

    fn after(self, mut progress: Progress, transition: &Transition, whole: Whole) -> Progress {
        progress.whole = whole;
        if transition.is_rollback() {
            self.take_back(&mut progress, transition);
            return progress;
        }
        let Transition { emitter, event, step, .. } = *transition;
        *progress.counts.entry(step).or_default() += 1;
        if self.undo(step).is_some() {
            progress.live.push(step);
        }
        let why = match transition.leaves {
            Some(scope) => Why::Passed(scope),
            None if transition.foreign => Why::Foreign,
            None => Why::Next,
        };
        progress.events.push(Event { emitter, event, to: transition.subscribers.clone(), step, why });
        progress
    }

    fn undo(self, step: StepId) -> Option<StepId> {
        match self.choreography.steps[step].undo {
            Some(Undo::By(undo)) => Some(undo),
            _ => None,
        }
    }

    /// Later steps first.
    fn take_back(self, progress: &mut Progress, rollback: &Transition) {
        let (back, live) = progress.live.drain(..).partition(|step| rollback.undoes.contains(step));
        progress.live = live;
        let back: Vec<StepId> = back;
        for undo in back.into_iter().rev().filter_map(|step| self.undo(step)) {
            let step = &self.choreography.steps[undo];
            let to = step.subscribers.iter().map(|subscriber| subscriber.id).collect();
            let (emitter, event) = (step.emitter.id, step.event.id);
            progress.events.push(Event { emitter, event, to, step: undo, why: Why::TakesBack });
        }
    }
}

/// Numbers by chance: splitmix64, enough to choose with.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // What is left of the division is below `end`, which is a `usize`.
        usize::try_from(mixed % end.max(1) as u64).unwrap_or_default()
    }
}
