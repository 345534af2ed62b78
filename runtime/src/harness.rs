//! All services of a choreography in one thread, step by step, for tests.
//!
//! The same machine, the same steps and the same store in memory as in production; only the order in which
//! events arrive is chosen by a seed, so that a test sees the same run every time.

mod run;

use std::collections::BTreeSet;
use std::sync::Arc;

use fastrand::Rng;

use crate::driver::turn::{Question, Standing, Turn, Write, last_word};
use crate::envelope::{Delivery, InstanceId, Name};
use crate::handler::{Emissions, Fault, Service};
use crate::machine::{Hear, Machine, Progress};
use crate::observe::Happened;
use crate::store::{Outcome, Store, StoreError};
use crate::transport::Mail;

use run::Clocks;
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
    seed: u64,
    random: Rng,
    faults: bool,
    /// What has arrived and was not looked at: the number of the service, and the event.
    pool: Vec<(usize, Delivery)>,
    published: Vec<Published>,
    clocks: Clocks,
    touched: BTreeSet<InstanceId>,
}

impl Default for Harness {
    fn default() -> Self {
        Self::new()
    }
}

impl Harness {
    /// With no service yet, an empty store and the seed 0.
    pub fn new() -> Self {
        Self {
            store: Store::memory_of_one_shard(),
            services: Vec::new(),
            seed: 0,
            random: Rng::with_seed(0),
            faults: false,
            pool: Vec::new(),
            published: Vec::new(),
            clocks: Clocks::default(),
            touched: BTreeSet::new(),
        }
    }

    /// Serves this service too.
    pub fn serve(mut self, service: Service) -> Self {
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

    /// Runs until nothing is left to do, and says what has happened since the beginning and where everyone
    /// stands.
    pub async fn run(&mut self) -> Result<Run, StoreError> {
        loop {
            self.gather().await?;
            if self.pool.is_empty() {
                return self.outcome().await;
            }
            let next = self.random.usize(..self.pool.len());
            let (service, delivery) = self.pool.swap_remove(next);
            if self.faults && self.random.u8(..) < 64 {
                self.pool.push((service, delivery.clone()));
            }
            self.take(service, delivery).await?;
        }
    }

    /// Empties the mailboxes of the services into the pool.
    async fn gather(&mut self) -> Result<(), StoreError> {
        let names: Vec<Name> = self.services.iter().map(|service| service.name().into()).collect();
        for (number, name) in names.iter().enumerate() {
            let mailbox = self.store.backend().subscribe(name, false).await?;
            let mut mail = Vec::new();
            mailbox.take(0, usize::MAX, &mut mail);
            for letter in mail {
                match letter {
                    Mail::Delivery(delivery) => self.pool.push((number, delivery)),
                    Mail::Nudge(instance) => self.revisit(number, &instance).await?,
                }
            }
        }
        Ok(())
    }

    /// What waits in an instance that someone has let go on comes once more.
    async fn revisit(&mut self, number: usize, instance: &InstanceId) -> Result<(), StoreError> {
        let parked = self.store.snapshot(instance).await?.progress.map(|it| it.parked.clone());
        self.pool.extend(parked.into_iter().flatten().map(|delivery| (number, delivery)));
        Ok(())
    }

    /// Lets a service deal with an event, and with what was parked and has become takeable by it.
    async fn take(&mut self, number: usize, delivery: Delivery) -> Result<(), StoreError> {
        let Some(service) = self.services.get(number).cloned() else { return Ok(()) };
        let choreography = &delivery.event.choreography;
        let machine = service.machines().iter().find(|it| choreography == it.choreography);
        let Some(machine) = machine else {
            self.store.backend().hold(&Name::from(service.name()), delivery);
            return Ok(());
        };
        let mut next = Some(delivery);
        while let Some(delivery) = next {
            next = self.step(&service, machine, &delivery).await?;
        }
        Ok(())
    }

    /// One turn of an instance. Returns the parked event that may be taken next.
    async fn step(
        &mut self,
        service: &Service,
        machine: &'static Machine,
        delivery: &Delivery,
    ) -> Result<Option<Delivery>, StoreError> {
        let instance = InstanceId {
            service: service.name().into(),
            choreography: machine.choreography.into(),
            key: delivery.event.key.clone(),
        };
        self.touched.insert(instance.clone());
        let fresh = Arc::new(Progress::new(machine));
        let snapshot = self.store.snapshot(&instance).await?;
        let standing = Standing::new(machine, &snapshot, &fresh);
        let unparked = standing.unparked().filter(|(parked, _)| parked.handle == delivery.handle);
        let turn = unparked.map_or_else(|| standing.arrived(delivery), |(_, turn)| turn);
        let write = match turn {
            Turn::Nothing => return Ok(None),
            Turn::Hold(_) => {
                self.store.backend().hold(&instance.service, delivery.clone());
                return Ok(None);
            }
            Turn::Write(write) => *write,
            Turn::Ask(hear) => {
                let answer = ask(service, delivery, standing.progress, hear).await;
                if self.faults && self.random.u8(..) < 64 {
                    // It dies here; the event comes again.
                    return Ok(Some(delivery.clone()));
                }
                answer
                    .and_then(|answer| standing.answered(delivery, hear, &answer))
                    .unwrap_or_else(|reason| standing.quarantine(delivery, reason))
            }
        };
        self.commit(write).await?;
        let snapshot = self.store.snapshot(&instance).await?;
        Ok(Standing::new(machine, &snapshot, &fresh).unparked().map(|(delivery, _)| delivery))
    }

    async fn commit(&mut self, write: Write) -> Result<(), StoreError> {
        let Write { step, heard, happened } = write;
        let emitted = step.emitted.clone();
        let service = step.change.as_ref().map(|change| change.instance.service.clone());
        if self.store.backend().commit(vec![step]).await?.first() != Some(&Outcome::Written) {
            return Ok(());
        }
        if let (Happened::Heard, Some(service)) = (happened, service) {
            self.clocks.heard(&service, &heard.event, &mut self.published);
            self.published.extend(emitted.iter().map(|outgoing| self.clocks.emitted(outgoing)));
        }
        Ok(())
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

/// Asks the handler, again if it fails for a while; the error says why the instance is to be set aside.
async fn ask(
    service: &Service,
    delivery: &Delivery,
    progress: &Arc<Progress>,
    hear: &'static Hear,
) -> Result<Emissions, String> {
    let mut attempt = 1;
    loop {
        let question = Question {
            service: service.clone(),
            delivery: delivery.clone(),
            progress: Arc::clone(progress),
            hear,
            attempt,
        };
        match question.ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) if error.fault() == Fault::Transient && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(last_word(&error, attempt)),
        }
    }
}
