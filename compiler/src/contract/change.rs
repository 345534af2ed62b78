//! What a change is, to whom, and in which direction.

use serde_json::Value as Json;

use super::read::Refusal;
use crate::diag::Code;

/// Which readers meet which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// New readers, old events: what a log holds.
    Backward,
    /// Old readers, new events: while both versions run.
    Forward,
    /// Both.
    Full,
}

impl Mode {
    /// Whether new readers meet old events.
    pub fn backward(self) -> bool {
        self != Self::Forward
    }

    pub(super) fn forward(self) -> bool {
        self != Self::Backward
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything is read as it was meant.
    Fine,
    /// It depends on what is written.
    May,
    /// There is a value that is refused or misread.
    Breaks,
}

/// What a change is about, by qualified names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A service or an external.
    Service(String),
    /// An event.
    Event(String),
    /// A field of an event.
    Field(String, String),
    /// A choreography.
    Choreography(String),
    /// Steps of a choreography.
    Steps {
        /// The choreography.
        flow: String,
        /// Who takes part in them, or did.
        who: String,
        /// Their events.
        events: Vec<String>,
    },
    /// A deadline of a choreography, by its place among them.
    Deadline(String, usize),
}

/// In which order the two sides are deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// It does not matter.
    Any,
    /// Whoever reads first.
    ConsumersFirst,
    /// Whoever writes first; what is in the log is read before the readers follow.
    ProducersFirst,
    /// A new event beside the old one, both published until nobody reads the old one.
    NewEvent,
    /// A name that no version has had, for what is new.
    NewName,
    /// The instances that are open end first.
    Drain,
    /// Open instances have to be carried over by hand.
    Migrate,
}

/// An event that shows the difference, and what its reader makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The payload.
    pub event: Json,
    /// Why the reader refuses it; `None`: it reads something else than was meant.
    pub refused: Option<Refusal>,
    /// The reader is the new one.
    pub backward: bool,
}

/// One change that others notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What kind.
    pub code: &'static Code,
    /// What it is about.
    pub subject: Subject,
    /// A sentence without its full stop.
    pub message: String,
    /// New readers of old events.
    pub backward: Verdict,
    /// Old readers of new events.
    pub forward: Verdict,
    /// Who publishes.
    pub writers: Vec<String>,
    /// Who stumbles.
    pub readers: Vec<String>,
    /// Who hears the event and does not read what has changed.
    pub spared: Vec<String>,
    /// An event that shows it.
    pub witness: Option<Witness>,
    /// What to write instead, where that is known: an imperative.
    pub mend: Option<String>,
    /// What to deploy first.
    pub order: Order,
    /// What else to know.
    pub notes: Vec<String>,
}

impl Change {
    /// A change of which nothing else is known yet.
    pub(super) fn new(code: &'static Code, subject: Subject, message: String) -> Self {
        Self {
            code,
            subject,
            message,
            backward: Verdict::Fine,
            forward: Verdict::Fine,
            writers: Vec::new(),
            readers: Vec::new(),
            spared: Vec::new(),
            witness: None,
            mend: None,
            order: Order::Any,
            notes: Vec::new(),
        }
    }
}
