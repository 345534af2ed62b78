//! The runtime in a world that is against it: its driver and its machines as they are, on a simulated clock, network and store.
//!
//! In each run a choreography, mostly a random one, is played by services in several replicas. Deliveries come late, twice, and in
//! any order; acknowledgments are lost; processes die between any two things that they do, or stand still and come back; the store
//! fails before or after it has written; methods are slow and fail; the clock jumps. When the storm is over, everything must be as
//! if nothing had been. All of it follows from a number, the seed, which is told with what happened when something does not hold.
//!
//! ```sh
//! cargo test -p chor-runtime --lib simulation
//! CHOR_SIMULATIONS=1000000 cargo test --release -p chor-runtime --lib simulation::as_if_nothing -- --nocapture
//! CHOR_SEED=7 cargo test -p chor-runtime --lib simulation::as_if_nothing     # this run alone
//! ```

mod flow;
mod people;
mod port;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::mutation::{HERE, Mutation};
use flow::Flow;
use people::{Part, keep_alive, storm, wake};
use port::Fate;
use world::{Kind, Shared, World};

/// So long the world has to come to rest when the storm is over.
const PATIENCE: Duration = Duration::from_mins(5);

/// So much of what happened is told at most where something does not hold.
const MOST_TOLD: usize = 400;

/// What happened in runs, and how often.
type Counts = BTreeMap<&'static str, u64>;

/// The parts of the processes: of each service by itself or of all in one, in one to three replicas.
fn processes(cast: &[Part], world: &mut World) -> Vec<Vec<Part>> {
    if world.random.bool() {
        let replicas = world.random.usize(1..4);
        return vec![cast.to_vec(); replicas];
    }
    let mut all = Vec::new();
    for part in cast {
        let replicas = world.random.usize(1..4);
        all.extend(vec![vec![part.clone()]; replicas]);
    }
    all
}

/// Starts the processes, and what is against them; it ends by itself.
fn open(shared: &Shared, flow: &Flow) -> JoinHandle<()> {
    let cast = flow.parts();
    let (processes, time) = {
        let mut world = shared.world();
        for part in &cast {
            world.listen(part.name, part.listeners());
        }
        (processes(&cast, &mut world), Duration::from_secs(world.random.u64(5..40)))
    };
    let fates = Arc::new(Mutex::new(vec![Fate::new(); processes.len()]));
    for (process, parts) in processes.into_iter().enumerate() {
        tokio::spawn(keep_alive(shared.clone(), process, parts, Arc::clone(&fates)));
    }
    tokio::spawn(wake(shared.clone()));
    tokio::spawn(storm(shared.clone(), fates, time, matches!(flow, Flow::Party)))
}

/// One run: what happened in it, or what does not hold.
async fn simulate(seed: u64) -> Result<Counts, String> {
    let kind = if (seed / 4).is_multiple_of(2) { Kind::Whole } else { Kind::Split };
    // Consecutive seeds differ in everything.
    let shared = Shared::new(kind, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let flow = Flow::of(seed);
    let disturbing = open(&shared, &flow);
    let instances = shared.world().random.usize(1..6);
    let keys: Vec<String> = (0..instances).map(|number| format!("k{number}")).collect();
    for key in &keys {
        let start = flow.start(key);
        shared.publish(&start);
        // Sent again, it is the same.
        shared.publish(&start);
        shared.passes(1_000).await;
    }
    shared.world().begun = true;
    disturbing.await.map_err(|error| error.to_string())?;
    let rested = comes_to_rest(&shared).await;

    let world = shared.world();
    let mut faults: Vec<String> = keys.iter().flat_map(|key| flow.faults(&world, key)).collect();
    faults.extend(rested.err());
    let noted = world.journal.iter().map(|it| format!("{} is {}: {}", it.event_type, it.verdict, it.reason));
    faults.extend(noted);
    if faults.is_empty() {
        let mut counts = world.counts.clone();
        counts.extend([("flows", keys.len() as u64), ("events", world.log.len() as u64)]);
        counts.insert("effects", world.effects.len() as u64);
        return Ok(counts);
    }
    let told = &world.story[world.story.len().saturating_sub(MOST_TOLD)..];
    Err(format!("CHOR_SEED={seed}, {kind:?}\n{}\n\nwhat happened:\n{}", faults.join("\n"), told.join("\n")))
}

/// Waits until nothing is under way and nobody waits; says who does for too long.
async fn comes_to_rest(shared: &Shared) -> Result<(), String> {
    let end = tokio::time::Instant::now() + PATIENCE;
    loop {
        let left = shared.world().left();
        if left.is_empty() {
            return Ok(());
        }
        if tokio::time::Instant::now() > end {
            return Err(format!("stuck: {}", left.join("; ")));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn run(seed: u64) -> Result<Counts, String> {
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(simulate(seed))
}

fn add(all: &mut Counts, counts: Counts) {
    for (what, times) in counts {
        *all.entry(what).or_default() += times;
    }
}

/// Runs these seeds on all cores, and adds up what happened; the first of which something does not hold.
fn run_all(seeds: std::ops::Range<u64>) -> Result<Counts, String> {
    let next = AtomicU64::new(seeds.start);
    let work = || -> Result<Counts, String> {
        let mut all = Counts::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok(all);
            }
            let counts = run(seed).inspect_err(|_| next.store(seeds.end, Ordering::Relaxed))?;
            add(&mut all, counts);
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Counts::new();
        for thread in threads {
            let counts: Counts = thread.join().unwrap()?;
            add(&mut all, counts);
        }
        Ok(all)
    })
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn as_if_nothing_had_been() {
    let seeds = match from_environment("CHOR_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..from_environment("CHOR_SIMULATIONS").unwrap_or(3_000),
    };
    let (began, runs) = (Instant::now(), seeds.end - seeds.start);
    let counts = run_all(seeds).unwrap_or_else(|fault| panic!("{fault}"));
    // Not by `println!`: that is kept back where the test passes, and what was done is to be seen.
    let lines = counts.iter().map(|(what, times)| format!("  {what:<28} {times:>10}\n"));
    let table =
        format!("\nsimulation: {runs} runs, {} s\n{}", began.elapsed().as_secs(), lines.collect::<String>());
    std::io::stdout().write_all(table.as_bytes()).unwrap();
}

#[test]
fn a_seed_says_all() {
    for seed in 0..8 {
        assert_eq!(run(seed), run(seed));
    }
}

/// Those of the store are faults of the simulated one here. That what comes early is not kept shows on a real one alone: here it
/// comes again.
#[test]
fn faults_of_the_protocol_are_noticed() {
    let faults = [
        Mutation::AcknowledgeFirst,
        Mutation::SkipFlush,
        Mutation::ForgetCompare,
        Mutation::ForgetSequence,
        Mutation::ThrowIds,
    ];
    for mutation in faults {
        HERE.set(Some(mutation));
        let noticed = (0..400).find(|seed| run(*seed).is_err());
        HERE.set(None);
        assert!(noticed.is_some(), "{mutation:?} is not noticed");
    }
}
