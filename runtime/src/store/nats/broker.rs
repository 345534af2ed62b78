//! What is asked of the server, again and again until it answers or patience is at an end.

mod read;

use std::fmt;
use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::client::{Request, RequestErrorKind};
use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID};
use async_nats::jetstream;
use async_nats::jetstream::stream::Stream;
use async_nats::{Client, ConnectOptions, Event, HeaderMap, ServerError};
use bytes::Bytes;
use serde::Deserialize;

use super::options::NatsOptions;
use crate::mutation::{self, Mutation};
use crate::store::StoreError;
pub(super) use read::Seen;
use read::found;

/// So long one answer is waited for.
const ONE_ANSWER: Duration = Duration::from_secs(5);

/// The waits between two tries.
const SHORTEST_REST: Duration = Duration::from_millis(20);
const LONGEST_REST: Duration = Duration::from_secs(1);

/// The numbers of errors of the server that are not for ever: not yet up, not yet known to the others of its cluster, no
/// leader, no room at the moment.
const PASSING: &[u32] = &[10_005, 10_008, 10_009, 10_023, 10_077, 10_047];
/// The number of the error that another has written the subject in between.
const WRONG_LAST_SEQUENCE: u32 = 10_071;

/// The oldest server, and the oldest that may be one of a cluster: before, a compare-and-set let several win there.
const OLDEST: Version = Version(2, 9, 0);
const OLDEST_OF_CLUSTER: Version = Version(2, 9, 21);

/// A connection, and how long it is patient.
pub(super) struct Broker {
    pub(super) client: Client,
    pub(super) jetstream: jetstream::Context,
    patience: Duration,
    shown: String,
    /// The largest message that the server takes, in bytes, when it was last asked.
    largest: AtomicUsize,
    /// What the server has refused last.
    refused: Arc<Mutex<Option<(Instant, String)>>>,
}

/// Whether another try may do better.
pub(super) fn may_pass(error: &jetstream::Error) -> bool {
    u32::try_from(error.error_code().0).is_ok_and(|code| PASSING.contains(&code))
}

/// What has come of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Published {
    /// It has this number in its stream.
    At(u64),
    /// It had been published before.
    Again(u64),
    /// The subject is not at the number where it was expected.
    Overtaken,
}

/// Why a try has failed.
pub(super) enum Failure {
    /// Another may not.
    Passing(String),
    /// All others would as well.
    Lasting(String),
}

/// What the server answers to a message.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    err_code: u32,
    #[serde(default)]
    description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32, u32);

impl Version {
    /// `2.9.10`, and `2.12.0-preview.1` too.
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(['.', '-', '+']).map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self(next()?, next()?, next()?))
    }
}

impl Broker {
    pub(super) async fn connect(options: &NatsOptions) -> Result<Self, StoreError> {
        let refused = Arc::new(Mutex::new(None));
        let noting = Arc::clone(&refused);
        let connection: ConnectOptions = options.connection().await?.event_callback(move |event| {
            note(&noting, event);
            ready(())
        });
        let client = connection.connect(options.servers.as_slice()).await;
        let client = client.map_err(|error| options.unconnected(&error))?;
        let info = client.server_info();
        check_server(&options.shown(), &info.version, info.cluster.as_deref(), info.jetstream)?;
        let jetstream = jetstream::context::ContextBuilder::new().timeout(ONE_ANSWER).build(client.clone());
        let largest = AtomicUsize::new(info.max_payload);
        Ok(Self { client, jetstream, patience: options.patience, shown: options.shown(), largest, refused })
    }

    /// The largest message that the server takes, in bytes.
    pub(super) fn largest(&self) -> usize {
        self.largest.load(Ordering::Relaxed)
    }

    /// Another server may take less, or more.
    pub(super) fn look_for_largest(&self) {
        self.largest.store(self.client.server_info().max_payload, Ordering::Relaxed);
    }

    /// The stream with this name, whatever it is.
    pub(super) async fn stream(&self, name: &str) -> Result<Stream<()>, StoreError> {
        // Nothing is asked of the server.
        let stream = self.jetstream.get_stream_no_info(name).await;
        stream.map_err(|error| StoreError::new(format!("{}: {name} is no name ({error})", self.shown)))
    }

    /// Tries until it works, cannot work, or patience is at an end.
    pub(super) async fn patiently<T, F>(
        &self,
        what: impl fmt::Display,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let (began, mut rest, mut told) = (Instant::now(), SHORTEST_REST, false);
        loop {
            let reason = match attempt().await {
                Ok(done) => return Ok(done),
                Err(Failure::Lasting(reason)) => {
                    return Err(StoreError::new(format!("{}: {what}: {reason}", self.shown)));
                }
                Err(Failure::Passing(reason)) => reason,
            };
            if let Some(refusal) = self.refusal_since(began) {
                return Err(StoreError::new(format!(
                    "{}: {what}: the server does not allow it: give this user the permission ({refusal})",
                    self.shown
                )));
            }
            if began.elapsed() >= self.patience {
                let (shown, patience) = (&self.shown, self.patience);
                return Err(StoreError::new(format!(
                    "{shown}: {what}: no answer for {patience:?}: is nats-server running there, with JetStream? Nothing was lost ({reason})"
                )));
            }
            if !told && began.elapsed() > Duration::from_secs(2) {
                told = true;
                tracing::warn!(
                    servers = self.shown,
                    %what,
                    reason,
                    "the server does not answer, is asked again"
                );
            }
            tokio::time::sleep(rest).await;
            rest = (rest * 2).min(LONGEST_REST);
        }
    }

    /// What the server has forbidden since then.
    fn refusal_since(&self, began: Instant) -> Option<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.as_ref().filter(|(when, _)| *when >= began).map(|(_, what)| what.clone())
    }

    /// Publishes a message and waits until the server has it. Each try has headers of its own, with the same id, so that
    /// tries again are one.
    pub(super) async fn publish(
        &self,
        subject: &str,
        headers: impl Fn() -> HeaderMap,
        payload: Bytes,
    ) -> Result<Published, StoreError> {
        let attempt = || self.try_publish(subject, headers(), payload.clone());
        self.patiently(fmt::from_fn(|f| write!(f, "publish to {subject}")), attempt).await
    }

    /// Replaces the last message of a subject, if it still has this number; 0: there is none.
    ///
    /// With an id, the server tells a try whose answer was lost from another's message. It has to remember each, and does so
    /// for a while: without one, or later, that is read off what the subject holds. Whoever else has written the very same
    /// has done the same.
    pub(super) async fn replace(
        &self,
        stream: &Stream<()>,
        subject: &str,
        expected: u64,
        id: Option<&str>,
        payload: Bytes,
    ) -> Result<Published, StoreError> {
        let (number, mut tries) = (expected.to_string(), 0_u32);
        let attempt = || {
            tries = tries.saturating_add(1);
            let mut headers = HeaderMap::new();
            if !mutation::on(Mutation::ForgetCompare) {
                headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, number.as_str());
            }
            if let Some(id) = id {
                headers.insert(NATS_MESSAGE_ID, id);
            }
            self.try_publish(subject, headers, payload.clone())
        };
        let published = self.patiently(fmt::from_fn(|f| write!(f, "replace {subject}")), attempt).await?;
        if published != Published::Overtaken || tries == 1 {
            return Ok(published);
        }
        let look = || async {
            let last = found(stream.direct_get_last_for_subject(subject).await)?;
            match last {
                Some(last) if last.payload == payload => Ok(Published::Again(last.sequence)),
                Some(last) if last.sequence == expected => {
                    Err(Failure::Passing("a server of the cluster is behind".to_owned()))
                }
                _ => Ok(Published::Overtaken),
            }
        };
        self.patiently(fmt::from_fn(|f| write!(f, "read {subject}")), look).await
    }

    async fn try_publish(
        &self,
        subject: &str,
        headers: HeaderMap,
        payload: Bytes,
    ) -> Result<Published, Failure> {
        let request = Request::new().payload(payload).timeout(Some(ONE_ANSWER));
        let request = if headers.is_empty() { request } else { request.headers(headers) };
        let answer = self.client.send_request(subject.to_owned(), request).await;
        let answer = answer.map_err(|error| match error.kind() {
            RequestErrorKind::InvalidSubject => Failure::Lasting(error.to_string()),
            _ => Failure::Passing(error.to_string()),
        })?;
        read_answer(&answer.payload)
    }
}

fn read_answer(payload: &[u8]) -> Result<Published, Failure> {
    let answer: Answer =
        serde_json::from_slice(payload).map_err(|error| Failure::Lasting(error.to_string()))?;
    match answer.error {
        None if answer.duplicate => Ok(Published::Again(answer.seq)),
        None => Ok(Published::At(answer.seq)),
        Some(Complaint { err_code: WRONG_LAST_SEQUENCE, .. }) => Ok(Published::Overtaken),
        Some(Complaint { err_code, description }) if PASSING.contains(&err_code) => {
            Err(Failure::Passing(description))
        }
        Some(Complaint { err_code, description }) => {
            Err(Failure::Lasting(format!("{description} (error {err_code} of the server)")))
        }
    }
}

fn note(refused: &Mutex<Option<(Instant, String)>>, event: Event) {
    match event {
        Event::ServerError(ServerError::Other(what))
            if what.to_lowercase().contains("permissions violation") =>
        {
            tracing::error!(what, "the server does not allow it");
            *refused.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), what));
        }
        Event::Connected => tracing::debug!("connected"),
        event => tracing::warn!(%event, "connection to the server"),
    }
}

/// Whether a server can be trusted.
fn check_server(
    shown: &str,
    version: &str,
    cluster: Option<&str>,
    has_jetstream: bool,
) -> Result<(), StoreError> {
    let parsed = Version::parse(version).unwrap_or(Version(0, 0, 0));
    if parsed < OLDEST {
        return Err(StoreError::new(format!("{shown}: its nats-server is {version}: use 2.9 or later")));
    }
    if let Some(cluster) = cluster
        && parsed < OLDEST_OF_CLUSTER
    {
        return Err(StoreError::new(format!(
            "{shown}: its nats-server {version} is one of the cluster {cluster}, and before 2.9.21 several writers could win there where one must: use 2.9.21 or later, or a server alone"
        )));
    }
    if !has_jetstream {
        return Err(StoreError::new(format!(
            "{shown}: its nats-server has no JetStream: start it with -js, or enable `jetstream` in its configuration"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(version: &str, cluster: Option<&str>, jetstream: bool, expected: &str) {
        let said = check_server("nats://here", version, cluster, jetstream);
        assert_eq!(said.map_or_else(|error| error.to_string(), |()| "good".to_owned()), expected);
    }

    #[test]
    fn old_servers_are_refused_and_told_why() {
        check("2.9.10", None, true, "good");
        check("2.9.21", Some("blue"), true, "good");
        check("2.15.1", Some("blue"), true, "good");
        check("2.12.0-preview.1", None, true, "good");
        check("2.8.4", None, true, "nats://here: its nats-server is 2.8.4: use 2.9 or later");
        check(
            "2.9.20",
            Some("blue"),
            true,
            "nats://here: its nats-server 2.9.20 is one of the cluster blue, and before 2.9.21 several writers could win there where one must: use 2.9.21 or later, or a server alone",
        );
        check(
            "2.9.21",
            None,
            false,
            "nats://here: its nats-server has no JetStream: start it with -js, or enable `jetstream` in its configuration",
        );
    }
}
