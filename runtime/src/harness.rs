//! All services of a choreography in one thread, step by step, for tests.
//!
//! The same machine, the same steps and the same store in memory as in production; only the order in which
//! events arrive is chosen by a seed, so that a test sees the same run every time.

mod diary;
mod expect;
mod explore;
mod run;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;

use crate::driver::call::{Call, cause, knowing};
use crate::driver::turn::{Onward, Standing, Turn, Write};
use crate::envelope::{Delivery, EventId, InstanceId, Key, Name};
use crate::handler::{Emissions, Fault, HandlerError, Service};
use crate::machine::{Machine, Progress, Question, Walk};
use crate::observe::Happened;
use crate::store::memory::Memory;
use crate::store::{Store, StoreError};
use crate::transport::{Mail, Mailbox};

#[doc(inline)]
pub use crate::__harness_trace as trace;
use diary::Diary;
pub use explore::{Failed, explore};
use run::{Clocks, Seen};
pub use run::{Published, Run, Stand, Stuck};

/// A method that fails for a while is called so often before its instance is set aside.
const ATTEMPTS: u32 = 3;

/// Services in memory, run until nothing is left to do.
///
/// ```no_run
/// # async fn example(orders: chor_runtime::Service, payment: chor_runtime::Service)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// use chor_runtime::harness::Harness;
///
/// let mut harness = Harness::new().serve(orders).serve(payment);
/// // Clients of generated code publish what comes from outside: `customer::Client::new(harness.store())`.
/// let run = harness.run().await?;
/// println!("{run}");
/// # Ok(())
/// # }
/// ```
#[must_use = "a harness does nothing until it is run"]
pub struct Harness {
    store: Store,
    services: Vec<Service>,
    mailboxes: Vec<Arc<Mailbox>>,
    seed: u64,
    random: Rng,
    faults: bool,
    /// What is behind the store.
    memory: Arc<Memory>,
    /// What was not looked at: the number of the service, and what there is to do.
    pool: Vec<(usize, Work)>,
    published: Vec<Seen>,
    clocks: Clocks,
    diary: Diary,
    touched: BTreeSet<InstanceId>,
}

/// Something that a service has to do.
#[derive(Clone)]
enum Work {
    /// An event has arrived.
    Event(Delivery),
    /// Something may have fallen due in an instance.
    Due(InstanceId),
}

/// How things are after a turn of an instance.
enum After {
    /// There may be another turn.
    More,
    Rest,
    /// The service died before the step was written. What it was about comes again; other things may come before.
    Death(Work),
}

impl Work {
    fn choreography(&self) -> &Name {
        match self {
            Self::Event(delivery) => delivery.choreography(),
            Self::Due(instance) => &instance.choreography,
        }
    }

    fn key(&self) -> &Key {
        match self {
            Self::Event(delivery) => &delivery.event.key,
            Self::Due(instance) => &instance.key,
        }
    }
}

impl Default for Harness {
    fn default() -> Self {
        Self::new()
    }
}

impl Harness {
    /// With no service yet, an empty store and the seed 0.
    pub fn new() -> Self {
        let (store, memory) = Store::memory_in_virtual_time();
        Self {
            store,
            memory,
            services: Vec::new(),
            mailboxes: Vec::new(),
            seed: 0,
            random: Rng::with_seed(0),
            faults: false,
            pool: Vec::new(),
            published: Vec::new(),
            clocks: Clocks::default(),
            diary: Diary::default(),
            touched: BTreeSet::new(),
        }
    }

    /// Serves this service too.
    pub fn serve(mut self, service: Service) -> Self {
        // It hears what is published from now on; the store in memory has done that when it returns.
        drop(self.store.backend().subscribe(service.subscription()));
        self.services.push(service);
        self
    }

    /// Chooses another order for what may happen in any order.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self.random = Rng::with_seed(seed);
        self
    }

    /// Now and then an event comes twice, or a service dies between its handler and the commit. Handlers must
    /// bear to be called again with the same idempotency key; nothing else may change.
    pub fn with_faults(mut self) -> Self {
        self.faults = true;
        self
    }

    /// The store, for clients and starters.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What has happened so far, in order, as a sequence diagram that [Mermaid](https://mermaid.js.org) draws: who took
    /// what, what had to wait, where somebody died.
    pub fn diagram(&self) -> String {
        self.diary.diagram()
    }

    /// Runs until nothing is left to do, and says what has happened since the beginning and where everyone
    /// stands. No time passes.
    pub async fn run(&mut self) -> Result<Run, StoreError> {
        self.mailboxes.clear();
        for service in &self.services {
            self.mailboxes.push(self.store.backend().subscribe(service.subscription()).await?);
        }
        loop {
            self.gather().await?;
            if self.pool.is_empty() {
                return self.outcome().await;
            }
            let next = self.random.usize(..self.pool.len());
            let (service, work) = self.pool.swap_remove(next);
            if self.faults && self.random.u8(..) < 64 {
                self.pool.push((service, work.clone()));
            }
            self.take(service, work).await?;
        }
    }

    /// Lets time pass: runs until nothing is left to do, then whatever falls due in this time, each deadline
    /// when it does.
    pub async fn advance(&mut self, time: Duration) -> Result<Run, StoreError> {
        self.run().await?;
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let end = self.store.backend().now().saturating_add(time);
        while self.memory.advance(end) {
            self.run().await?;
        }
        self.run().await
    }

    /// Empties the mailboxes of the services into the pool.
    async fn gather(&mut self) -> Result<(), StoreError> {
        // By those who start or complete something.
        self.record();
        for (number, mailbox) in self.mailboxes.clone().iter().enumerate() {
            let mut mail = Vec::new();
            mailbox.take(0, usize::MAX, &mut mail);
            for letter in mail {
                match letter {
                    Mail::Delivery(delivery) => self.pool.push((number, Work::Event(delivery))),
                    Mail::Nudge(instance) => self.revisit(number, instance).await?,
                }
            }
        }
        Ok(())
    }

    /// What waits in an instance that someone has let go on comes once more, and what is due there.
    async fn revisit(&mut self, number: usize, instance: InstanceId) -> Result<(), StoreError> {
        let parked = self.store.snapshot(&instance).await?.progress.map(|it| it.parked.clone());
        self.pool.extend(parked.into_iter().flatten().map(|delivery| (number, Work::Event(delivery))));
        self.pool.push((number, Work::Due(instance)));
        Ok(())
    }

    /// Lets a service deal with an event or a deadline, and with what was parked and has become takeable by it.
    async fn take(&mut self, number: usize, work: Work) -> Result<(), StoreError> {
        let Some(service) = self.services.get(number).cloned() else { return Ok(()) };
        let choreography = work.choreography();
        let machine = service.machines().iter().find(|it| choreography == it.choreography);
        let Some(machine) = machine else {
            if let Work::Event(delivery) = work {
                self.store.backend().hold(&Name::from(service.name()), delivery);
            }
            return Ok(());
        };
        let instance = InstanceId {
            service: service.name().into(),
            choreography: machine.choreography.into(),
            key: work.key().clone(),
        };
        self.touched.insert(instance.clone());
        let mut arrived = match work {
            Work::Event(delivery) => Some(delivery),
            Work::Due(_) => None,
        };
        loop {
            match self.step(&service, machine, &instance, &mut arrived).await? {
                After::More => {}
                After::Rest => return Ok(()),
                After::Death(work) => {
                    let waits = arrived.take().map(|delivery| (number, Work::Event(delivery)));
                    self.pool.extend([(number, work)].into_iter().chain(waits));
                    return Ok(());
                }
            }
        }
    }

    /// One turn of an instance, with what has arrived or else by itself.
    async fn step(
        &mut self,
        service: &Service,
        machine: &'static Machine,
        instance: &InstanceId,
        arrived: &mut Option<Delivery>,
    ) -> Result<After, StoreError> {
        let fresh = Arc::new(Progress::new(machine));
        let snapshot = self.store.snapshot(instance).await?;
        let standing = Standing::new(machine, &snapshot, &fresh);
        let now = self.store.backend().now();
        let unparked = standing.unparked();
        let next = arrived.as_ref().or(unparked.as_ref().map(|(delivery, _)| delivery));
        let (heard, turn) =
            if let Some((own, walk)) = standing.due(&instance.key, next.map_or(now, |it| it.at)) {
                (own, Turn::Begin(walk))
            } else if let Some(delivery) = arrived.take() {
                let unparked = unparked.filter(|(parked, _)| parked.handle == delivery.handle);
                let turn = unparked.map_or_else(|| standing.arrived(&delivery), |(_, turn)| turn);
                (delivery, turn)
            } else if let Some(unparked) = unparked {
                unparked
            } else {
                return Ok(After::Rest);
            };
        let write = match turn {
            Turn::Nothing => return Ok(After::More),
            Turn::Hold(_) => {
                self.store.backend().hold(&instance.service, heard);
                return Ok(After::Rest);
            }
            Turn::Write(write) => *write,
            Turn::Early => standing.park(&heard),
            Turn::Begin(walk) => {
                let write = walk_on(service, standing, walk, &heard, now).await;
                if self.faults && self.random.u8(..) < 64 {
                    self.diary.death(service.name(), &heard);
                    let own = heard.is_own();
                    let work = if own { Work::Due(instance.clone()) } else { Work::Event(heard) };
                    return Ok(After::Death(work));
                }
                write
            }
        };
        self.commit(&instance.service, write).await?;
        Ok(After::More)
    }

    async fn commit(&mut self, service: &Name, write: Write) -> Result<(), StoreError> {
        let emitted = write.step.emitted.clone();
        let Write { step, heard, happened } = write;
        if !self.store.commit_one(step).await? {
            return Ok(());
        }
        if happened == Happened::Heard {
            self.clocks.heard(service, &heard, &mut self.published);
        }
        self.diary.step(service, &heard, &happened, &emitted);
        self.record();
        Ok(())
    }

    /// Notes what was published.
    fn record(&mut self) {
        for outgoing in self.memory.published() {
            if outgoing.to.iter().any(|to| to.sequence.is_some()) {
                self.published.push(self.clocks.emitted(&outgoing));
            } else {
                self.clocks.sent(&outgoing.event);
            }
        }
    }

    async fn outcome(&self) -> Result<Run, StoreError> {
        let mut stands = Vec::new();
        for instance in &self.touched {
            let progress = self.store.snapshot(instance).await?.progress;
            let service = self.services.iter().find(|service| instance.service == service.name());
            let machines = service.map(Service::machines).unwrap_or_default();
            let machine = machines.iter().find(|it| instance.choreography == it.choreography);
            if let (Some(progress), Some(machine)) = (progress, machine) {
                stands.push(Stand::new(instance.clone(), machine, &progress));
            }
        }
        Ok(Run::new(self.seed, self.published.clone(), stands))
    }
}

/// Takes a step to its end: asks the handler whatever is to be asked.
async fn walk_on(
    service: &Service,
    standing: Standing<'_>,
    walk: Box<Walk>,
    heard: &Delivery,
    now: i64,
) -> Write {
    let mut onward = standing.go_on(walk, heard, now);
    loop {
        let (question, walk) = match onward {
            Onward::Write(write) => return *write,
            Onward::Ask(question, walk) => (question, walk),
        };
        let progress = knowing(&walk, &question, standing.progress);
        let cause = cause(heard, standing.progress);
        let (answer, attempts) = ask(service, heard, &progress, &question, &cause).await;
        onward = standing.answered(walk, heard, answer, attempts, now);
    }
}

/// Asks the handler, again if it fails for a while. Says what it answered at last, and how often it was asked.
async fn ask(
    service: &Service,
    heard: &Delivery,
    progress: &Arc<Progress>,
    question: &Question,
    cause: &EventId,
) -> (Result<Emissions, HandlerError>, u32) {
    let mut attempt = 1;
    loop {
        let call = Call {
            service: service.clone(),
            heard: heard.clone(),
            progress: Arc::clone(progress),
            question: question.clone(),
            attempt,
            cause: cause.clone(),
        };
        match call.ask().await {
            Err(error) if error.fault() == Fault::Transient && attempt < ATTEMPTS => attempt += 1,
            answer => return (answer, attempt),
        }
    }
}
