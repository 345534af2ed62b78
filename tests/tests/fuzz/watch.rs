//! Keeps an eye on time and memory: where an input takes too much of either, it is kept and the process ends.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::hunt::Target;

/// An input takes milliseconds; a machine with other work to do, some more.
const LONGEST: Duration = Duration::from_secs(20);

/// Of the whole process, where the system tells it (`/proc`). Without an input that breaks this it has some 50 MiB.
const MOST_MEMORY: u64 = 1024 * 1024 * 1024;

/// Watches until it is dropped.
pub(crate) struct Watch {
    now: Arc<Mutex<Option<Running>>>,
    /// Where an input is written before it is run: a stack that overflows leaves no time for it.
    last: PathBuf,
    _alive: Sender<()>,
}

struct Running {
    since: Instant,
    input: Vec<u8>,
}

impl Watch {
    /// Runs what the last process of this target has died of, if it has.
    pub(crate) fn start(target: &Target) -> Self {
        let last = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}", target.name));
        let (alive, gone) = channel();
        let now = Arc::new(Mutex::new(None));
        let watch = Self { now: now.clone(), last, _alive: alive };
        let target = *target;
        std::thread::spawn(move || {
            while gone.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout) {
                if let Some((running, what)) =
                    too_much(&mut now.lock().unwrap_or_else(PoisonError::into_inner))
                {
                    let file = target.save(&running.input);
                    // Not by `eprintln`, which the test harness would swallow.
                    let line = format!("{}: {what}; the input is kept in {}\n", target.name, file.display());
                    let _ = std::io::stderr().write_all(line.as_bytes());
                    std::process::exit(101);
                }
            }
        });
        if let Ok(input) = fs::read(&watch.last) {
            watch.during(&input, || (target.run)(&input));
        }
        watch
    }

    /// Does something with this input.
    pub(crate) fn during<T>(&self, input: &[u8], act: impl FnOnce() -> T) -> T {
        fs::write(&self.last, input).unwrap();
        self.set(Some(Running { since: Instant::now(), input: input.to_vec() }));
        let done = act();
        self.set(None);
        done
    }

    fn set(&self, running: Option<Running>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.last);
    }
}

/// What an input has taken too much of.
fn too_much(now: &mut Option<Running>) -> Option<(Running, String)> {
    let what = if now.as_ref()?.since.elapsed() > LONGEST {
        format!("no end after {} s", LONGEST.as_secs())
    } else {
        let bytes = memory().filter(|bytes| *bytes > MOST_MEMORY)?;
        format!("{} MiB of memory", bytes / 1024 / 1024)
    };
    now.take().map(|running| (running, what))
}

/// The memory of this process, in bytes.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
