//! One participant, event by event, with what its handler answers.

use super::*;
use crate::envelope::{Round, UNDOS};
use crate::machine::Question;

/// One participant in one instance.
pub(super) struct Play {
    machine: &'static Machine,
    pub(super) progress: Progress,
    pub(super) now: i64,
    handles: u64,
}

/// What a step did: what was asked, and what was published, in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Did {
    pub(super) asked: Vec<u32>,
    pub(super) said: Vec<String>,
}

pub(super) fn did<const N: usize>(asked: &[u32], said: [&str; N]) -> Did {
    Did { asked: asked.to_vec(), said: said.map(str::to_owned).to_vec() }
}

impl Play {
    pub(super) fn new(machine: &'static Machine) -> Self {
        Self { machine, progress: Progress::new(machine), now: 0, handles: 0 }
    }

    /// An event on its way to the participant.
    pub(super) fn event(&mut self, name: &str, from: &str, at: Option<(u32, u64)>) -> Delivery {
        self.handles += 1;
        let sequence = at.map(|(lane, number)| Sequence { lane, number });
        Delivery { sequence, ..super::delivery(name, from, None, self.handles) }
    }

    /// The same, published in the body of a deadline that had fallen due so often.
    pub(super) fn event_of_round(
        &mut self,
        name: &str,
        from: &str,
        at: (u32, u64),
        round: Round,
    ) -> Delivery {
        let delivery = self.event(name, from, Some(at));
        let event = Event { rounds: vec![round], ..(*delivery.event).clone() };
        Delivery { event: Arc::new(event), ..delivery }
    }

    /// An event that takes back the one in the place `undoes`.
    pub(super) fn undo(&mut self, name: &str, from: &str, number: u64, undoes: (u32, u64)) -> Delivery {
        let (lane, of) = undoes;
        let undoes = Some(Sequence { lane, number: of });
        Delivery { undoes, ..self.event(name, from, Some((UNDOS, number))) }
    }

    pub(super) fn verdict(&self, delivery: &Delivery) -> &'static str {
        word(&judge(self.machine, &self.progress, delivery))
    }

    /// Hears an event, which must be enabled; the answers are those to the questions, in their order.
    pub(super) fn hears(&mut self, delivery: &Delivery, answers: &[&[&'static str]]) -> Did {
        let walk = match judge(self.machine, &self.progress, delivery) {
            Verdict::Enabled(hear) => Walk::hear(self.machine, &self.progress, delivery, hear),
            Verdict::Undoes(row) => Walk::undone(self.machine, &self.progress, delivery, row),
            other => panic!("{} is {}", delivery.event.name, word(&other)),
        };
        self.walk(walk, delivery, answers).unwrap()
    }

    /// Takes an event note of that changes nothing.
    pub(super) fn dismisses(&mut self, delivery: &Delivery) {
        self.progress = dismiss(self.machine, &self.progress, delivery);
    }

    /// The deadline that has fallen due.
    pub(super) fn expires(&mut self, answers: &[&[&'static str]]) -> Did {
        let expire = self.progress.fallen_due(self.machine, self.now).expect("a deadline has fallen due");
        let walk = Walk::expire(self.machine, &self.progress, &key(), expire);
        let none = self.event("Nothing", "Nobody", None);
        self.walk(walk, &none, answers).unwrap()
    }

    /// Hears an event, and puts the answer off.
    pub(super) fn puts_off(&mut self, delivery: &Delivery) {
        let Verdict::Enabled(hear) = judge(self.machine, &self.progress, delivery) else {
            panic!("{} is not enabled", delivery.event.name)
        };
        let mut walk = Walk::hear(self.machine, &self.progress, delivery, hear);
        assert!(matches!(walk.next(), Ok(Next::Ask(_))));
        walk.put_off(delivery).unwrap();
        assert_eq!(walk.next(), Ok(Next::Rest));
        self.progress = walk.finish(self.now).progress;
    }

    /// The deadline that has fallen due; the answer is put off.
    pub(super) fn expires_and_puts_off(&mut self) {
        let expire = self.progress.fallen_due(self.machine, self.now).expect("a deadline has fallen due");
        let mut walk = Walk::expire(self.machine, &self.progress, &key(), expire);
        assert!(matches!(walk.next(), Ok(Next::Ask(_))));
        walk.put_off(&self.event("Nothing", "Nobody", None)).unwrap();
        assert_eq!(walk.next(), Ok(Next::Rest));
        self.progress = walk.finish(self.now).progress;
    }

    /// Completes what was put off; `None`, if nothing was.
    pub(super) fn completes(&mut self, point: u32, answers: &[&[&'static str]]) -> Option<Did> {
        let (first, answers) = answers.split_first()?;
        let first = first.iter().map(|event| emission(event)).collect();
        let walk = Walk::complete(self.machine, &self.progress, &key(), point, first)?;
        let none = self.event("Nothing", "Nobody", None);
        Some(self.walk(walk, &none, answers).unwrap())
    }

    pub(super) fn walk(
        &mut self,
        mut walk: Walk,
        heard: &Delivery,
        answers: &[&[&'static str]],
    ) -> Result<Did, String> {
        let (mut asked, mut answers) = (Vec::new(), answers.iter());
        while let Next::Ask(Question { point, .. }) = walk.next()? {
            asked.push(point);
            let answer = answers.next().unwrap_or_else(|| panic!("no answer to {point}"));
            walk.answered(heard, answer.iter().map(|event| emission(event)).collect())?;
        }
        assert_eq!(answers.next(), None, "all answers were asked for");
        let taken = walk.finish(self.now);
        self.progress = taken.progress;
        let said = taken.outgoing.iter().flat_map(|outgoing| {
            let name = outgoing.event.name.short();
            outgoing.to.iter().map(move |to| {
                let undoes = to.undoes.map(|it| format!(" undoes {it}")).unwrap_or_default();
                let overtakes =
                    if to.overtakes > 0 { format!(" before {}", to.overtakes) } else { String::new() };
                format!("{name} to {} {}{overtakes}{undoes}", to.name, to.sequence.unwrap())
            })
        });
        Ok(Did { asked, said: said.collect() })
    }
}
