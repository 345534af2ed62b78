//! The compiler's rules held against their meaning, with random choreographies.
//!
//! Nothing here knows of views or coherence. What is accepted must run without a fault, and the machines together must
//! have exactly the runs of the whole. What is refused because somebody cannot know what to do must show it when it is
//! projected all the same: the conditions are exact, wherever language and theory are the same.

mod random;
mod runs;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use super::{Limits, explore};
use crate::model::{Choreography, Model, resolve::resolve};
use crate::project::automaton::{self, Automaton};
use crate::project::coherence::{self, Breach};
use crate::project::machine::{self, LocalMachine};
use crate::project::sight::Sight;
use crate::project::view;
use crate::source::Sources;
use crate::syntax::parse::parse_all;
use random::{Language, Part, program};

/// The first model of a text that resolves.
fn model(text: &str) -> Model {
    let mut sources = Sources::new();
    sources.add("random.chor", text).unwrap();
    let parsed = parse_all(&sources);
    resolve(&parsed.iter().map(|parsed| &parsed.tree).collect::<Vec<_>>()).0
}

/// A choreography taken apart, whatever was found.
struct Anyway {
    breaches: Vec<Breach>,
    automaton: Automaton,
    machines: Vec<LocalMachine>,
}

fn project_anyway(model: &Model) -> Option<(&Choreography, Anyway)> {
    let (id, choreography) = model.choreographies.iter().next()?;
    let automaton = automaton::build(model, choreography).ok()?;
    let (mut breaches, mut machines) = (Vec::new(), Vec::new());
    for participant in automaton.participants() {
        let sight = Sight::new(&automaton, participant);
        let views = view::views(&sight).ok()?;
        breaches.extend(coherence::breaches(&sight, &views).ok()?);
        machines.push(machine::machine(id, choreography, &sight, &views));
    }
    Some((choreography, Anyway { breaches, automaton, machines }))
}

/// The longest runs that are compared.
const EMISSIONS: usize = 8;

/// What is wrong with the machines of a choreography: a fault, or other runs than those of the whole.
fn wrong(model: &Model, choreography: &Choreography, anyway: &Anyway) -> Result<Option<String>, TooLarge> {
    let limits = Limits { worlds: 6_000, ..Limits::default() };
    let explored = explore(choreography, &anyway.machines, limits);
    if let Some(first) = explored.counterexamples.first() {
        let report = first.report(model, choreography);
        let steps: Vec<_> = report.steps.into_iter().map(|step| step.text).collect();
        return Ok(Some(format!("{}:\n  {}", report.message, steps.join("\n  "))));
    }
    if !explored.reached.is_empty() {
        return Err(TooLarge);
    }
    let undoable = super::undoable(choreography);
    let whole = runs::of_whole(&anyway.automaton, &undoable, EMISSIONS);
    let together = runs::of_machines(choreography, &anyway.machines, EMISSIONS);
    if whole.limited || together.limited {
        return Err(TooLarge);
    }
    for (run, overtaken) in &together.complete {
        match whole.complete.get(run) {
            None => return Ok(Some(format!("the machines alone have {run:?}"))),
            Some(may_be) if !overtaken.is_subset(may_be) => {
                return Ok(Some(format!("never taken back: {overtaken:?} after {run:?}")));
            }
            Some(_) => {}
        }
    }
    let missing = whole.complete.keys().find(|run| !together.complete.contains_key(run));
    if let Some(run) = missing {
        return Ok(Some(format!("the machines never have {run:?}")));
    }
    Ok(None)
}

#[derive(Debug)]
struct TooLarge;

/// How many choreographies were accepted, refused, and passed over.
#[derive(Debug, Default)]
struct Count {
    accepted: Cell<usize>,
    refused: Cell<usize>,
    form: Cell<usize>,
    large: Cell<usize>,
}

fn one_more(count: &Cell<usize>) {
    count.set(count.get() + 1);
}

/// Whether somebody cannot know what to do; left waiting is not that.
fn cannot_know(breach: &Breach) -> bool {
    !matches!(breach, Breach::Untold { .. })
}

fn hold(parts: &[Part], exact: bool, count: &Count) -> Result<(), TestCaseError> {
    let program = program(parts);
    let model = model(&program);
    let Some((choreography, anyway)) = project_anyway(&model) else {
        one_more(&count.form);
        return Ok(());
    };
    let refused = anyway.breaches.iter().any(cannot_know);
    let untold = anyway.breaches.iter().any(Breach::is_error);
    if (refused && !exact) || (untold && !refused) {
        one_more(&count.refused);
        return Ok(());
    }
    let Ok(wrong) = wrong(&model, choreography, &anyway) else {
        one_more(&count.large);
        return Ok(());
    };
    if refused {
        one_more(&count.refused);
        prop_assert!(wrong.is_some(), "refused without need: {:?}\n{}", anyway.breaches, program);
    } else {
        one_more(&count.accepted);
        if let Some(wrong) = wrong {
            prop_assert!(false, "accepted wrongly:\n{}\n{}", program, wrong);
        }
    }
    Ok(())
}

/// Random choreographies of this language; `CHOR_CASES` asks for so many times as many.
#[allow(clippy::disallowed_methods, reason = "how long a test runs is the environment's to say")]
fn many(cases: u32, language: Language, exact: bool) -> Count {
    let times = std::env::var("CHOR_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    let config = ProptestConfig {
        cases: cases * times,
        failure_persistence: None,
        max_shrink_iters: 3_000,
        ..ProptestConfig::default()
    };
    let count = Count::default();
    if let Err(error) = TestRunner::new(config).run(&language.parts(), |parts| hold(&parts, exact, &count)) {
        panic!("{error}");
    }
    let told = count.accepted.get() + count.refused.get();
    assert!(told > cases as usize / 2, "most were passed over: {count:?}");
    count
}

const PLAIN: Language = Language { services: 4, regions: false, loops: false, deadlines: false, undo: false };

#[test]
fn the_conditions_are_exact() {
    let count = many(2_000, PLAIN, true);
    assert!(count.accepted.get() > 200 && count.refused.get() > 200);
}

#[test]
fn loops() {
    let count = many(1_000, Language { services: 3, loops: true, ..PLAIN }, false);
    assert!(count.accepted.get() > 300 && count.refused.get() > 10, "{count:?}");
}

#[test]
fn regions() {
    let count = many(1_000, Language { services: 3, regions: true, ..PLAIN }, false);
    assert!(count.accepted.get() > 300 && count.refused.get() > 10, "{count:?}");
}

#[test]
fn undo() {
    let count = many(1_000, Language { services: 3, undo: true, ..PLAIN }, false);
    assert!(count.accepted.get() > 300 && count.refused.get() > 10, "{count:?}");
}

#[test]
fn deadlines() {
    let count = many(1_000, Language { services: 3, deadlines: true, ..PLAIN }, false);
    assert!(count.accepted.get() > 300 && count.refused.get() > 10, "{count:?}");
}

#[test]
fn deadlines_in_loops() {
    let count = many(1_000, Language { services: 3, loops: true, deadlines: true, ..PLAIN }, false);
    assert!(count.accepted.get() > 300 && count.refused.get() > 10, "{count:?}");
}

#[test]
fn everything() {
    let count =
        many(1_000, Language { services: 3, regions: true, loops: true, deadlines: true, undo: true }, false);
    assert!(count.accepted.get() > 300 && count.refused.get() > 10, "{count:?}");
}

/// How the first fault of a choreography is told when it is projected although it is refused.
fn told(text: &str) -> String {
    let model = model(text);
    let (choreography, anyway) = project_anyway(&model).unwrap();
    assert!(anyway.breaches.iter().any(cannot_know));
    wrong(&model, choreography, &anyway).unwrap().unwrap_or_default()
}

#[test]
fn what_the_corpus_has_refused_shows_its_fault() {
    for text in [
        include_str!("../../../tests/corpus/refused/arrival_ambiguous.chor"),
        include_str!("../../../tests/corpus/refused/choice_unknown_to_participant.chor"),
        include_str!("../../../tests/corpus/refused/else_or_later_step.chor"),
        include_str!("../../../tests/corpus/refused/emit_or_hear.chor"),
    ] {
        assert_ne!(told(text), "", "{text}");
    }
}

const PEOPLE: &str = "
service Ann
service Ben
service Cyd
event Go { key: uuid }
event Done { key: uuid }
event Late { key: uuid }
event Next { key: uuid }
";

#[test]
fn a_fault_is_told_as_the_shortest_run_to_it() {
    let text = "choreography Random by key { Ann -> Ben: Go choice at Ben { Ben -> Ann: Done Cyd -> Ann: Next } or { Ben -> Ann: Late } }";
    insta::assert_snapshot!(told(&format!("{PEOPLE}{text}")), @r"
    `Next` from Cyd comes to Ann, which does not expect it any more:
      Ann emits `Go` to Ben
      Ben hears `Go` from Ann
      Ben emits `Late` to Ann
      Ann hears `Late` from Ben
      Cyd emits `Next` to Ann
    ");
}

/// Between the step before a body and the body, something may be taken back.
#[test]
fn a_body_begins_behind_a_rollback() {
    let text = "choreography Random by key {
        Ann -> Ben, Cyd: Go
        loop again {
            rollback
            within 1m at Cyd { Cyd -> Ann, Ben: Done undo Cyd -> Ann, Ben: Back } else { Cyd -> Ann, Ben: Late }
            choice at Ann { Ann -> Ben, Cyd: Go repeat again } or { Ann -> Ben, Cyd: Next }
        }
    }";
    let model = model(&format!("{PEOPLE}event Back {{ key: uuid }}\n{text}"));
    let (choreography, anyway) = project_anyway(&model).unwrap();
    assert!(!anyway.breaches.iter().any(cannot_know), "{:?}", anyway.breaches);
    let explored = explore(choreography, &anyway.machines, Limits::default());
    assert_eq!(explored.counterexamples, Vec::new());
}

/// In the next round, what tells of a passed deadline stands behind the word that settled this one.
#[test]
fn a_passed_deadline_does_not_overtake_the_round_before() {
    let text = "choreography Random by key {
        loop again {
            choice at Ben {
                Ben -> Ann, Cyd: Go
                within 1m at Ann { Ann -> Ben, Cyd: Done } else { Ann -> Ben, Cyd: Late }
                repeat again
            } or { Ben -> Ann, Cyd: Next }
        }
    }";
    for text in [text.to_owned(), text.replace("Ben -> Ann, Cyd: Next", "Ben -> Ann: Next")] {
        let model = model(&format!("{PEOPLE}{text}"));
        let (choreography, anyway) = project_anyway(&model).unwrap();
        assert!(!anyway.breaches.iter().any(cannot_know), "{:?}", anyway.breaches);
        let explored = explore(choreography, &anyway.machines, Limits::default());
        assert_eq!(explored.counterexamples, Vec::new(), "{text}");
    }
}

/// Whoever has emitted what settles a deadline does not know whether it came in time.
#[test]
fn what_settles_a_deadline_and_its_passing_may_cross() {
    let accepted = "choreography Random by key {
        Ann -> Ben, Cyd: Go
        within 1m at Ann { Ben -> Ann: Done } else { Ann -> Ben: Late }
    }";
    let model = model(&format!("{PEOPLE}{accepted}"));
    let (choreography, anyway) = project_anyway(&model).unwrap();
    assert_eq!(anyway.breaches, Vec::new());
    assert_eq!(wrong(&model, choreography, &anyway).unwrap(), None);
    let refused = accepted.replace("Late }", "Late } Ben -> Cyd: Next");
    insta::assert_snapshot!(told(&format!("{PEOPLE}{refused}")), @r"
    `Late` from Ann comes to Ben, which does not expect it any more:
      Ann emits `Go` to Ben, Cyd
      Ben hears `Go` from Ann
      Cyd hears `Go` from Ann
      1m pass at Ann: Ann emits `Late` to Ben
      Ben emits `Done` to Ann
      Ben emits `Next` to Cyd
    ");
}
