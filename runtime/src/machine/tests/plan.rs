//! Random choreographies, projected by hand.

use fastrand::Rng;

use super::*;

/// A random choreography, projected by hand: an external starts the first participant, which tells all others;
/// then chains of events go on side by side, each in a region; at last the first participant tells the others
/// that it is over.
pub(crate) struct Plan {
    pub(crate) machines: Vec<&'static Machine>,
    /// What each participant answers to each question.
    pub(crate) answers: Vec<Vec<Vec<&'static str>>>,
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
    pub(crate) fn new(seed: u64) -> Self {
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
