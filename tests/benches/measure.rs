//! Measures cases, each run in a process of its own, and prints them as a table beside their floor.
//!
//! A process of its own, because then its peak memory is the case's alone, because the command too meets every
//! workspace with cold caches and an empty heap, and because no case profits from what another has left behind.
//! Cases take turns, so that a disturbance from outside meets the floor as well. (That, and the proportion in the
//! table, is why this is not one of the usual bench libraries: they repeat a case within one warm process.)

use std::process::{Command, exit};
use std::time::{Duration, Instant};

/// What one run of a case took.
struct Run {
    time: Duration,
    /// The most memory that its process held, in KiB; 0 where the system does not tell.
    peak: u64,
}

/// How the bench was called.
pub(crate) enum Call {
    /// To measure everything.
    All {
        /// A smoke test: small inputs, few runs.
        quick: bool,
    },
    /// To run one case once.
    One(Vec<String>),
}

/// Reads the command line. `cargo bench` says `--bench`; without it (`cargo test --benches`) and with `--quick`,
/// it is a smoke test.
pub(crate) fn call() -> Call {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == "--one").is_some() {
        return Call::One(arguments.collect());
    }
    let arguments: Vec<String> = arguments.collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    Call::All { quick: has("--quick") || !has("--bench") }
}

/// In the process of a run: takes the time of `work`, which is handed what was prepared, and tells it.
pub(crate) fn run<P, R>(prepared: P, work: impl FnOnce(P) -> R) {
    let start = Instant::now();
    let result = work(prepared);
    let time = start.elapsed();
    println!("{} {}", time.as_nanos(), peak().unwrap_or_default());
    // As at the end of the command, nothing is taken down piece by piece.
    std::mem::forget(result);
    exit(0);
}

/// The most memory that this process has held, in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Cases over one input, of which one is the floor of the others.
pub(crate) struct Table<'a> {
    /// What is measured.
    pub(crate) title: String,
    /// How many bytes each case goes through.
    pub(crate) bytes: u64,
    /// The cases: what [`run`] is called for, and how the table calls it. The floor is among them.
    pub(crate) cases: &'a [(&'a str, &'a str)],
    /// Which case the others are set in proportion to.
    pub(crate) floor: &'a str,
}

impl Table<'_> {
    /// Measures and prints.
    pub(crate) fn print(&self, rounds: usize, arguments: &[&str]) {
        let mut runs: Vec<Vec<Run>> = self.cases.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for ((case, _), runs) in self.cases.iter().zip(&mut runs) {
                runs.push(once(case, arguments));
            }
        }
        println!("\n{}", self.title);
        println!("{:46}{:>10}{:>10}{:>10}{:>9}{:>10}", "", "median", "min", "× floor", "MiB/s", "peak MiB");
        let floor = self.cases.iter().position(|(case, _)| *case == self.floor);
        let floor = floor.map_or(0.0, |at| seconds(&runs[at], rounds / 2));
        for ((_, name), runs) in self.cases.iter().zip(&runs) {
            let (median, min) = (seconds(runs, rounds / 2), seconds(runs, 0));
            let peak = runs.iter().map(|run| run.peak).max().unwrap_or_default();
            println!(
                "  {name:44}{:>7.1} ms{:>7.1} ms{:>10.2}{:>9.1}{:>10.1}",
                median * 1e3,
                min * 1e3,
                median / floor,
                mebi(self.bytes) / median,
                mebi(peak * 1024),
            );
        }
    }
}

/// The time of the run that has so many faster ones.
fn seconds(runs: &[Run], faster: usize) -> f64 {
    let mut times: Vec<f64> = runs.iter().map(|run| run.time.as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    times[faster]
}

fn once(case: &str, arguments: &[&str]) -> Run {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).arg("--one").arg(case).args(arguments).output().unwrap();
    assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let (nanos, peak) = told.trim().split_once(' ').unwrap();
    Run { time: Duration::from_nanos(nanos.parse().unwrap()), peak: peak.parse().unwrap() }
}

/// Bytes in MiB.
#[allow(clippy::cast_precision_loss, reason = "for people to read")]
pub(crate) fn mebi(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
