//! The law: whatever the order of arrival, whatever comes twice, and whatever is computed and lost before it is
//! written, all end alike and have published the same events.

use std::collections::BTreeSet;

use fastrand::Rng;
use proptest::prelude::*;

use super::*;

/// A random choreography, projected by hand: an external starts the first participant, which tells all others;
/// then chains of events go on side by side, each in a region; at last the first participant tells the others
/// that it is over.
struct Plan {
    machines: Vec<&'static Machine>,
    /// What each participant answers to each question.
    answers: Vec<Vec<Vec<&'static str>>>,
}

/// One participant while its machine is made.
struct Making {
    states: Vec<State>,
    answers: Vec<Vec<&'static str>>,
}

impl Making {
    fn state(&mut self, state: State) -> u32 {
        self.states.push(state);
        u32::try_from(self.states.len() - 1).unwrap()
    }

    /// A point at which this is answered.
    fn point(&mut self, answer: Vec<&'static str>) -> u32 {
        self.answers.push(answer);
        u32::try_from(self.answers.len() - 1).unwrap()
    }
}

fn leak<T: Copy>(items: &[T]) -> &'static [T] {
    Box::leak(items.to_vec().into_boxed_slice())
}

fn text(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Who emits and who hears, step by step: whoever hears a step emits the next one.
type Chain = Vec<(usize, usize)>;

fn chains(random: &mut Rng, participants: usize) -> Vec<Chain> {
    let chain = |random: &mut Rng| {
        let mut emitter = random.usize(..participants);
        let steps = 0..random.usize(1..5);
        let step = |_| {
            let step = (emitter, (emitter + random.usize(1..participants)) % participants);
            emitter = step.1;
            step
        };
        steps.map(step).collect()
    };
    (0..random.usize(1..4)).map(|_| chain(random)).collect()
}

impl Plan {
    fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let names: Vec<&'static str> = (0..random.usize(2..5)).map(|it| text(format!("P{it}"))).collect();
        let chains = chains(&mut random, names.len());
        let made = (0..names.len()).map(|who| project(&names, who, &chains)).collect::<Vec<_>>();
        let (machines, answers) = made.into_iter().unzip();
        Self { machines, answers }
    }
}

fn project(
    names: &[&'static str],
    who: usize,
    chains: &[Chain],
) -> (&'static Machine, Vec<Vec<&'static str>>) {
    let mut making = Making { states: vec![ends(&[]); 3], answers: Vec::new() };
    let regions: Vec<u32> = (1..)
        .zip(chains)
        .filter(|(_, chain)| chain.iter().any(|(emitter, hearer)| [*emitter, *hearer].contains(&who)))
        .map(|(lane, chain)| region(&mut making, names, who, lane, chain))
        .collect();
    let others = leak(&names[1..].iter().map(|name| service(name)).collect::<Vec<_>>());
    let last = if who == 0 {
        let asked = making.point(vec!["law.Close"]);
        making.state(emits(leak(&[emit("law.Close", others, 2)])).asks(asked))
    } else {
        let asked = making.point(Vec::new());
        making.state(hears(leak(&[hear("law.Close", service(names[0]), asked, 2)])))
    };
    let forked = if regions.is_empty() { last } else { making.state(fork(leak(&regions), last)) };
    if who == 0 {
        let asked = making.point(vec!["law.Go"]);
        making.states[0] = hears(leak(&[hear("law.Start", external("Outside"), asked, 1)]));
        making.states[1] = emits(leak(&[emit("law.Go", others, forked)]));
    } else {
        making.states[0] = hears(leak(&[gather("law.Go", service(names[0]), forked)]));
    }
    let machine = Machine {
        choreography: "law.Law",
        participant: names[who],
        hash: 1,
        states: leak(&making.states),
        ..Machine::EMPTY
    };
    (Box::leak(Box::new(machine)), making.answers)
}

/// The participant's part in one chain, from its end to its beginning; returns the first state.
fn region(making: &mut Making, names: &[&'static str], who: usize, lane: u32, chain: &Chain) -> u32 {
    let name = |step: usize| text(format!("law.E{lane}_{step}"));
    let mut next = making.state(ends(&[]));
    for (step, (emitter, hearer)) in chain.iter().enumerate().rev() {
        if *emitter == who {
            let row = leak(&[emit(name(step), leak(&[service(names[*hearer])]), next).lane(lane)]);
            let asked = making.point(vec![name(step)]);
            // Only the first of a chain is not an answer.
            next = making.state(if step == 0 { emits(row).asks(asked) } else { emits(row) });
        } else if *hearer == who {
            let answer = if step + 1 < chain.len() { vec![name(step + 1)] } else { Vec::new() };
            let from = service(names[*emitter]);
            let row = if answer.is_empty() && step % 2 == 0 {
                gather(name(step), from, next)
            } else {
                hear(name(step), from, making.point(answer), next)
            };
            next = making.state(hears(leak(&[row.lane(lane)])));
        }
    }
    next
}

/// All participants, and what is on its way between them.
struct World<'a> {
    plan: &'a Plan,
    stands: Vec<Progress>,
    under_way: Vec<(usize, Delivery)>,
    published: BTreeSet<String>,
    handles: u64,
    random: Rng,
    stormy: bool,
}

/// What must be the same whatever happens in between.
#[derive(Debug, PartialEq, Eq)]
struct End {
    published: BTreeSet<String>,
    stands: Vec<String>,
}

fn run(plan: &Plan, seed: u64, stormy: bool) -> End {
    let start = Delivery { event: Arc::new(started()), ..delivery("Start", "Outside", None, 1) };
    let mut world = World {
        plan,
        stands: plan.machines.iter().map(|machine| Progress::new(machine)).collect(),
        under_way: vec![(0, start)],
        published: BTreeSet::new(),
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
        let mut heard: Vec<String> = progress.heard.iter().map(|(name, at)| format!("{name} {at}")).collect();
        heard.sort();
        format!("{:?} finished {} heard {heard:?}", progress.place, progress.finished)
    });
    End { stands: stands.collect(), published: world.published }
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
        let Taken { progress, outgoing } = self.computed(who, delivery, hear);
        self.stands[who] = progress;
        for outgoing in outgoing {
            self.handles += 1;
            for to in &outgoing.to {
                let (event, sequence, handle) = (Arc::clone(&outgoing.event), to.sequence, self.handles);
                // Not its id: what is decided at a join is named after what came last.
                let line = format!("{} to {} {}", event.name, to.name, sequence.unwrap());
                assert!(self.published.insert(line), "nothing is published twice");
                let receiver = self.plan.machines.iter().position(|it| to.name == it.participant).unwrap();
                let delivery = Delivery {
                    event,
                    sequence,
                    overtakes: 0,
                    undoes: None,
                    listener: None,
                    handle,
                    at: 0,
                    again: false,
                };
                self.under_way.push((receiver, delivery));
            }
        }
    }

    fn computed(&self, who: usize, delivery: &Delivery, hear: &'static Hear) -> Taken {
        let mut walk = Walk::hear(self.plan.machines[who], &self.stands[who], delivery, hear);
        while let Next::Ask(question) = walk.next().unwrap() {
            let answer = &self.plan.answers[who][question.point as usize];
            walk.answered(delivery, answer.iter().map(|event| emission(event)).collect()).unwrap();
        }
        walk.finish(0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn all_ends_are_one(plan: u64, seed: u64) {
        let plan = Plan::new(plan);
        let calm = run(&plan, 0, false);
        prop_assert!(calm.stands.iter().all(|it| it.contains("finished true")), "{:?}", calm.stands);
        prop_assert_eq!(run(&plan, seed, true), calm);
    }
}
