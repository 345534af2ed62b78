//! Random choreographies of the whole language.

use std::fmt::Write as _;

use proptest::prelude::*;

pub(super) const SERVICES: [&str; 4] = ["Ann", "Ben", "Cyd", "Dan"];

/// Emitter, number of its event, subscribers as bits of the others.
pub(super) type Emission = (usize, usize, u8);

#[derive(Clone, Debug)]
pub(super) enum Part {
    /// One step; whether it can be taken back.
    Step(Emission, bool),
    /// Decider, and subscribers of the opening event and what follows of each branch.
    Choice(usize, [(u8, Vec<Part>); 2]),
    /// Two regions.
    Par([Vec<Part>; 2]),
    /// What comes before the decision to repeat, who decides, and the two branches.
    Loop(Vec<Part>, usize, [(u8, Vec<Part>); 2]),
    /// Keeper, body, number of the event that opens the `else`, and what follows it.
    Within(usize, Vec<Part>, usize, Vec<Part>),
    /// Everybody takes back.
    Rollback,
}

/// What may be in a choreography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a construct that may be there, whatever else is")]
pub(super) struct Language {
    pub(super) services: usize,
    pub(super) regions: bool,
    pub(super) loops: bool,
    pub(super) deadlines: bool,
    pub(super) undo: bool,
}

impl Language {
    fn emission(self) -> impl Strategy<Value = Emission> {
        (0..self.services, 0..4usize, self.audience())
    }

    /// Mostly everybody: otherwise little is accepted.
    fn audience(self) -> BoxedStrategy<u8> {
        let all = (1u8 << (self.services - 1)) - 1;
        prop_oneof![1..=all, Just(all)].boxed()
    }

    fn step(self) -> BoxedStrategy<Part> {
        (self.emission(), prop::bool::weighted(if self.undo { 0.5 } else { 0.0 }))
            .prop_map(|(emission, undo)| Part::Step(emission, undo))
            .boxed()
    }

    pub(super) fn parts(self) -> BoxedStrategy<Vec<Part>> {
        let leaf = prop::collection::vec(self.step(), 0..3);
        let some = leaf.prop_recursive(3, 12, 3, move |inner| {
            let branch = (self.audience(), inner.clone());
            let who = 0..self.services;
            let mut kinds = vec![
                (4, self.step()),
                (
                    2,
                    (who.clone(), branch.clone(), branch.clone())
                        .prop_map(|(decider, one, other)| Part::Choice(decider, [one, other]))
                        .boxed(),
                ),
            ];
            if self.regions {
                let par = (inner.clone(), inner.clone()).prop_map(|(one, other)| Part::Par([one, other]));
                kinds.push((2, par.boxed()));
            }
            if self.loops {
                let branches = (branch.clone(), branch);
                let again = (inner.clone(), who.clone(), branches)
                    .prop_map(|(before, decider, (one, other))| Part::Loop(before, decider, [one, other]));
                kinds.push((2, again.boxed()));
            }
            if self.deadlines {
                // What opens an `else` now and then happens elsewhere as well.
                let opening = prop_oneof![2 => Just(2usize), 1 => 0..2usize];
                let within = (who, inner.clone(), opening, inner)
                    .prop_map(|(keeper, body, opening, rest)| Part::Within(keeper, body, opening, rest));
                kinds.push((4, within.boxed()));
            }
            if self.undo {
                kinds.push((1, Just(Part::Rollback).boxed()));
            }
            prop::collection::vec(prop::strategy::Union::new_weighted(kinds), 0..3)
        });
        (self.step(), some).prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect()).boxed()
    }
}

/// A choreography as a program.
pub(super) fn program(parts: &[Part]) -> String {
    let mut writer = Writer { events: vec![Vec::new(); SERVICES.len()], loops: 0, text: String::new() };
    writer.parts(parts, false);
    let mut program = String::new();
    for (service, events) in SERVICES.iter().zip(&writer.events) {
        writeln!(program, "service {service}").unwrap();
        for event in events {
            writeln!(program, "event {event} {{ key: uuid }}").unwrap();
        }
    }
    format!("{program}choreography Random by key {{\n{}}}\n", writer.text)
}

struct Writer {
    events: Vec<Vec<String>>,
    loops: usize,
    text: String,
}

impl Writer {
    /// The events numbered 0 and 1 occur again and again, the others once each.
    fn event(&mut self, emitter: usize, number: usize) -> String {
        let events = &mut self.events[emitter];
        let name = match number {
            0 | 1 => format!("{}{number}", SERVICES[emitter]),
            _ => format!("{}{}", SERVICES[emitter], events.len() + 2),
        };
        if !events.contains(&name) {
            events.push(name.clone());
        }
        name
    }

    fn step(&mut self, (emitter, number, to): Emission, undo: bool) {
        let others = (0..SERVICES.len()).filter(|other| *other != emitter);
        let to: Vec<&str> =
            others.enumerate().filter(|(bit, _)| to & (1 << bit) != 0).map(|(_, at)| SERVICES[at]).collect();
        let (who, to, event) = (SERVICES[emitter], to.join(", "), self.event(emitter, number));
        writeln!(self.text, "{who} -> {to}: {event}").unwrap();
        if undo {
            let event = self.event(emitter, 2);
            writeln!(self.text, "undo {who} -> {to}: {event}").unwrap();
        }
    }

    fn parts(&mut self, parts: &[Part], region: bool) {
        for part in parts {
            self.part(part, region);
        }
    }

    fn part(&mut self, part: &Part, region: bool) {
        match part {
            Part::Step(emission, undo) => self.step(*emission, *undo),
            Part::Choice(decider, [one, other]) => {
                writeln!(self.text, "choice at {} {{", SERVICES[*decider]).unwrap();
                self.step((*decider, 0, one.0), false);
                self.parts(&one.1, region);
                self.text += "} or {\n";
                self.step((*decider, 1, other.0), false);
                self.parts(&other.1, region);
                self.text += "}\n";
            }
            Part::Par([one, other]) => {
                self.text += "par {\n";
                self.parts(one, true);
                self.text += "} and {\n";
                self.parts(other, true);
                self.text += "}\n";
            }
            Part::Loop(before, decider, [one, other]) => {
                self.loops += 1;
                let name = format!("again{}", self.loops);
                writeln!(self.text, "loop {name} {{").unwrap();
                self.parts(before, region);
                writeln!(self.text, "choice at {} {{", SERVICES[*decider]).unwrap();
                self.step((*decider, 0, one.0), false);
                self.parts(&one.1, region);
                writeln!(self.text, "repeat {name}\n}} or {{").unwrap();
                self.step((*decider, 1, other.0), false);
                self.parts(&other.1, region);
                self.text += "}\n}\n";
            }
            Part::Within(keeper, body, opening, otherwise) => {
                writeln!(self.text, "within 1m at {} {{", SERVICES[*keeper]).unwrap();
                let before = self.text.len();
                self.parts(body, region);
                let body = self.text[before..].to_owned();
                self.text += "} else {\n";
                let others = (0..SERVICES.len()).filter(|other| other != keeper);
                let told = others.enumerate().filter(|(_, other)| {
                    body.contains(&format!("{} ", SERVICES[*other]))
                        || body.contains(&format!("{},", SERVICES[*other]))
                        || body.contains(&format!("{}:", SERVICES[*other]))
                });
                let told = told.fold(0, |bits, (bit, _)| bits | 1 << bit);
                self.step((*keeper, *opening, if told == 0 { 1 } else { told }), false);
                self.parts(otherwise, region);
                self.text += "}\n";
            }
            Part::Rollback if region => {}
            Part::Rollback => self.text += "rollback\n",
        }
    }
}
