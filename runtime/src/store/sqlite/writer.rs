//! The one thread of this process that writes: it takes whatever waits and writes it in one transaction, and
//! hands what was published here, or by other processes, to the mailboxes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::dispatch::{Dispatch, Subscriber};
use super::listeners::Listeners;
use super::open::{describe, may_pass};
use super::reader::Answer;
use super::write::{self, Prepared, Published};
use crate::envelope::Name;
use crate::failpoint;
use crate::machine::Machine;
use crate::store::{Outcome, StoreError, codec, unix_now};
use crate::transport::Mailbox;

/// So many steps at most are written in one transaction.
const MOST_STEPS: usize = 4096;

/// A transaction that another process keeps away is tried so often, with the patience of `open` each time.
const TRIES: u32 = 3;

/// The waits between two looks at what other processes have written.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What the thread is asked to do, and where the answer goes.
pub(super) enum Request {
    Commit(Vec<Prepared>, Answer<Vec<Outcome>>),
    Subscribe(Subscriber, Answer<Arc<Mailbox>>),
    Legends(Name, &'static [Machine], Answer<()>),
}

type Waiting = (usize, Answer<Vec<Outcome>>);

pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    pub(super) dispatch: Dispatch,
    pub(super) listeners: Listeners,
    /// It cannot read, and has said so.
    pub(super) blind: bool,
}

impl Writer {
    /// Works until nobody can ask any more.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let first = match requests.recv_timeout(pause) {
                Ok(request) => Some(request),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let asked = first.is_some();
            self.serve(first, requests);
            let busy = self.look_around();
            pause = if asked || busy { SHORTEST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        }
    }

    /// Says whether there is reason to look again soon. If reading fails, that is said once: those who write
    /// are told by their own errors, and events stay in the file.
    fn look_around(&mut self) -> bool {
        let found = self.dispatch.look_around(&self.connection);
        let failed = found.as_ref().err().map(|error| describe(&self.path, error));
        if let (Some(error), false) = (&failed, self.blind) {
            tracing::error!(%error, "cannot read what is to be taken");
        }
        self.blind = failed.is_some();
        found.unwrap_or(false)
    }

    /// Does what is asked first and all that waits behind it.
    fn serve(&mut self, first: Option<Request>, requests: &Receiver<Request>) {
        let mut steps = Vec::new();
        let mut waiting = Vec::new();
        for request in first.into_iter().chain(requests.try_iter()) {
            match request {
                Request::Commit(more, answer) => {
                    waiting.push((more.len(), answer));
                    steps.extend(more);
                }
                Request::Subscribe(subscriber, answer) => {
                    let _ = answer.send(self.subscribe(subscriber));
                }
                Request::Legends(service, machines, answer) => {
                    let _ = answer.send(self.keep_legends(&service, machines));
                }
            }
            if steps.len() >= MOST_STEPS {
                break;
            }
        }
        if !steps.is_empty() {
            self.commit(&steps, waiting);
        }
    }

    fn subscribe(&mut self, subscriber: Subscriber) -> Result<Arc<Mailbox>, StoreError> {
        let Subscriber { name, listeners, .. } = &subscriber;
        self.listeners
            .add(&self.connection, name, listeners)
            .map_err(|error| describe(&self.path, &error))?;
        Ok(self.dispatch.subscribe(subscriber))
    }

    fn keep_legends(&self, service: &Name, machines: &[Machine]) -> Result<(), StoreError> {
        for machine in machines {
            let legend = codec::legend_text(machine).map_err(StoreError::new)?;
            write::legend(&self.connection, service, machine, &legend)
                .map_err(|error| describe(&self.path, &error))?;
        }
        Ok(())
    }

    fn commit(&mut self, steps: &[Prepared], waiting: Vec<Waiting>) {
        match self.try_to_commit(steps) {
            Ok((outcomes, published)) => {
                self.nudge(steps, &outcomes);
                self.dispatch.changed(steps);
                let mut outcomes = outcomes.into_iter();
                for (count, answer) in waiting {
                    // Who has asked may have gone; what was asked is done all the same.
                    let _ = answer.send(Ok(outcomes.by_ref().take(count).collect()));
                }
                self.dispatch.published(published);
            }
            Err(error) => {
                for (_, answer) in waiting {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }

    /// The nudges that this process has written itself: the file does not tell it of those.
    fn nudge(&mut self, steps: &[Prepared], outcomes: &[Outcome]) {
        for (prepared, outcome) in steps.iter().zip(outcomes) {
            if let Some(change) = &prepared.step.change
                && prepared.step.nudge
                && outcome.is_written()
            {
                self.dispatch.nudge(change.instance.clone());
            }
        }
    }

    fn try_to_commit(&mut self, steps: &[Prepared]) -> Result<(Vec<Outcome>, Vec<Published>), StoreError> {
        let mut tries = 1;
        loop {
            match transact(&mut self.connection, &mut self.listeners, steps) {
                Err(error) if may_pass(&error) && tries < TRIES => tries += 1,
                done => return done.map_err(|error| describe(&self.path, &error)),
            }
        }
    }
}

fn transact(
    connection: &mut Connection,
    listeners: &mut Listeners,
    steps: &[Prepared],
) -> rusqlite::Result<(Vec<Outcome>, Vec<Published>)> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    listeners.refresh(&transaction)?;
    let (mut published, at) = (Vec::new(), unix_now());
    let outcomes = steps
        .iter()
        .map(|step| write::write(&transaction, step, listeners, at, &mut published))
        .collect::<rusqlite::Result<_>>()?;
    failpoint::pass("in_transaction");
    transaction.commit()?;
    tracing::trace!(target: "chor_runtime::sqlite", steps = steps.len(), "committed");
    Ok((outcomes, published))
}
