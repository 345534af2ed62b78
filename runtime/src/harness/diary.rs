//! What happens in a harness, in order, as a sequence diagram that people and Mermaid can read.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::envelope::{Delivery, Outgoing};
use crate::observe::Happened;

/// So many lines are kept: the last ones.
const MOST: usize = 10_000;

/// Each clone is the same diary.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    /// A panic elsewhere cannot leave the lines half written.
    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, line: String) {
        let mut lines = self.lines();
        if lines.len() >= MOST {
            lines.drain(..MOST / 2);
        }
        lines.push(line);
    }

    /// A step of a service is written.
    pub(super) fn step(&self, service: &str, heard: &Delivery, happened: &Happened, emitted: &[Outgoing]) {
        let event = &heard.event;
        let (name, source, key) = (event.name.short(), &event.source, &event.key);
        match happened {
            Happened::Heard => self.write(format!("{source}->>{service}: {name} ({key})")),
            Happened::Due => self.note(service, format_args!("{name} of {key}")),
            Happened::Parked => self.note(service, format_args!("{name} of {key} waits")),
            Happened::Duplicate => self.note(service, format_args!("{name} of {key} once more")),
            Happened::Late => self.note(service, format_args!("{name} of {key} is late")),
            Happened::Refused(reason) => {
                self.note(service, format_args!("{name} of {key} is refused: {reason}"));
            }
            Happened::Quarantined(reason) => self.note(service, format_args!("{key} is set aside: {reason}")),
            Happened::Held(reason) => self.note(service, format_args!("{key} is held: {reason}")),
        }
        // What a service takes is told when it does.
        for outgoing in emitted {
            for to in outgoing.to.iter().filter(|to| to.external) {
                let name = outgoing.event.name.short();
                self.write(format!("{service}->>{}: {name} ({key})", to.name));
            }
        }
    }

    /// A service dies before its step is written.
    pub(super) fn death(&self, service: &str, heard: &Delivery) {
        let (name, key) = (heard.event.name.short(), &heard.event.key);
        self.note(service, format_args!("dies at {name} of {key}"));
    }

    fn note(&self, service: &str, what: std::fmt::Arguments<'_>) {
        self.write(format!("Note over {service}: {what}"));
    }

    /// All of it.
    pub(super) fn diagram(&self) -> String {
        let mut text = "sequenceDiagram\n".to_owned();
        for line in &*self.lines() {
            // Writing to a String does not fail.
            let _ = writeln!(text, "    {line}");
        }
        text
    }
}
