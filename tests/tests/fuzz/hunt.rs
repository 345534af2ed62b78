//! The hunt: seeds first, then inputs made of those that have shown something new.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::shrink::shrink;
use crate::watch::Watch;

/// What is run with any input.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// Names its folder of seeds.
    pub(crate) name: &'static str,
    /// Well-formed inputs to begin with.
    pub(crate) known: fn() -> Vec<Vec<u8>>,
    /// A well-formed input of no model.
    pub(crate) fresh: fn(&mut Rng) -> Vec<u8>,
    /// An input made of two others.
    pub(crate) mutate: fn(&[u8], &[u8], &mut Rng) -> Vec<u8>,
    /// Panics where something does not hold. What it returns tells what the input has shown.
    pub(crate) run: fn(&[u8]) -> Shown,
}

/// A digest of what an input has shown; a new one makes it worth changing further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Shown(u64);

impl Shown {
    pub(crate) fn of(what: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// Inputs that are kept for further changes; beyond, a random one gives way.
const KEPT: usize = 2_000;

/// Longer inputs are cut: they would only be slow.
const LONGEST: usize = 64 * 1024;

/// One target at a time, so that time and memory are its own.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs the seeds, then new inputs until the time is over.
pub(crate) fn hunt(target: &Target) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = number("CHOR_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
    let seconds = number("CHOR_FUZZ_SECONDS").unwrap_or(5);
    let mut rng = Rng::with_seed(seed);
    let watch = Watch::start(target);
    let mut pool = Pool::default();
    for input in seeds(target).into_iter().chain((target.known)()) {
        pool.keep((target.run_watched(&watch))(&input), input, &mut rng);
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut count = 0_u64;
    while Instant::now() < end {
        let mut input = match rng.u8(..) {
            0..16 => (target.fresh)(&mut rng),
            _ => (target.mutate)(pool.any(&mut rng), pool.any(&mut rng), &mut rng),
        };
        input.truncate(LONGEST);
        match catch_unwind(AssertUnwindSafe(|| (target.run_watched(&watch))(&input))) {
            Ok(shown) => pool.keep(shown, input, &mut rng),
            Err(_) => fail(target, &watch, input, seed),
        }
        count += 1;
    }
    println!("{}: {count} inputs, {} kept, CHOR_FUZZ_SEED={seed}", target.name, pool.inputs.len());
}

impl Target {
    /// Its run, under a watch.
    fn run_watched(&self, watch: &Watch) -> impl Fn(&[u8]) -> Shown {
        move |input| watch.during(input, || (self.run)(input))
    }

    /// Writes a seed, and says where it is.
    pub(crate) fn save(&self, input: &[u8]) -> PathBuf {
        let file = folder(self.name).join(format!("{:016x}", Shown::of(&input).0));
        fs::create_dir_all(folder(self.name)).unwrap();
        fs::write(&file, input).unwrap();
        file
    }
}

/// Makes the input as small as it gets, keeps it, and fails.
fn fail(target: &Target, watch: &Watch, input: Vec<u8>, seed: u64) -> ! {
    let run = target.run_watched(watch);
    let fails = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| run(input))).is_err();
    // Kept first as it is: making it smaller may not come to an end.
    let whole = target.save(&input);
    let small = shrink(input, fails);
    let file = target.save(&small);
    if file != whole {
        fs::remove_file(whole).unwrap();
    }
    let (name, text) = (target.name, String::from_utf8_lossy(&small));
    panic!("{name}: this breaks it, and is kept in {} (CHOR_FUZZ_SEED={seed}):\n{text}", file.display());
}

/// Inputs that have each shown something else.
#[derive(Default)]
struct Pool {
    seen: HashSet<Shown>,
    inputs: Vec<Vec<u8>>,
}

impl Pool {
    fn keep(&mut self, shown: Shown, input: Vec<u8>, rng: &mut Rng) {
        if !self.seen.insert(shown) {
            return;
        }
        if self.inputs.len() < KEPT {
            self.inputs.push(input);
        } else {
            let at = rng.usize(..KEPT);
            self.inputs[at] = input;
        }
    }

    fn any(&self, rng: &mut Rng) -> &[u8] {
        &self.inputs[rng.usize(..self.inputs.len())]
    }
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target)
}

/// What has once broken something, in a stable order.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder(target.name)) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, is `{text}`")))
}
