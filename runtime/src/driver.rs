//! The loop that brings events, machines, handlers and the store together: the only room that knows all.

pub(crate) mod call;
mod limit;
mod outbox;
mod role;
mod slot;
mod slots;
#[cfg(test)]
mod tests;
pub(crate) mod turn;
mod worker;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::RetryPolicy;
use crate::handler::Service;
use crate::observe::{Happening, Observer};
use crate::store::{Backend, Store, StoreError};
use crate::transport::Mailbox;
use role::Role;
use worker::Worker;

/// Serves services on a store.
///
/// ```no_run
/// # async fn example(payment: chor_runtime::Service) -> Result<(), Box<dyn std::error::Error>> {
/// use chor_runtime::{Runtime, Store};
///
/// let store = Store::memory();
/// Runtime::new(&store).serve(payment).run().await?; // until ctrl-C or SIGTERM
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a runtime does nothing until it is started or run"]
pub struct Runtime {
    store: Store,
    services: Vec<Service>,
    retry: RetryPolicy,
    most_calls: Option<usize>,
    observers: Vec<Observer>,
    #[cfg(feature = "metrics")]
    page: Option<Arc<std::net::TcpListener>>,
}

/// A runtime that has been started. Dropped, it stops as after a crash: nothing is lost, but what was being
/// done is done again.
#[must_use = "dropped, the runtime stops at once"]
pub struct Running {
    stop: watch::Sender<bool>,
    all: JoinHandle<Result<(), RuntimeError>>,
    /// How it has ended, if that is known.
    result: Option<Result<(), RuntimeError>>,
}

/// Why a runtime has stopped by itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RuntimeError {
    /// The store failed. Nothing was lost: what it had not taken is done again.
    Store(StoreError),
    /// A service was to be served twice by one runtime.
    ServedTwice(String),
    /// A worker died; the reason.
    Died(String),
    /// The signals of the operating system cannot be heard.
    Signals(String),
}

/// Where a worker gets its mail from and takes its steps to.
struct Post {
    backend: Arc<dyn Backend>,
    mailbox: Arc<Mailbox>,
    shard: usize,
}

impl Runtime {
    /// A runtime on this store, with no service yet.
    pub fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            services: Vec::new(),
            retry: RetryPolicy::default(),
            most_calls: None,
            observers: Vec::new(),
            #[cfg(feature = "metrics")]
            page: None,
        }
    }

    /// Serves this service too.
    pub fn serve(mut self, service: Service) -> Self {
        self.services.push(service);
        self
    }

    /// Calls failing handlers again by this policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Calls the handlers of each service at most so many times at once, 1 at least; further events wait for their turn.
    /// Without a limit, events about different instances are dealt with at once, thousands of them if so many come.
    ///
    /// It spares what the handlers use: a pool of connections, a bank. It holds for each service, and for this process
    /// alone: two replicas make twice as many calls at once.
    pub fn concurrency_limit(mut self, most: usize) -> Self {
        self.most_calls = Some(most);
        self
    }

    /// Calls `watch` with everything that has happened at the services of this runtime, after it is on durable
    /// ground. It is called on the workers: it should be quick.
    pub fn observe(mut self, watch: impl Fn(&Happening<'_>) + Send + Sync + 'static) -> Self {
        self.observers.push(Arc::new(watch));
        self
    }

    /// Tells over HTTP, to whoever asks there, whether this runtime works, and how much:
    ///
    /// | path | answer |
    /// |---|---|
    /// | `/live` | 200, as long as the runtime runs |
    /// | `/ready` | 200, if its services have been started and its store answers; 503 and the reason, if not |
    /// | `/metrics` | numbers, as Prometheus reads them |
    ///
    /// ```no_run
    /// # async fn example(store: chor_runtime::Store, payment: chor_runtime::Service) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::TcpListener;
    ///
    /// let page = TcpListener::bind("0.0.0.0:9464")?;
    /// chor_runtime::Runtime::new(&store).serve(payment).status_page(page).run().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "metrics")]
    pub fn status_page(mut self, listener: std::net::TcpListener) -> Self {
        self.page = Some(Arc::new(listener));
        self
    }

    /// Starts to serve, on the current tokio runtime.
    pub fn start(self) -> Running {
        let (stop, stopped) = watch::channel(false);
        let fail = stop.clone();
        let all = tokio::spawn(async move {
            let mut workers = JoinSet::new();
            let started = self.spawn(&mut workers, &stopped).await;
            let ended = wait_for(workers, &fail).await;
            started.and(ended)
        });
        Running { stop, all, result: None }
    }

    /// Serves until the process is asked to stop (ctrl-C or SIGTERM), finishes what has been begun, and
    /// returns. Asked a second time, it returns at once.
    pub async fn run(self) -> Result<(), RuntimeError> {
        let mut signals = Signals::new().map_err(|error| RuntimeError::Signals(error.to_string()))?;
        let mut running = self.start();
        tokio::select! {
            ended = running.ended() => return ended,
            () = signals.next() => {}
        }
        tracing::info!("stopping: finishing what has been begun");
        tokio::select! {
            ended = running.shutdown() => ended,
            () = signals.next() => Ok(()),
        }
    }

    #[cfg_attr(not(feature = "metrics"), expect(unused_mut, reason = "nothing is watched"))]
    async fn spawn(
        mut self,
        workers: &mut JoinSet<Result<(), StoreError>>,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), RuntimeError> {
        let mut names = BTreeSet::new();
        if let Some(twice) = self.services.iter().find(|service| !names.insert(service.name())) {
            return Err(RuntimeError::ServedTwice(twice.name().to_owned()));
        }
        #[cfg(feature = "metrics")]
        let status = self.tell_status(workers, stop);
        // Nobody works before all have subscribed: who only listens would miss what is said meanwhile.
        let mut served = Vec::with_capacity(self.services.len());
        for service in self.services {
            let subscribed = self.store.backend().subscribe(service.subscription());
            let mailbox = subscribed.await.map_err(RuntimeError::Store)?;
            let legends = self.store.backend().keep_legends(&service.name().into(), service.machines());
            legends.await.map_err(RuntimeError::Store)?;
            #[cfg(feature = "metrics")]
            if let Some(status) = &status {
                status.serves(&service, &mailbox);
            }
            let role = Role::new(service, self.retry, self.most_calls, self.observers.clone());
            served.push((Arc::new(role), mailbox));
        }
        for (role, mailbox) in served {
            for shard in 0..mailbox.shards() {
                let backend = Arc::clone(self.store.backend());
                let post = Post { backend, mailbox: Arc::clone(&mailbox), shard };
                workers.spawn(Worker::new(Arc::clone(&role), post).run(stop.clone()));
            }
        }
        #[cfg(feature = "metrics")]
        if let Some(status) = status {
            status.is_ready();
        }
        Ok(())
    }

    /// Begins to answer those who ask how things are, if they may.
    #[cfg(feature = "metrics")]
    fn tell_status(
        &mut self,
        workers: &mut JoinSet<Result<(), StoreError>>,
        stop: &watch::Receiver<bool>,
    ) -> Option<Arc<crate::status::Status>> {
        let listener = self.page.take()?;
        let status = Arc::new(crate::status::Status::new(&self.store, &self.services));
        let services = std::mem::take(&mut self.services);
        self.services = services.into_iter().map(|service| status.timed(service)).collect();
        self.observers.push(status.observer());
        let answering = Arc::clone(&status).answer(listener, stop.clone());
        workers.spawn(async move {
            answering.await;
            Ok(())
        });
        Some(status)
    }
}

/// Waits until all workers have stopped. Where one fails, the others are told to stop.
async fn wait_for(
    mut workers: JoinSet<Result<(), StoreError>>,
    stop: &watch::Sender<bool>,
) -> Result<(), RuntimeError> {
    let mut result = Ok(());
    while let Some(ended) = workers.join_next().await {
        let error = match ended {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => RuntimeError::Store(error),
            Err(died) => RuntimeError::Died(died.to_string()),
        };
        tracing::error!(%error, "a worker has stopped, the others will");
        stop.send_replace(true);
        result = result.and(Err(error));
    }
    result
}

impl Running {
    /// Stops taking events, lets running handlers finish, writes what they have answered, and ends.
    pub async fn shutdown(mut self) -> Result<(), RuntimeError> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Waits until the runtime ends by itself, which it does when its store fails.
    pub async fn ended(&mut self) -> Result<(), RuntimeError> {
        if self.result.is_none() {
            let ended = (&mut self.all).await;
            self.result = Some(ended.unwrap_or_else(|died| Err(RuntimeError::Died(died.to_string()))));
        }
        self.result.clone().unwrap_or(Ok(()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.abort();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("services", &self.services).finish_non_exhaustive()
    }
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::ServedTwice(service) => {
                write!(f, "{service} is to be served twice by one runtime: leave one of the two out")
            }
            Self::Died(reason) => write!(f, "a worker died: {reason}"),
            Self::Signals(reason) => write!(f, "cannot hear the signals of the operating system: {reason}"),
        }
    }
}

impl std::error::Error for RuntimeError {}

/// The signals that ask a process to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Returns when the process is asked to stop.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
