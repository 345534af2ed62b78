//! What was done, and what has come of it, as a table.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::time::Duration;

use checkout::goods::Ending;

use crate::kills::Kill;
use crate::oracle::Faults;
use crate::processes::Done;

/// So many faults of a kind are told.
const MOST_TOLD: usize = 10;

/// An attack, and how it went.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) title: &'static str,
    pub(crate) seed: u64,
    pub(crate) endings: BTreeMap<Ending, usize>,
    /// How many events were published; how often one came again that had been taken, and how often one came too early.
    pub(crate) events: usize,
    pub(crate) duplicates: usize,
    pub(crate) early: usize,
    /// How many effects there are outside, and how many calls have had them.
    pub(crate) effects: usize,
    pub(crate) calls: usize,
    pub(crate) slow: usize,
    pub(crate) strangers: usize,
    pub(crate) done: Done,
    pub(crate) faults: Faults,
    pub(crate) took: Duration,
    /// The last lines that processes have written.
    pub(crate) said: String,
}

impl Report {
    /// Prints the table, and panics where something does not hold.
    pub(crate) fn assert_good(&self) {
        // Not by `println!`: that is kept back where the test passes, and what was done is to be seen.
        std::io::stdout().write_all(self.to_string().as_bytes()).unwrap();
        for (kill, killed) in &self.done {
            let hit: usize = killed.parts.values().sum();
            assert!(hit > 0 || killed.tried < 4, "{kill}: tried {} times, and nobody was hit", killed.tried);
        }
        let (tried, hit) = self.done.values().fold((0, 0), |(tried, hit), killed| {
            (tried + killed.tried, hit + killed.parts.values().sum::<usize>().min(killed.tried))
        });
        // Not every process comes to the place where it is to die: another replica may be faster.
        assert!(hit * 4 >= tried * 3, "of {tried} kills {hit} have killed somebody");
        assert!(self.faults.none(), "{:#}\nthe processes said last:\n{}", self.faults, self.said);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, seed, endings, events, duplicates, early, effects, calls, .. } = self;
        let orders: usize = endings.values().sum();
        let times = |ending| endings.get(&ending).copied().unwrap_or_default();
        writeln!(f, "\nattack on {title}: {orders} orders, CHOR_SEED={seed}, {} s", self.took.as_secs())?;
        writeln!(
            f,
            "  orders      {} shipped, {} declined, {} sold out, {} both; {} wait for a slow bank",
            times(Ending::Shipped),
            times(Ending::Declined),
            times(Ending::SoldOut),
            times(Ending::DeclinedAndSoldOut),
            self.slow
        )?;
        writeln!(f, "  events      {events} published; {duplicates} came again, {early} came early")?;
        writeln!(f, "  effects     {effects} outside, by {calls} calls")?;
        writeln!(f, "  strangers   {} events that are none of ours", self.strangers)?;
        for (kill, killed) in &self.done {
            let parts: Vec<_> = killed.parts.iter().map(|(part, times)| format!("{part} {times}")).collect();
            let hit: usize = killed.parts.values().sum();
            writeln!(
                f,
                "  {:<24} {:>4} tried {hit:>5} hit: {}",
                kill.to_string(),
                killed.tried,
                parts.join(", ")
            )?;
        }
        let Faults { lost, doubled, wrong, stuck } = &self.faults;
        let counts = [lost, doubled, wrong, stuck].map(Vec::len);
        writeln!(f, "  lost {}, doubled {}, wrong {}, stuck {}", counts[0], counts[1], counts[2], counts[3])
    }
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(place) => write!(f, "dies {place}"),
            Self::One => f.write_str("one killed"),
            Self::All => f.write_str("all killed"),
            Self::Freeze(time) => write!(f, "one frozen for {time:?}"),
            Self::Server => f.write_str("server killed"),
            Self::FullDisk => f.write_str("disk of one full"),
            Self::FullServer => f.write_str("disk of the server full"),
            Self::Clock(seconds) => write!(f, "clock of one {seconds:+} s"),
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, doubled, wrong, stuck } = self;
        for (title, faults) in [("lost", lost), ("doubled", doubled), ("wrong", wrong), ("stuck", stuck)] {
            for fault in faults.iter().take(MOST_TOLD) {
                writeln!(f, "{title}: {fault}")?;
            }
            if faults.len() > MOST_TOLD {
                writeln!(f, "{title}: and {} more", faults.len() - MOST_TOLD)?;
            }
        }
        Ok(())
    }
}
