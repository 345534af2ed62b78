//! The law: whatever the order of arrival, whatever comes twice, and whatever is computed and lost before it is
//! written, all end alike and have published the same events.

use std::collections::BTreeSet;

use fastrand::Rng;
use proptest::prelude::*;

use super::plan::Plan;
use super::*;

/// All participants, and what is on its way between them.
struct World<'a> {
    plan: &'a Plan,
    stands: Vec<Progress>,
    under_way: Vec<(usize, Delivery)>,
    published: BTreeSet<String>,
    asked: BTreeSet<(usize, u32)>,
    handles: u64,
    random: Rng,
    stormy: bool,
}

/// What must be the same whatever happens in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// What was published, one line for each subscriber.
    pub(crate) published: BTreeSet<String>,
    /// Where each participant stands.
    pub(crate) stands: Vec<String>,
    /// Who was asked what.
    pub(crate) asked: BTreeSet<(usize, u32)>,
}

/// Where a participant stands, and what it has heard.
pub(crate) fn stand(progress: &Progress) -> String {
    let mut heard: Vec<String> = progress.heard.iter().map(|(name, at)| format!("{name} {at}")).collect();
    heard.sort();
    format!("{:?} finished {} heard {heard:?}", progress.place, progress.finished)
}

/// How it ends where nothing happens twice, and everything in order.
pub(crate) fn calm(plan: &Plan) -> End {
    run(plan, 0, false)
}

fn run(plan: &Plan, seed: u64, stormy: bool) -> End {
    let start = Delivery { event: Arc::new(started()), ..delivery("Start", "Outside", None, 1) };
    let mut world = World {
        plan,
        stands: plan.machines.iter().map(|machine| Progress::new(machine)).collect(),
        under_way: vec![(0, start)],
        published: BTreeSet::new(),
        asked: BTreeSet::new(),
        handles: 1,
        random: Rng::with_seed(seed),
        stormy,
    };
    while !world.under_way.is_empty() {
        let next = if stormy { world.random.usize(..world.under_way.len()) } else { 0 };
        let (who, delivery) = world.under_way.remove(next);
        world.arrives(who, &delivery);
    }
    let stands = world.stands.iter().map(|progress| {
        assert_eq!(progress.parked, [], "nobody waits");
        stand(progress)
    });
    End { stands: stands.collect(), published: world.published, asked: world.asked }
}

fn started() -> Event {
    let event = delivery("Start", "Outside", None, 1).event;
    Event { name: "law.Start".into(), ..(*event).clone() }
}

impl World<'_> {
    fn arrives(&mut self, who: usize, delivery: &Delivery) {
        if self.stormy && self.random.u8(..) < 80 {
            self.under_way.push((who, delivery.clone()));
        }
        match judge(self.plan.machines[who], &self.stands[who], delivery) {
            Verdict::Enabled(hear) => self.takes(who, delivery, hear),
            Verdict::Early => {
                self.stands[who] = park(self.plan.machines[who], &self.stands[who], delivery);
            }
            Verdict::Duplicate | Verdict::Parked => {}
            other => panic!("{} of {who} is {other:?}", delivery.event.name),
        }
        while let Some((parked, hear)) = self.unparked(who) {
            self.takes(who, &parked, hear);
        }
    }

    fn unparked(&self, who: usize) -> Option<(Delivery, &'static Hear)> {
        let (machine, progress) = (self.plan.machines[who], &self.stands[who]);
        progress.parked.iter().find_map(|parked| match judge_parked(machine, progress, parked) {
            Verdict::Enabled(hear) => Some((parked.clone(), hear)),
            Verdict::Early => None,
            other => panic!("parked {} of {who} is {other:?}", parked.event.name),
        })
    }

    fn takes(&mut self, who: usize, delivery: &Delivery, hear: &'static Hear) {
        // Now and then what was computed is lost before it is written, and computed again.
        while self.stormy && self.random.u8(..) < 80 {
            self.computed(who, delivery, hear);
        }
        let (Taken { progress, outgoing }, asked) = self.computed(who, delivery, hear);
        for point in asked {
            assert!(self.asked.insert((who, point)), "nothing is asked twice");
        }
        self.stands[who] = progress;
        for outgoing in outgoing {
            self.handles += 1;
            for to in &outgoing.to {
                let (event, sequence, handle) = (Arc::clone(&outgoing.event), to.sequence, self.handles);
                // Not its id: what is decided at a join is named after what came last.
                let line = format!("{} to {} {}", event.name, to.name, sequence.unwrap());
                assert!(self.published.insert(line), "nothing is published twice");
                let receiver = self.plan.machines.iter().position(|it| to.name == it.participant).unwrap();
                let delivery = Delivery { sequence, ..Delivery::new(event, handle, 0) };
                self.under_way.push((receiver, delivery));
            }
        }
    }

    /// The step, and what was asked in it.
    fn computed(&self, who: usize, delivery: &Delivery, hear: &'static Hear) -> (Taken, Vec<u32>) {
        let mut walk = Walk::hear(self.plan.machines[who], &self.stands[who], delivery, hear);
        let mut asked = Vec::new();
        while let Next::Ask(question) = walk.next().unwrap() {
            asked.push(question.point);
            let answer = &self.plan.answers[who][question.point as usize];
            walk.answered(delivery, answer.iter().map(|event| emission(event)).collect()).unwrap();
        }
        (walk.finish(0), asked)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn all_ends_are_one(plan: u64, seed: u64) {
        let plan = Plan::new(plan);
        let calm = calm(&plan);
        prop_assert!(calm.stands.iter().all(|it| it.contains("finished true")), "{:?}", calm.stands);
        prop_assert_eq!(run(&plan, seed, true), calm);
    }
}
