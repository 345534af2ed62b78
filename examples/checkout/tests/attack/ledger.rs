//! What services do outside, as the outside world keeps it: it is no store of the runtime, and survives every kill.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use chor_runtime::{Context, Happening, Uuid, What};

/// A ledger that all processes write to.
pub(crate) struct Ledger(File);

/// What an order has led to outside: who did what under which idempotency key, in order of the first times.
pub(crate) type Effects = HashMap<String, Vec<(String, String, String)>>;

/// What is in a ledger.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub(crate) effects: Effects,
    /// How often services did something.
    pub(crate) calls: usize,
    /// How often an event came again that had been taken.
    pub(crate) duplicates: usize,
    /// How often an event came before its time.
    pub(crate) early: usize,
    /// How often the customer has heard how an order ends.
    pub(crate) heard: HashMap<String, usize>,
}

impl Ledger {
    pub(crate) fn open(path: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(path).unwrap())
    }

    /// A service does something on hearing this event.
    pub(crate) fn enter(&self, cx: &Context, event: &str) {
        self.line(&format!("did {} {} {} {event}\n", cx.idempotency_key(), cx.key(), cx.service()));
    }

    /// What happens to events, where that is of interest.
    pub(crate) fn note(&self, happening: &Happening<'_>) {
        match happening.what {
            What::Duplicate => self.line("duplicate\n"),
            What::Parked => self.line("early\n"),
            _ => {}
        }
    }

    /// The customer has heard how an order ends.
    pub(crate) fn heard(&self, order: Uuid) {
        self.line(&format!("heard {order}\n"));
    }

    /// One write, so that lines of several processes do not mix.
    fn line(&self, line: &str) {
        (&self.0).write_all(line.as_bytes()).unwrap();
    }

    pub(crate) fn read(path: &Path) -> Entries {
        let mut entries = Entries::default();
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["did", id, order, service, event] => {
                    entries.calls += 1;
                    let done = entries.effects.entry(order.to_owned()).or_default();
                    let entry = (service.to_owned(), event.to_owned(), id.to_owned());
                    if !done.contains(&entry) {
                        done.push(entry);
                    }
                }
                ["duplicate"] => entries.duplicates += 1,
                ["heard", order] => *entries.heard.entry(order.to_owned()).or_default() += 1,
                ["early"] => entries.early += 1,
                _ => panic!("the ledger has the line `{line}`"),
            }
        }
        entries
    }
}
