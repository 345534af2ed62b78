//! Where instances and events are kept. One step is written whole or not at all.

mod care;
#[cfg(any(feature = "sqlite", feature = "nats"))]
mod codec;
pub(crate) mod memory;
#[cfg(feature = "nats")]
pub(crate) mod nats;
mod prune;
#[cfg(feature = "sqlite")]
mod sqlite;
mod survey;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

pub use care::{Noted, Quarantined, Skipped, Status};
#[cfg(feature = "nats")]
pub use nats::NatsOptions;
pub use prune::Pruned;
pub use survey::{Backlog, Found, Instance, Which};

use crate::circumstances::clock_off;
use crate::envelope::{Delivery, EventId, InstanceId, Name, Outgoing, Subscription};
use crate::machine::{Machine, Progress};
use crate::transport::Mailbox;

/// A place for instances and events; cheap to clone, each clone is the same place.
#[derive(Clone)]
pub struct Store(Arc<dyn Backend>);

impl Store {
    /// In the memory of this process: for tests and for trying things out. Nothing survives the process.
    pub fn memory() -> Self {
        Self(Arc::new(memory::Memory::new(shards(), memory::Clock::running())))
    }

    /// For one thread that takes everything itself, in a time of its own: until it is moved on, nothing falls
    /// due.
    pub(crate) fn memory_in_virtual_time() -> (Self, Arc<memory::Memory>) {
        let memory = Arc::new(memory::Memory::watched());
        (Self(Arc::clone(&memory) as Arc<dyn Backend>), memory)
    }

    /// In a SQLite file, which other processes of this machine may use at the same time. It is created if
    /// there is none.
    ///
    /// Whatever was answered is on the disk, and survives the loss of power. Network filesystems are refused:
    /// the processes must be on one machine.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(path: impl AsRef<std::path::Path>) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(sqlite::Sqlite::open(path.as_ref(), shards())?)))
    }

    /// In a SQLite file that is there already: for those who look at what others do.
    #[cfg(feature = "sqlite")]
    pub fn sqlite_existing(path: impl AsRef<std::path::Path>) -> Result<Self, StoreError> {
        let (path, shown) = (path.as_ref(), path.as_ref().display());
        match std::fs::metadata(path) {
            Ok(file) if file.len() > 0 || file.is_dir() => Self::sqlite(path),
            Ok(_) => Err(StoreError::new(format!("{shown} is empty: no service has used it"))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(StoreError::new(format!("there is no file {shown}")))
            }
            Err(error) => Err(StoreError::new(format!("{shown} cannot be read: {error}"))),
        }
    }

    /// In NATS JetStream, which processes of several machines may use at the same time. Streams and consumers are
    /// created where they are missing.
    ///
    /// What was answered is with the server, and survives the death of its process. It survives the loss of power
    /// only if the server is told so (`sync_interval: always` in its block `jetstream`), or if several servers keep it
    /// ([`NatsOptions::replicas`]). A server alone must be of version 2.9 or later, one of a cluster 2.9.21 or later.
    ///
    /// Events are [CloudEvents](https://cloudevents.io) in binary mode, which other clients can read and, as an external,
    /// publish: `chor.<emitter>.<choreography>.<event>.<key>` is their subject, where the dots of qualified names are
    /// written as `-` and in a key whatever is no letter, digit, `_` or `-` as `=` and two hexadecimal digits for each
    /// byte. The headers `ce-specversion`, `ce-id`, `ce-source` (the emitter) and `ce-type` (the event) are needed. What
    /// is none of that is recorded in the journal, and goes no further.
    ///
    /// The clocks of the machines must agree to within some minutes: deadlines are kept by them.
    #[cfg(feature = "nats")]
    pub async fn nats(options: impl Into<NatsOptions>) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(nats::Nats::open(options.into()).await?)))
    }

    /// What a test has made.
    #[cfg(test)]
    pub(crate) fn of(backend: Arc<dyn Backend>) -> Self {
        Self(backend)
    }

    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.0
    }

    /// Writes one step; says whether nobody else had been there before.
    pub(crate) async fn commit_one(&self, step: Step) -> Result<bool, StoreError> {
        match self.backend().commit(vec![step]).await?.into_iter().next() {
            Some(Outcome::Written(_)) => Ok(true),
            Some(Outcome::Refused(reason)) => Err(StoreError::new(reason)),
            Some(Outcome::Conflict) | None => Ok(false),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// As many workers for each service as the machine has cores.
fn shards() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What a store is doing, until it has done it.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// What the driver and the clients need of a store and the transport in it.
pub(crate) trait Backend: Send + Sync {
    /// So many steps or instances are best asked for at once. Whoever asks for several hears of all when the last is done.
    fn together(&self) -> usize {
        usize::MAX
    }

    /// Writes steps, each whole or not at all, and says of each whether it was written. In the order given.
    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>>;

    /// Whether an external has still to take a delivery that was brought to it, where others may have been brought it too.
    fn is_to_take(&self, _external: &Name, _handle: u64) -> Pending<bool> {
        Box::pin(std::future::ready(Ok(true)))
    }

    /// Takes a delivery back that nobody here may take; the next subscription gets it again.
    fn hold(&self, subscriber: &Name, delivery: Delivery);

    /// The instance keeps this delivery already, and has been written with it: it need not be brought again.
    fn parked(&self, subscriber: &Name, delivery: &Delivery);

    /// Reads where instances stand, in the order given.
    fn load(&self, instances: Vec<InstanceId>) -> Pending<Vec<Loaded>>;

    /// The instances that were set aside, of this participant or of all.
    fn quarantined(&self, of: Option<Name>) -> Pending<Vec<(InstanceId, Arc<Progress>)>>;

    /// The journal's newest lines about these instances, so many at most, oldest line first; when each was written, in
    /// milliseconds since 1970.
    fn journal(&self, which: Which, most: usize) -> Pending<Vec<(i64, Record)>>;

    /// Where these instances stand, those that have stood the longest, so many at most.
    fn survey(&self, which: Which, most: usize) -> Pending<Found>;

    /// What participants have still to take, by their names.
    fn backlog(&self) -> Pending<Vec<Backlog>>;

    /// Removes what was over before this time, in milliseconds since 1970, or only counts it.
    fn prune(&self, before: i64, remove: bool) -> Pending<Pruned>;

    /// Keeps what the states of these machines mean, for those who look at the store without them.
    fn keep_legends(&self, service: &Name, machines: &'static [Machine]) -> Pending<()>;

    /// What waits for the subscriber, and all that comes, is put into this mailbox. From now on it hears foreign
    /// events too.
    fn subscribe(&self, subscription: Subscription) -> Pending<Arc<Mailbox>>;

    /// What time it is, in milliseconds since 1970.
    fn now(&self) -> i64;
}

/// Where an instance stands: nowhere, at revision 0, if nobody has written it yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) revision: u64,
    pub(crate) progress: Option<Arc<Progress>>,
}

/// Where an instance stands; or what is wrong with this one alone: it is damaged, or a version has written it that writes
/// otherwise.
pub(crate) type Loaded = Result<Snapshot, StoreError>;

/// What is written together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    /// Where the instance stands afterwards.
    pub(crate) change: Option<Change>,
    /// The delivery that was taken: its subscriber and handle.
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "nats")),
        expect(dead_code, reason = "in memory, what was taken is gone")
    )]
    pub(crate) consumed: Option<(Name, u64)>,
    /// What the step does with an event that waits in the instance, or is to.
    #[cfg_attr(not(feature = "nats"), expect(dead_code, reason = "the others keep events in one place"))]
    pub(crate) waits: Waits,
    /// What is published.
    pub(crate) emitted: Vec<Outgoing>,
    /// Publish only what this source has not published under this id before.
    pub(crate) once: bool,
    /// What goes into the journal.
    pub(crate) records: Vec<Record>,
    /// Tell the one who serves the instance to look at it again.
    pub(crate) nudge: bool,
}

/// What a step does with what waits in the instance, by the handle of the delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Waits {
    /// Nothing.
    #[default]
    Same,
    /// This is kept for later, and that is all that the step does.
    Parks(u64),
    /// This was parked, and is no longer.
    Unparks(u64),
}

/// A new state for an instance, if it still stands where it stood.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) instance: InstanceId,
    /// The revision that the step was computed from.
    pub(crate) expected: u64,
    pub(crate) progress: Arc<Progress>,
    /// When the instance had something to do by itself where it stood.
    #[cfg_attr(not(feature = "nats"), expect(dead_code, reason = "the others have it beside the instance"))]
    pub(crate) was_due: Option<i64>,
}

/// Whether a step was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was; the instance stands at this revision now, if the step changes one.
    Written(u64),
    /// It was not: another had been there before.
    Conflict,
    /// It was not, and never can be; the reason.
    #[cfg_attr(not(feature = "nats"), expect(dead_code, reason = "the others take everything"))]
    Refused(String),
}

impl Outcome {
    /// Whether the step was written.
    pub(crate) fn is_written(&self) -> bool {
        matches!(self, Self::Written(_))
    }
}

/// Something that people should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The instance, and who plays it.
    pub instance: InstanceId,
    /// The event that it is about.
    pub event: EventId,
    /// The event's type.
    pub event_type: Name,
    /// What happened: `illegal`, `duplicate start`, `quarantined` and so on.
    pub verdict: Name,
    /// Why.
    pub reason: String,
}

/// Milliseconds since 1970.
fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX).saturating_add(clock_off())
}

/// Why a store could not do what it was asked.
#[derive(Clone, Debug)]
pub struct StoreError {
    message: Arc<str>,
    /// What was read is not as this program writes it.
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "nats")),
        expect(dead_code, reason = "in memory, nothing else writes")
    )]
    damage: bool,
}

impl StoreError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into().into(), damage: false }
    }

    /// What was read there is not as this program writes it.
    #[cfg(any(feature = "sqlite", feature = "nats"))]
    pub(crate) fn damage(place: impl fmt::Display, damage: impl fmt::Display) -> Self {
        let message = format!("{place}: it holds what this program did not write ({damage})");
        Self { message: message.into(), damage: true }
    }

    /// Tells damage of what was read apart from what is wrong with the store.
    #[cfg(any(feature = "sqlite", feature = "nats"))]
    pub(crate) fn apart<T>(read: Result<T, Self>) -> Result<Result<T, Self>, Self> {
        match read {
            Err(error) if !error.damage => Err(error),
            one => Ok(one),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}
