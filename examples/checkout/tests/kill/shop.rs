//! The processes of a shop, and how they are killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where the processes meet.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    File(PathBuf),
    Nats(String),
}

impl Place {
    /// The command that plays this part here.
    pub(crate) fn command(&self, part: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checkout"));
        command.arg(part).stdout(Stdio::null()).stderr(Stdio::null());
        match self {
            Self::File(path) => command.arg("--store").arg(path),
            Self::Nats(url) => command.arg("--nats").arg(url),
        };
        command
    }

    fn start(&self, service: &str, failpoint: Option<&str>) -> Child {
        let mut command = self.command(service);
        if let Some(failpoint) = failpoint {
            command.env("CHOR_FAILPOINT", failpoint);
        }
        command.spawn().unwrap()
    }
}

/// The processes of a shop.
pub(crate) struct Shop {
    place: Place,
    services: &'static [&'static str],
    processes: Vec<Child>,
    pub(crate) random: fastrand::Rng,
}

impl Shop {
    pub(crate) fn open(place: Place, services: &'static [&'static str], seed: u64) -> Self {
        let processes = services.iter().map(|service| place.start(service, None)).collect();
        Self { place, services, processes, random: fastrand::Rng::with_seed(seed) }
    }

    /// Kills one process, or all, some moments from now, and starts it again.
    pub(crate) fn kill_at_random(&mut self) {
        std::thread::sleep(Duration::from_millis(self.random.u64(5..60)));
        let all = self.random.u8(..) < 64;
        let one = self.random.usize(..self.services.len());
        let killed = |index: &usize| all || *index == one;
        for index in (0..self.services.len()).filter(killed) {
            end(&mut self.processes[index]);
        }
        for index in (0..self.services.len()).filter(killed) {
            self.processes[index] = self.place.start(self.services[index], None);
        }
    }

    /// Lets one process die at a named point, and starts it again. `false`: it never came there.
    pub(crate) fn kill_at(&mut self, failpoint: &str) -> bool {
        let one = self.random.usize(..self.services.len());
        end(&mut self.processes[one]);
        let passing = format!("{failpoint}:{}", self.random.u32(1..4));
        self.processes[one] = self.place.start(self.services[one], Some(&passing));
        let patience = Instant::now() + Duration::from_secs(3);
        let mut died = false;
        while !died && Instant::now() < patience {
            died = self.processes[one].try_wait().unwrap().is_some();
            std::thread::sleep(Duration::from_millis(2));
        }
        end(&mut self.processes[one]);
        self.processes[one] = self.place.start(self.services[one], None);
        died
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.processes.iter_mut().for_each(end);
    }
}

fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}
