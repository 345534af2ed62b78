//! What each participant gets out of a choreography.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::machine::LocalMachine;
use super::points::{Outcome, Point};
use crate::compile;
use crate::model::{EventId, Id, Model};
use crate::source::Sources;

/// A program around a body: every service and event that its steps name is declared.
fn program(body: &str) -> String {
    let (mut services, mut events) = (BTreeSet::new(), BTreeSet::new());
    for line in body.lines().filter(|line| line.contains("->")) {
        let line =
            line.split_once(": ").filter(|(label, _)| !label.contains("->")).map_or(line, |(_, step)| step);
        let (route, event) = line.trim().trim_start_matches("undo ").split_once(':').unwrap();
        services.extend(route.split("->").flat_map(|part| part.split(',')).map(str::trim));
        events.insert(event.trim());
    }
    let services: Vec<_> = services.iter().map(|name| format!("service {name}")).collect();
    let events: Vec<_> = events.iter().map(|name| format!("event {name} {{ key: uuid }}")).collect();
    format!("{}\n{}\nchoreography Flow by key {{\n{body}\n}}\n", services.join("\n"), events.join("\n"))
}

/// Compiles the body and compares what this participant gets: its states with what it hears (`?`) and emits
/// (`!`) there, then its methods.
fn check(body: &str, participant: &str, expected: &str) {
    let mut sources = Sources::new();
    sources.add("flow.chor", program(body)).unwrap();
    let compilation = compile(&sources);
    let Some(checked) = compilation.checked else { panic!("{:#?}", compilation.diagnostics) };
    let model = checked.model();
    let role = checked
        .projections()
        .iter()
        .flat_map(|projection| &projection.roles)
        .find(|role| model.services[role.machine.participant].header.name.text == participant)
        .unwrap();
    let mut found = machine(model, &role.machine);
    for point in &role.points {
        found.push_str(&method(model, point));
    }
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(found.trim_end(), expected.join("\n"));
}

fn name(model: &Model, event: EventId) -> &str {
    &model.events[event].header.name.text
}

/// Emits are `!`, what is heard `?`, each with the state afterwards; `@` is what happens when a deadline has passed.
/// Regions stand behind `par`, with the state when all are over.
fn machine(model: &Model, machine: &LocalMachine) -> String {
    let mut text = String::new();
    for (id, state) in machine.states.iter() {
        let emits = state.emits.iter().map(|e| format!("!{} {}", name(model, e.event), e.target.index()));
        let hears = state.hears.iter().map(|h| {
            let late = if h.leaves.is_some() { "@" } else { "" };
            format!("{late}?{} {}", name(model, h.event), h.target.index())
        });
        let expires = state.expires.iter().flat_map(|expire| &expire.emits);
        let expires = expires.map(|e| format!("@!{} {}", name(model, e.event), e.target.index()));
        let fork = state.fork.iter().map(|fork| {
            let regions: Vec<_> = fork.regions.iter().map(|at| at.index().to_string()).collect();
            format!("par {} then {}", regions.join(" "), fork.join.index())
        });
        let rollback = state.rollback.iter().map(|rollback| format!("rollback {}", rollback.target.index()));
        let end = state.ends.then(|| "end".to_owned());
        let moves: Vec<_> =
            emits.chain(hears).chain(expires).chain(fork).chain(rollback).chain(end).collect();
        writeln!(text, "{}: {}", id.index(), moves.join(", ")).unwrap();
    }
    text
}

fn method(model: &Model, point: &Point) -> String {
    let verb = point.occasion.prefix();
    let known: Vec<_> = point
        .known
        .iter()
        .map(|known| format!("{}{}", name(model, known.event), if known.certain { "" } else { "?" }))
        .collect();
    format!("{verb}_{}({}) -> {}\n", point.name, known.join(", "), outcome(model, &point.outcome))
}

fn outcome(model: &Model, answer: &Outcome) -> String {
    let Outcome::Emits(alternatives) = answer else { return "()".to_owned() };
    let alternatives: Vec<_> = alternatives
        .iter()
        .map(|alternative| match &alternative.then {
            Outcome::Nothing => name(model, alternative.event).to_owned(),
            then @ Outcome::Emits(_) => {
                format!("{} then ({})", name(model, alternative.event), outcome(model, then))
            }
        })
        .collect();
    alternatives.join(" | ")
}

#[test]
fn a_step_is_emitted_by_one_and_heard_by_others() {
    let body = "A -> B, C: Asked\nB -> A: Answered";
    check(body, "A", "0: !Asked 1\n1: ?Answered 2\n2: end\nstart_flow() -> Asked\non_answered(Asked) -> ()");
    check(body, "B", "0: ?Asked 1\n1: !Answered 2\n2: end\non_asked() -> Answered");
    check(body, "C", "0: ?Asked 1\n1: end\non_asked() -> ()");
}

#[test]
fn events_without_a_participant_leave_no_trace_in_it() {
    check(
        "A -> B: One\nB -> C: Two\nC -> A: Three",
        "A",
        "0: !One 1\n1: ?Three 2\n2: end\nstart_flow() -> One\non_three(One) -> ()",
    );
}

#[test]
fn a_run_of_emissions_is_one_answer() {
    check(
        "A -> B: Asked\nB -> A: First\nB -> A: Second",
        "B",
        "0: ?Asked 1\n1: !First 2\n2: !Second 3\n3: end\non_asked() -> First then (Second)",
    );
}

#[test]
fn branches_that_look_alike_to_a_participant_are_one_path() {
    // B never hears what A has chosen, and acts alike.
    check(
        "A -> B, C: Asked\nchoice at A {\nA -> C: Left\n} or {\nA -> C: Right\n}\nB -> C: Answered",
        "B",
        "0: ?Asked 1\n1: !Answered 2\n2: end\non_asked() -> Answered",
    );
}

#[test]
fn what_is_known_on_some_ways_only_is_uncertain() {
    check(
        "A -> B: Asked\nchoice at A {\nA -> B: Left\n} or {\nA -> B: Right\n}\nA -> B: Closed",
        "B",
        "0: ?Asked 1\n1: ?Left 2, ?Right 2\n2: ?Closed 3\n3: end
         on_asked() -> ()\non_left(Asked) -> ()\non_right(Asked) -> ()\non_closed(Asked, Left?, Right?) -> ()",
    );
}

#[test]
fn a_label_names_the_method_of_who_hears_it() {
    let body = "A -> B: Asked
        choice at B {
        B -> A: Left
        A -> B: Closed
        B -> A: Thanked
        } or {
        B -> A: Right
        early: A -> B: Closed
        }";
    check(
        body,
        "B",
        "0: ?Asked 1\n1: !Left 2, !Right 3\n2: ?Closed 4\n3: ?Closed 5\n4: !Thanked 5\n5: end
         on_asked() -> Left | Right\non_closed(Asked, Left) -> Thanked\non_early(Asked, Right) -> ()",
    );
    check(
        body,
        "A",
        "0: !Asked 1\n1: ?Left 2, ?Right 3\n2: !Closed 4\n3: !Closed 5\n4: ?Thanked 5\n5: end
         start_flow() -> Asked\non_left(Asked) -> Closed\non_thanked(Asked, Closed, Left) -> ()\non_right(Asked) -> Closed",
    );
}

#[test]
fn what_comes_after_a_choice_is_shared_by_its_branches() {
    check(
        "A -> B: Asked\nchoice at B {\nB -> A: Left\n} or {\nB -> A: Right\nA -> B: Closed\n}\nB -> A: Done",
        "B",
        "0: ?Asked 1\n1: !Left 2, !Right 3\n2: !Done 4\n3: ?Closed 2\n4: end
         on_asked() -> Left then (Done) | Right\non_closed(Asked, Right) -> Done",
    );
}

#[test]
fn a_loop_leads_back() {
    let body = "A -> B: Asked\nloop again {\nchoice at B {\nB -> A: More\nA -> B: Sent\nrepeat again\n} or {\nB -> A: Done\n}\n}";
    check(
        body,
        "B",
        "
        0: ?Asked 1
        1: !More 2, !Done 3
        2: ?Sent 1
        3: end
        on_asked() -> More | Done
        on_sent(Asked, More, Sent?) -> More | Done
        ",
    );
}

#[test]
fn a_loop_without_hearing_is_a_decision_each_time_round() {
    let body =
        "B -> A: Asked\nloop pages {\nchoice at A {\nA -> B: Page\nrepeat pages\n} or {\nA -> B: Last\n}\n}";
    check(
        body,
        "A",
        "
        0: ?Asked 1
        1: !Page 1, !Last 2
        2: end
        on_asked() -> ()
        repeat_pages(Asked, Page?) -> Page | Last
        ",
    );
}

#[test]
fn a_participant_of_several_parts_is_in_all_of_them() {
    let body = "A -> B, C: Asked\npar {\nB -> A: Left\n} and {\nC -> A: Right\n}\nA -> B, C: Done";
    check(
        body,
        "A",
        "
        0: !Asked 1
        1: par 2 3 then 4
        2: ?Left 5
        3: ?Right 6
        4: !Done 7
        5: end
        6: end
        7: end
        start_flow() -> Asked
        on_left_and_right(Asked) -> Done
        ",
    );
    check(
        body,
        "B",
        "0: ?Asked 1\n1: !Left 2\n2: ?Done 3\n3: end\non_asked() -> Left\non_done(Asked, Left) -> ()",
    );
}

#[test]
fn a_deadline_ends_a_body_wherever_it_is() {
    let body = "A -> B: Asked\nwithin 1s at A {\nB -> A: Answered\n} else {\nA -> B: Expired\n}";
    check(
        body,
        "A",
        "
        0: !Asked 1
        1: ?Answered 2, @!Expired 2
        2: end
        start_flow() -> Asked
        on_answered(Asked) -> ()
        expire_expired(Asked) -> Expired
        ",
    );
    check(
        body,
        "B",
        "
        0: ?Asked 1
        1: !Answered 2, @?Expired 3
        2: @?Expired 3, end
        3: end
        on_asked() -> Answered
        on_expired(Answered?, Asked) -> ()
        ",
    );
}

#[test]
fn a_rollback_takes_back_what_was_done() {
    let body = "A -> B: Asked\nB -> A: Held\nundo B -> A: Freed\nchoice at A {\nA -> B: Taken\n} or {\nA -> B: Refused\nrollback\n}";
    check(
        body,
        "B",
        "
        0: ?Asked 1
        1: !Held 2
        2: ?Taken 3, ?Refused 4
        3: end
        4: rollback 3
        on_asked() -> Held
        undo_held() -> Freed
        on_taken(Asked, Held) -> ()
        on_refused(Asked, Held) -> ()
        ",
    );
    check(
        body,
        "A",
        "
        0: !Asked 1
        1: ?Held 2
        2: !Taken 3, !Refused 3
        3: end
        start_flow() -> Asked
        on_held(Asked) -> Taken | Refused
        on_freed() -> ()
        ",
    );
}
