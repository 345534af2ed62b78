//! What a runtime tells of itself over HTTP: whether it works, and numbers for Prometheus.

mod numbers;

use std::future::ready;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::try_join_all;
use tokio::sync::watch;

use self::numbers::Numbers;
use crate::envelope::{InstanceId, Key, Name};
use crate::handler::{Handler, HandlerFuture, Input, Service};
use crate::observe::Observer;
use crate::store::{Backend, Store, StoreError};
use crate::transport::Mailbox;

/// A store that has not answered for so long does not answer, to whoever asks here.
const PATIENCE: Duration = Duration::from_secs(2);

/// So long, answers that are under way are waited for at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// As Prometheus wants the format to be named.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What one runtime tells of itself.
pub(crate) struct Status {
    numbers: Arc<Numbers>,
    /// Connections may outlive the runtime; they must not keep its store.
    backend: Weak<dyn Backend>,
    services: Vec<Name>,
    mailboxes: Mutex<Vec<(Name, Weak<Mailbox>)>>,
    ready: AtomicBool,
}

impl Status {
    /// Of a runtime that serves these.
    pub(crate) fn new(store: &Store, services: &[Service]) -> Self {
        Self {
            numbers: Arc::default(),
            backend: Arc::downgrade(store.backend()),
            services: services.iter().map(|service| service.name().into()).collect(),
            mailboxes: Mutex::default(),
            ready: AtomicBool::default(),
        }
    }

    /// Counts what happens.
    pub(crate) fn observer(&self) -> Observer {
        let numbers = Arc::clone(&self.numbers);
        Arc::new(move |happening| numbers.count(happening))
    }

    /// The service, with its methods timed.
    pub(crate) fn timed(&self, service: Service) -> Service {
        let numbers = Arc::clone(&self.numbers);
        service.wrap(|inner| Arc::new(Timed { inner, numbers }))
    }

    /// This service has its mail brought here.
    pub(crate) fn serves(&self, service: &Service, mailbox: &Arc<Mailbox>) {
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        mailboxes.push((service.name().into(), Arc::downgrade(mailbox)));
    }

    /// All services have been started.
    pub(crate) fn is_ready(&self) {
        self.ready.store(true, Ordering::Relaxed);
    }

    /// Answers until the runtime stops. That nobody can look is no reason to stop it.
    pub(crate) async fn answer(self: Arc<Self>, listener: Arc<TcpListener>, mut stop: watch::Receiver<bool>) {
        let listener = listener.set_nonblocking(true).and_then(|()| listener.try_clone());
        let listener = match listener.and_then(tokio::net::TcpListener::from_std) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::error!(%error, "there is no status page");
                return;
            }
        };
        let pages = Router::new()
            .route("/live", get(|| ready("alive\n")))
            .route("/ready", get(Self::tell_readiness))
            .route("/metrics", get(Self::tell_numbers))
            .with_state(self);
        let mut stopped = stop.clone();
        let serving = axum::serve(listener, pages).with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        });
        let mut serving = std::pin::pin!(serving.into_future());
        let told_to_stop = async {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        tokio::select! {
            _ = &mut serving => {}
            () = told_to_stop => {
                let _ = tokio::time::timeout(LAST_ANSWERS, serving).await;
            }
        }
    }

    async fn tell_readiness(State(status): State<Arc<Self>>) -> Response {
        let reason = if status.ready.load(Ordering::Relaxed) {
            status.what_is_wrong().await
        } else {
            Some("its services are being started".to_owned())
        };
        match reason {
            None => "ready\n".into_response(),
            Some(reason) => {
                (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
            }
        }
    }

    /// Why nothing can be done now; `None`: the store answers.
    async fn what_is_wrong(&self) -> Option<String> {
        let Some(backend) = self.backend.upgrade() else { return Some("it has stopped".to_owned()) };
        let service = self.services.first()?.clone();
        // Whether there is such an instance does not matter.
        let any = InstanceId { service, choreography: "none".into(), key: Key::from_text("none") };
        match tokio::time::timeout(PATIENCE, backend.load(vec![any])).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("its store has not answered for {PATIENCE:?}")),
        }
    }

    async fn tell_numbers(State(status): State<Arc<Self>>) -> Response {
        status.look().await;
        match status.numbers.text() {
            Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        }
    }

    /// What is not counted as it happens is looked at when it is asked for.
    async fn look(&self) {
        for (service, mailbox) in &*self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner) {
            self.numbers.waiting(service, mailbox.upgrade().map_or(0, |mailbox| mailbox.waiting()));
        }
        let Some(backend) = self.backend.upgrade() else { return };
        let count = async |service: &Name| {
            let aside = backend.quarantined(Some(service.clone())).await?;
            self.numbers.set_aside(service, aside.len());
            Ok::<(), StoreError>(())
        };
        let counted = tokio::time::timeout(PATIENCE, try_join_all(self.services.iter().map(count))).await;
        self.numbers.store_answers(matches!(counted, Ok(Ok(_))));
    }
}

/// A service's methods, timed.
struct Timed {
    inner: Arc<dyn Handler>,
    numbers: Arc<Numbers>,
}

impl Handler for Timed {
    fn handle<'a>(&'a self, point: u32, input: Input<'a>) -> HandlerFuture<'a> {
        Box::pin(async move {
            let timer = self.numbers.time(input.context());
            let answer = self.inner.handle(point, input).await;
            timer.stop(&answer);
            answer
        })
    }
}
