//! The processes: real runtimes with services whose methods are slow, fail, and die; and whoever kills and starts them.

use std::sync::Arc;
use std::time::Duration;

use super::port::{Fate, Port};
use super::world::Shared;
use crate::envelope::{Emission, InstanceId, Listener};
use crate::handler::{Emissions, Handler, HandlerError, HandlerFuture, Input, Service};
use crate::machine::Machine;
use crate::store::Store;
use crate::transport::Mail;
use crate::{RetryPolicy, Runtime};

/// What a participant says at each point: names of events.
pub(super) type Says = Arc<dyn Fn(u32) -> Vec<&'static str> + Send + Sync>;

/// One who takes part.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) machines: &'static [Machine],
    pub(super) says: Says,
}

impl Part {
    /// The foreign events that it hears.
    pub(super) fn listeners(&self) -> Vec<Listener> {
        Service::new(self.name, self.machines, Nobody).listeners()
    }
}

/// Never asked.
struct Nobody;

impl Handler for Nobody {
    fn handle<'a>(&'a self, point: u32, _input: Input<'a>) -> HandlerFuture<'a> {
        Box::pin(std::future::ready(Err(HandlerError::unknown_point(point))))
    }
}

struct Method {
    part: Part,
    shared: Shared,
    fate: Arc<Fate>,
}

impl Method {
    async fn answer(&self, point: u32, input: Input<'_>) -> Result<Emissions, HandlerError> {
        let cx = input.context();
        self.fate.passes(&self.shared, "before_handler").await;
        let (wait, fails_before, fails_after) = {
            let mut world = self.shared.world();
            // Longer than a delivery is given to one alone.
            let long = if world.chance(60) { 15_000 } else { 20 };
            (world.random.u64(0..=long), world.chance(30), world.chance(30))
        };
        if fails_before {
            return Err(HandlerError::transient("the line is down"));
        }
        tokio::time::sleep(Duration::from_millis(wait)).await;
        self.fate.lives().await;
        {
            let mut world = self.shared.world();
            world.count("calls");
            let (key, id) = (cx.key().to_owned(), cx.idempotency_key());
            let what = format!("{} {point} in {}", self.part.name, cx.choreography());
            world.tell(|| format!("{key}: {what}, attempt {}", cx.attempt()));
            world.effects.entry((key, what)).or_default().insert(id);
        }
        self.fate.passes(&self.shared, "after_handler").await;
        if fails_after {
            return Err(HandlerError::transient("the line went down"));
        }
        let says = (self.part.says)(point).into_iter().map(|event| Emission {
            event: event.into(),
            key: cx.key().to_owned(),
            payload: bytes::Bytes::from_static(b"{}"),
            trace: None,
        });
        Ok(Emissions::of(says.collect()))
    }
}

impl Handler for Method {
    fn handle<'a>(&'a self, point: u32, input: Input<'a>) -> HandlerFuture<'a> {
        Box::pin(self.answer(point, input))
    }
}

/// Starts a process, and starts it again whenever it has ended or died. `fates`: where the present one is found.
pub(super) async fn keep_alive(shared: Shared, process: usize, parts: Vec<Part>, fates: Fates) {
    loop {
        let fate = Fate::new();
        fates.lock().unwrap()[process] = Arc::clone(&fate);
        let port = Port { shared: shared.clone(), process, fate: Arc::clone(&fate) };
        let store = Store::of(Arc::new(port));
        let retry =
            RetryPolicy { attempts: 20, first: Duration::from_millis(5), longest: Duration::from_secs(1) };
        let runtime = parts.iter().fold(Runtime::new(&store).retry(retry), |runtime, part| {
            let method = Method { part: part.clone(), shared: shared.clone(), fate: Arc::clone(&fate) };
            runtime.serve(Service::new(part.name, part.machines, method))
        });
        let mut running = runtime.start();
        tokio::select! {
            biased;
            () = fate.died.notified() => {}
            _ = running.ended() => {}
        }
        drop(running);
        fate.die();
        shared.world().count("restarts");
        shared.passes(500).await;
    }
}

/// The fates of the processes that run now.
pub(super) type Fates = Arc<std::sync::Mutex<Vec<Arc<Fate>>>>;

/// Kills, freezes and moves the clock for so long at most, then lets all go on.
pub(super) async fn storm(shared: Shared, fates: Fates, time: Duration, jumps: bool) {
    let end = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < end {
        let (wait, what, one, millis) = {
            let mut world = shared.world();
            let processes = fates.lock().unwrap().len();
            let random = &mut world.random;
            (random.u64(100..2_000), random.u8(..8), random.usize(..processes), random.u64(100..15_000))
        };
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let fate = Arc::clone(&fates.lock().unwrap()[one]);
        let mut world = shared.world();
        if world.begun && world.left().is_empty() {
            // There is nothing left that it could disturb.
            break;
        }
        match what {
            0..3 => {
                world.count("killed");
                world.tell(|| format!("process {one} is killed"));
                fate.die();
            }
            3..5 => {
                world.count("frozen");
                world.tell(|| format!("process {one} is frozen for {millis} ms"));
                fate.freeze();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    fate.thaw();
                });
            }
            5 if jumps => {
                world.count("clock jumps");
                world.jumped += i64::try_from(millis).unwrap();
                world.tell(|| format!("the clock jumps by {millis} ms"));
            }
            _ => {}
        }
    }
    let fates = fates.lock().unwrap().clone();
    for fate in fates {
        fate.thaw();
    }
    let mut world = shared.world();
    world.stormy = false;
    world.tell(|| "the storm is over".to_owned());
}

/// Tells somebody of each instance that has something to do by itself.
pub(super) async fn wake(shared: Shared) {
    loop {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let wakes: Vec<(InstanceId, u64)> =
            shared.world().wakes.iter().map(|(instance, revision)| (instance.clone(), *revision)).collect();
        for (instance, before) in wakes {
            shared.flush(&instance);
            let mut world = shared.world();
            let Some(progress) = world.progress(&instance) else { continue };
            let due = progress.due();
            if due.is_some_and(|due| due <= world.now()) || !progress.parked.is_empty() {
                world.put(&instance.service.clone(), Mail::Nudge(instance));
            } else if due.is_none() && world.instances[&instance].snapshot.revision > before {
                world.wakes.remove(&instance);
            }
        }
    }
}
