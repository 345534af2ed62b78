//! Everything in one SQLite file, which several processes of one machine may share.
//!
//! Two threads: one writes (and hands events to mailboxes), one reads where instances stand.

mod care;
mod dispatch;
mod due;
mod listeners;
mod open;
mod prune;
mod reader;
#[cfg(test)]
mod tests;
mod write;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};

use rusqlite::Connection;
use tokio::sync::oneshot;

use self::dispatch::{Dispatch, Subscriber};
use self::listeners::Listeners;
use self::reader::{Query, Reader};
use self::write::Prepared;
use self::writer::{Request, Writer};
use super::{
    Backend, Backlog, Found, Loaded, Outcome, Pending, Pruned, Record, Step, StoreError, Which, codec,
    unix_now,
};
use crate::envelope::{Delivery, InstanceId, Name, Subscription};
use crate::machine::{Machine, Progress};
use crate::transport::Mailbox;

pub(super) struct Sqlite {
    path: PathBuf,
    shards: usize,
    requests: Sender<Request>,
    queries: Sender<Query>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, shards: usize) -> Result<Self, StoreError> {
        Self::start(path, open::open(path)?, shards)
    }

    /// Starts the threads; `connection` is the one that writes.
    fn start(path: &Path, connection: Connection, shards: usize) -> Result<Self, StoreError> {
        let dispatch = Dispatch::new(&connection).map_err(|error| open::describe(path, &error))?;
        let (requests, inbox) = mpsc::channel();
        let writer = Writer {
            path: path.to_owned(),
            connection,
            dispatch,
            listeners: Listeners::default(),
            blind: false,
        };
        spawn("chor-writer", move || writer.run(&inbox))?;

        let reader = Reader { path: path.to_owned(), connection: open::open_to_read(path)? };
        let (queries, inbox) = mpsc::channel();
        spawn("chor-reader", move || reader.run(&inbox))?;
        Ok(Self { path: path.to_owned(), shards, requests, queries })
    }

    fn request<T: Send + 'static>(&self, request: impl FnOnce(reader::Answer<T>) -> Request) -> Pending<T> {
        let (answer, answered) = oneshot::channel();
        // A thread that has gone drops its end, and the wait below says so.
        let _ = self.requests.send(request(answer));
        wait(answered)
    }

    fn query<T: Send + 'static>(&self, query: impl FnOnce(reader::Answer<T>) -> Query) -> Pending<T> {
        let (answer, answered) = oneshot::channel();
        let _ = self.queries.send(query(answer));
        wait(answered)
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|error| StoreError::new(format!("cannot start the thread {name}: {error}")))
}

fn wait<T: Send + 'static>(answered: oneshot::Receiver<Result<T, StoreError>>) -> Pending<T> {
    Box::pin(async move {
        answered.await.unwrap_or_else(|_| Err(StoreError::new("the store's thread has died: start again")))
    })
}

fn prepare(step: Step) -> Result<Prepared, StoreError> {
    let progress = match &step.change {
        Some(change) => codec::encode(&change.progress).map_err(StoreError::new)?.get().to_owned(),
        None => String::new(),
    };
    Ok(Prepared { step, progress })
}

impl Backend for Sqlite {
    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        match steps.into_iter().map(prepare).collect::<Result<_, _>>() {
            Ok(prepared) => self.request(|answer| Request::Commit(prepared, answer)),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn load(&self, instances: Vec<InstanceId>) -> Pending<Vec<Loaded>> {
        self.query(|answer| Query::Load(instances, answer))
    }

    fn is_to_take(&self, external: &Name, handle: u64) -> Pending<bool> {
        self.query(|answer| Query::IsToTake(external.clone(), handle, answer))
    }

    fn quarantined(&self, of: Option<Name>) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        self.query(|answer| Query::Quarantined(of, answer))
    }

    fn journal(&self, which: Which, most: usize) -> Pending<Vec<(i64, Record)>> {
        self.query(|answer| Query::Journal(which, most, answer))
    }

    fn survey(&self, which: Which, most: usize) -> Pending<Found> {
        self.query(|answer| Query::Survey(which, most, answer))
    }

    fn backlog(&self) -> Pending<Vec<Backlog>> {
        self.query(Query::Backlog)
    }

    /// On a thread and a connection of its own: nobody waits for the whole of it.
    fn prune(&self, before: i64, remove: bool) -> Pending<Pruned> {
        let (path, (answer, answered)) = (self.path.clone(), oneshot::channel());
        let work = move || {
            let _ = answer.send(prune::prune(&path, before, remove));
        };
        match spawn("chor-pruner", work) {
            Ok(()) => wait(answered),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn keep_legends(&self, service: &Name, machines: &'static [Machine]) -> Pending<()> {
        self.request(|answer| Request::Legends(service.clone(), machines, answer))
    }

    /// Its row is still in the file.
    fn hold(&self, _subscriber: &Name, _delivery: Delivery) {}

    /// Its row stays until it is taken.
    fn parked(&self, _subscriber: &Name, _delivery: &Delivery) {}

    /// Each event is written with those who hear it: what they hear need not be said.
    fn subscribe(&self, subscription: Subscription) -> Pending<Arc<Mailbox>> {
        let Subscription { name, external, listeners, .. } = subscription;
        let mailbox = Arc::new(Mailbox::new(if external { 1 } else { self.shards }));
        let subscriber = Subscriber { name, mailbox, external, listeners };
        self.request(|answer| Request::Subscribe(subscriber, answer))
    }

    fn now(&self) -> i64 {
        unix_now()
    }
}
