//! Events and instances in NATS JetStream, where one machine is not enough.
//!
//! One stream is the log of all events, and brings them; one stream for each participant holds where its instances
//! stand. Nothing there is written together, so the state goes first: it is written by compare-and-set on the last
//! message of its subject, with all that the step publishes in it. Then that is published, and then what was heard
//! is acknowledged. What is not acknowledged comes again, and whoever reads a state first does what it has still to
//! do:
//!
//! | killed | afterwards |
//! |---|---|
//! | before the state is written | the event comes again, and its handler is called again |
//! | before all is published | the event comes again and is a duplicate; what is missing is published |
//! | before the acknowledgment | the event comes again, is a duplicate, and is acknowledged |
//! | where no event would come again | a *wake* (`wakes.rs`) was written before the state: it leads there |
//! | the server | what it has acknowledged is on its disk; everything else is asked of it again |
//!
//! `subjects.rs` says what things are called, `wire.rs` how events look.

mod broker;
mod care;
pub(crate) mod deploy;
mod held;
mod intake;
mod options;
mod prune;
mod setup;
mod state;
mod step;
mod subjects;
mod wakes;
mod wire;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use async_nats::jetstream::stream::Stream;
use tokio::sync::OnceCell;

pub use self::options::NatsOptions;

use self::broker::Broker;
use self::held::Held;
use self::subjects::Subjects;
use self::wakes::Watch;
use super::{
    Backend, Backlog, Found, Loaded, Outcome, Pending, Pruned, Record, Step, StoreError, Which, shards,
    unix_now,
};
use crate::envelope::{Delivery, InstanceId, Name, Subscription};
use crate::machine::{Machine, Progress};
use crate::transport::Mailbox;

pub(super) struct Nats(Arc<Shared>);

/// What all tasks of a store share. They end when it is dropped.
struct Shared {
    broker: Broker,
    subjects: Subjects,
    replicas: usize,
    creates: bool,
    held: Held,
    mailboxes: Mutex<HashMap<Name, Opened>>,
    /// The number of the last event that was in the log when the store was opened.
    last_before: AtomicU64,
    /// How many mailboxes there have been.
    opened: AtomicU64,
    /// The subscribers here that are no services.
    externals: Mutex<HashSet<Name>>,
    /// The streams that are known to be there, by their names.
    streams: Mutex<HashMap<String, Stream<()>>>,
}

/// The mailbox of a subscriber, as long as somebody takes its mail.
struct Opened {
    mailbox: Weak<Mailbox>,
    /// The number of the mailbox.
    number: u64,
    /// Whether its mail is brought. Whoever began to see to that may have gone away before it was so; then the next does.
    brought: Arc<OnceCell<()>>,
}

impl Nats {
    pub(super) async fn open(options: NatsOptions) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::connect(&options).await?);
        shared.set_up_log().await?;
        tokio::spawn(show_life(Arc::downgrade(&shared)));
        Ok(Self(shared))
    }

    fn ask<T: Send + 'static, F>(&self, question: impl FnOnce(Arc<Shared>) -> F) -> Pending<T>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        Box::pin(question(Arc::clone(&self.0)))
    }
}

/// Tells the server that this process lives, as long as the store does, and looks what has become of it.
async fn show_life(shared: Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        shared.broker.look_for_largest();
        shared.held.show_life(&shared.broker.client).await;
        drop(shared);
        tokio::time::sleep(Held::PAUSE).await;
    }
}

impl Shared {
    async fn connect(options: &NatsOptions) -> Result<Self, StoreError> {
        options.check()?;
        Ok(Self {
            broker: Broker::connect(options).await?,
            subjects: Subjects::new(&options.namespace),
            replicas: options.replicas,
            creates: options.creates,
            held: Held::default(),
            mailboxes: Mutex::default(),
            last_before: AtomicU64::default(),
            opened: AtomicU64::default(),
            externals: Mutex::default(),
            streams: Mutex::default(),
        })
    }

    /// A panic elsewhere cannot leave these maps half changed.
    fn mailboxes(&self) -> MutexGuard<'_, HashMap<Name, Opened>> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn externals(&self) -> MutexGuard<'_, HashSet<Name>> {
        self.externals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<String, Stream<()>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mailbox of a subscriber, if somebody here takes its mail.
    fn mailbox(&self, subscriber: &Name) -> Option<Arc<Mailbox>> {
        self.mailboxes().get(subscriber).and_then(|opened| opened.mailbox.upgrade())
    }

    /// The mailbox of a subscriber, its number, and whether its mail is brought.
    fn open_mailbox(&self, subscriber: &Name, external: bool) -> (Arc<Mailbox>, u64, Arc<OnceCell<()>>) {
        let mut mailboxes = self.mailboxes();
        if let Some(Opened { mailbox, number, brought }) = mailboxes.get(subscriber)
            && let Some(mailbox) = mailbox.upgrade()
        {
            return (mailbox, *number, Arc::clone(brought));
        }
        let mailbox = Arc::new(Mailbox::new(if external { 1 } else { shards() }));
        let (number, brought) = (self.opened.fetch_add(1, Ordering::Relaxed), Arc::default());
        let opened = Opened { mailbox: Arc::downgrade(&mailbox), number, brought: Arc::clone(&brought) };
        mailboxes.insert(subscriber.clone(), opened);
        (mailbox, number, brought)
    }

    /// Whoever subscribes again while the mailbox lives shares it, and what is brought there.
    async fn subscribe(self: Arc<Self>, subscription: Subscription) -> Result<Arc<Mailbox>, StoreError> {
        let Subscription { name, external, hears, listeners } = &subscription;
        if *external && hears.is_empty() && listeners.is_empty() {
            return Err(StoreError::new(format!(
                "{name} does not say what it hears: generate its code again"
            )));
        }
        let (mailbox, number, brought) = self.open_mailbox(name, *external);
        brought.get_or_try_init(|| self.bring(&subscription, &mailbox, number)).await?;
        Ok(mailbox)
    }

    /// Has the mail of a subscriber brought to its mailbox.
    async fn bring(
        self: &Arc<Self>,
        subscription: &Subscription,
        mailbox: &Arc<Mailbox>,
        number: u64,
    ) -> Result<(), StoreError> {
        let Subscription { name, external, .. } = subscription;
        if *external {
            self.externals().insert(name.clone());
        }
        let instances = self.state_of(name).await?;
        let intakes = self.intakes(subscription, mailbox, number).await?;
        if !external {
            let consumers = intakes.iter().map(|intake| intake.consumer.clone()).collect();
            tokio::spawn(Watch::new(self, mailbox, name.clone(), instances, consumers).run());
        }
        for intake in intakes {
            tokio::spawn(intake.run());
        }
        Ok(())
    }

    /// Gives a delivery back that nobody here may take. Another version of the service may be somewhere, or come.
    fn hold(self: Arc<Self>, subscriber: &Name, delivery: &Delivery) {
        let Some(answer) = self.held.give(&delivery.taker(subscriber), delivery.handle) else {
            return;
        };
        tokio::spawn(async move {
            // Lost, it comes again a little earlier. The delay is in nanoseconds.
            let later = r#"-NAK {"delay": 5000000000}"#;
            let _ = self.broker.client.publish(answer, later.into()).await;
        });
    }

    fn parked(self: Arc<Self>, subscriber: &Name, delivery: &Delivery) {
        let Some(answer) = self.held.give(&delivery.taker(subscriber), delivery.handle) else {
            return;
        };
        tokio::spawn(async move {
            // Lost, it comes again, and is parked still or a duplicate.
            let _ = self.broker.client.publish(answer, "+ACK".into()).await;
        });
    }
}

impl Backend for Nats {
    /// Nothing is written together, so no step waits for another.
    fn together(&self) -> usize {
        1
    }

    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        self.ask(async move |shared: Arc<Shared>| shared.commit(steps).await)
    }

    fn hold(&self, subscriber: &Name, delivery: Delivery) {
        Arc::clone(&self.0).hold(subscriber, &delivery);
    }

    fn parked(&self, subscriber: &Name, delivery: &Delivery) {
        Arc::clone(&self.0).parked(subscriber, delivery);
    }

    fn load(&self, instances: Vec<InstanceId>) -> Pending<Vec<Loaded>> {
        self.ask(async move |shared: Arc<Shared>| shared.load(instances).await)
    }

    fn quarantined(&self, of: Option<Name>) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        self.ask(async move |shared: Arc<Shared>| shared.quarantined(of).await)
    }

    fn journal(&self, which: Which, most: usize) -> Pending<Vec<(i64, Record)>> {
        self.ask(async move |shared: Arc<Shared>| shared.journal(&which, most).await)
    }

    fn survey(&self, which: Which, most: usize) -> Pending<Found> {
        self.ask(async move |shared: Arc<Shared>| shared.survey(which, most).await)
    }

    fn backlog(&self) -> Pending<Vec<Backlog>> {
        self.ask(async move |shared: Arc<Shared>| shared.backlog().await)
    }

    fn prune(&self, before: i64, remove: bool) -> Pending<Pruned> {
        self.ask(async move |shared: Arc<Shared>| shared.prune(before, remove).await)
    }

    fn keep_legends(&self, service: &Name, machines: &'static [Machine]) -> Pending<()> {
        let service = service.clone();
        self.ask(async move |shared: Arc<Shared>| shared.keep_legends(&service, machines).await)
    }

    fn subscribe(&self, subscription: Subscription) -> Pending<Arc<Mailbox>> {
        self.ask(async move |shared: Arc<Shared>| shared.subscribe(subscription).await)
    }

    fn now(&self) -> i64 {
        unix_now()
    }
}
