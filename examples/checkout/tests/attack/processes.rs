//! The processes of the services, and how they are killed.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::kills::Kill;
use crate::people::{ADDRESS, LEDGER, PART, THINKS};

/// A process that is to die by itself is killed after this while: it never came to the place.
const NEVER_COMES: Duration = Duration::from_secs(4);

/// Who stands still for less than this goes on before anything else is done.
const AT_ONCE: Duration = Duration::from_secs(5);

/// How processes are started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) address: String,
    pub(crate) ledger: PathBuf,
    /// Where they write what they have to say.
    pub(crate) log: PathBuf,
    /// How long a service thinks at most, in milliseconds.
    pub(crate) thinks: u64,
    /// The fault of the protocol that they have.
    pub(crate) mutation: Option<&'static str>,
}

impl Start {
    /// `wrong`: what is wrong with it, as a variable of its environment.
    pub(crate) fn start(&self, part: &str, wrong: Option<Wrong>) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "service", "--nocapture"]);
        command.env(PART, part).env(ADDRESS, &self.address).env(LEDGER, &self.ledger);
        command.env(THINKS, self.thinks.to_string());
        command.envs(self.mutation.map(|mutation| ("CHOR_MUTATION", mutation)));
        command.envs(wrong);
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }
}

/// A variable of a process's environment, and its value.
type Wrong = (&'static str, String);

/// What was done: how often each kill has killed each service, and how often it was tried.
pub(crate) type Done = BTreeMap<Kill, Killed>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Killed {
    pub(crate) tried: usize,
    pub(crate) parts: BTreeMap<&'static str, usize>,
}

/// The processes of a shop; Payment is two.
pub(crate) struct Processes {
    start: Start,
    running: Vec<Process>,
    random: Rng,
    pub(crate) done: Done,
}

struct Process {
    part: &'static str,
    child: Child,
    /// It stands still until then.
    frozen: Option<Instant>,
}

/// Lets a process stand still (`-STOP`) or go on (`-CONT`).
pub(crate) fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "kill {signal}");
}

impl Process {
    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.frozen = None;
    }
}

impl Processes {
    pub(crate) fn start(start: Start, random: Rng) -> Self {
        let parts = ["orders", "payment", "payment", "inventory", "shipping"];
        let running = parts.map(|part| Process { part, child: start.start(part, None), frozen: None }).into();
        Self { start, running, random, done: Done::new() }
    }

    /// Does this to them, and starts again who has died.
    pub(crate) async fn suffer(&mut self, kill: Kill) {
        self.thaw_some();
        self.revive();
        self.done.entry(kill).or_default().tried += 1;
        match kill {
            Kill::At(place) => {
                let passing = self.random.u32(1..9);
                self.die_of(("CHOR_FAILPOINT", format!("{place}:{passing}")), kill).await;
            }
            Kill::FullDisk => self.die_of(("CHOR_PAGES_LEFT", "0".to_owned()), kill).await,
            Kill::One => {
                self.some_moments().await;
                let one = self.any();
                self.running[one].end();
                self.killed(kill, one);
                self.some_moments().await;
                self.restart(one, None);
            }
            Kill::All => {
                self.some_moments().await;
                self.running.iter_mut().for_each(Process::end);
                self.some_moments().await;
                for one in 0..self.running.len() {
                    self.killed(kill, one);
                    self.restart(one, None);
                }
            }
            Kill::Freeze(time) => self.freeze(time, kill).await,
            Kill::Clock(seconds) => {
                let one = self.any();
                self.running[one].end();
                self.killed(kill, one);
                self.restart(one, Some(("CHOR_CLOCK_OFF", (seconds * 1000).to_string())));
            }
            // It is no process of ours.
            Kill::Server | Kill::FullServer => {}
        }
    }

    /// Lets those go on that stand still, each when its time has come.
    pub(crate) async fn thaw(&mut self) {
        let last = self.running.iter().filter_map(|process| process.frozen).max();
        if let Some(last) = last {
            tokio::time::sleep_until(last.into()).await;
        }
        self.thaw_some();
    }

    fn thaw_some(&mut self) {
        let now = Instant::now();
        for process in self.running.iter_mut().filter(|it| it.frozen.is_some_and(|until| until <= now)) {
            signal(&process.child, "-CONT");
            process.frozen = None;
        }
    }

    /// Starts those again that have ended by themselves, as whoever runs services does.
    pub(crate) fn revive(&mut self) {
        for one in 0..self.running.len() {
            if self.running[one].child.try_wait().unwrap().is_some() {
                self.restart(one, None);
            }
        }
    }

    /// Lets one replica of Payment stand still; the other takes over.
    async fn freeze(&mut self, time: Duration, kill: Kill) {
        // In the middle of its work.
        tokio::time::sleep(Duration::from_millis(self.random.u64(200..400))).await;
        let one = self.running.iter().position(|it| it.part == "payment" && it.frozen.is_none());
        let Some(one) = one else { return };
        signal(&self.running[one].child, "-STOP");
        self.running[one].frozen = Some(Instant::now() + time);
        self.killed(kill, one);
        if time < AT_ONCE {
            // It may hold the lock of the file, and then nobody can place orders.
            tokio::time::sleep(time).await;
            self.thaw_some();
        }
    }

    /// Starts one again with something wrong with it, of which it dies.
    async fn die_of(&mut self, wrong: Wrong, kill: Kill) {
        let one = self.any();
        self.running[one].end();
        self.restart(one, Some(wrong));
        let patience = Instant::now() + NEVER_COMES;
        while Instant::now() < patience {
            if self.running[one].child.try_wait().unwrap().is_some() {
                self.killed(kill, one);
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.running[one].end();
        self.restart(one, None);
    }

    pub(crate) fn server_suffered(&mut self, kill: Kill) {
        *self.done.entry(kill).or_default().parts.entry("server").or_default() += 1;
    }

    fn killed(&mut self, kill: Kill, one: usize) {
        *self.done.entry(kill).or_default().parts.entry(self.running[one].part).or_default() += 1;
    }

    fn restart(&mut self, one: usize, wrong: Option<Wrong>) {
        let process = &mut self.running[one];
        process.child = self.start.start(process.part, wrong);
    }

    /// One that does not stand still.
    fn any(&mut self) -> usize {
        let awake: Vec<usize> =
            (0..self.running.len()).filter(|one| self.running[*one].frozen.is_none()).collect();
        awake[self.random.usize(..awake.len())]
    }

    async fn some_moments(&mut self) {
        tokio::time::sleep(Duration::from_millis(self.random.u64(..80))).await;
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.running.iter_mut().for_each(Process::end);
    }
}

/// The last lines that the processes have written.
pub(crate) fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
