//! What is read in streams, and what is removed from them.

use std::fmt;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{DirectGetError, DirectGetErrorKind, Stream};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::de::IgnoredAny;
use serde_json::json;

use super::{Broker, Failure, ONE_ANSWER};
use crate::store::StoreError;

/// A message that is looked at.
pub(in crate::store::nats) struct Seen {
    /// Its number in the stream.
    pub(in crate::store::nats) number: u64,
    pub(in crate::store::nats) subject: String,
    /// When it was written, in nanoseconds since 1970.
    pub(in crate::store::nats) time: i128,
    pub(in crate::store::nats) payload: Bytes,
}

impl Broker {
    /// The last message of a subject.
    pub(in crate::store::nats) async fn last(
        &self,
        stream: &Stream<()>,
        subject: &str,
    ) -> Result<Option<StreamMessage>, StoreError> {
        let attempt = || async { found(stream.direct_get_last_for_subject(subject).await) };
        self.patiently(fmt::from_fn(|f| write!(f, "read {subject}")), attempt).await
    }

    /// The first message of these subjects that has this number or a later one.
    pub(in crate::store::nats) async fn next(
        &self,
        stream: &Stream<()>,
        subjects: &str,
        from: u64,
    ) -> Result<Option<StreamMessage>, StoreError> {
        let attempt = || async { found(stream.direct_get_next_for_subject(subjects, Some(from)).await) };
        self.patiently(fmt::from_fn(|f| write!(f, "read {subjects}")), attempt).await
    }

    /// Looks at all messages of these subjects that are there now.
    ///
    /// For whole streams: a consumer brings many at once, where `next` asks for each.
    pub(in crate::store::nats) async fn each(
        &self,
        stream: &Stream<()>,
        subjects: &str,
        mut look: impl FnMut(Seen) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let config = pull::Config {
            filter_subject: subjects.to_owned(),
            ack_policy: AckPolicy::None,
            memory_storage: true,
            num_replicas: 1,
            inactive_threshold: ONE_ANSWER * 2,
            ..pull::Config::default()
        };
        let what = format!("read {subjects}");
        let passing = |error: &dyn fmt::Display| Failure::Passing(error.to_string());
        let attempt =
            || async { stream.create_consumer(config.clone()).await.map_err(|error| passing(&error)) };
        let consumer = self.patiently(&what, attempt).await?;
        let broken = |error: &dyn fmt::Display| {
            StoreError::new(format!(
                "{}: {what}: the server stopped in the middle: try again ({error})",
                self.shown
            ))
        };
        let mut left = consumer.cached_info().num_pending;
        if left == 0 {
            return Ok(());
        }
        let messages = consumer.stream().max_messages_per_batch(1000).expires(ONE_ANSWER).messages().await;
        let mut messages = messages.map_err(|error| broken(&error))?;
        while left > 0 {
            let message = tokio::time::timeout(ONE_ANSWER * 2, messages.next()).await;
            let message = message.map_err(|error| broken(&error))?;
            let message =
                message.ok_or_else(|| broken(&"no more messages"))?.map_err(|error| broken(&error))?;
            let info = message.info().map_err(|error| broken(&error))?;
            left = (left - 1).min(info.pending);
            let time = info.published.unix_timestamp_nanos();
            let (number, subject) = (info.stream_sequence, message.subject.to_string());
            look(Seen { number, subject, time, payload: message.payload.clone() })?;
        }
        Ok(())
    }

    /// Removes a message, if it is still there.
    ///
    /// It is not erased: to erase one, the server writes the whole file anew that it is in.
    pub(in crate::store::nats) async fn remove(&self, stream: &str, number: u64) -> Result<(), StoreError> {
        let (subject, what) =
            (format!("STREAM.MSG.DELETE.{stream}"), json!({"seq": number, "no_erase": true}));
        let attempt = || async {
            // That it is not there is an answer as well, of which the server makes no error of its own.
            let answer: Result<IgnoredAny, _> = self.jetstream.request(subject.clone(), &what).await;
            answer.map(drop).map_err(|error| Failure::Passing(error.to_string()))
        };
        self.patiently("remove a message", attempt).await
    }

    /// What `read` makes of those of these subjects that have messages, and of how many they have.
    pub(in crate::store::nats) async fn subjects<T>(
        &self,
        stream: &Stream<()>,
        subjects: &str,
        read: impl Fn(&str, usize) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let attempt = || async {
            let passing = |error: &dyn fmt::Display| Failure::Passing(error.to_string());
            let found = stream.info_with_subjects(subjects).await.map_err(|error| passing(&error))?;
            let found = found.try_filter_map(async |(subject, messages)| Ok(read(&subject, messages)));
            found.try_collect().await.map_err(|error| passing(&error))
        };
        self.patiently(fmt::from_fn(|f| write!(f, "look for {subjects}")), attempt).await
    }

    /// How many messages these subjects have.
    pub(in crate::store::nats) async fn count(
        &self,
        stream: &Stream<()>,
        subjects: &str,
    ) -> Result<u64, StoreError> {
        let each = self.subjects(stream, subjects, |_, messages| Some(messages as u64)).await?;
        Ok(each.into_iter().sum())
    }

    /// Removes the messages of these subjects that have a lower number; says how many.
    pub(in crate::store::nats) async fn clear_until(
        &self,
        stream: &Stream<()>,
        subjects: &str,
        number: u64,
    ) -> Result<u64, StoreError> {
        let attempt = || async {
            let purged = stream.purge().filter(subjects).sequence(number).await;
            purged.map(|purged| purged.purged).map_err(|error| Failure::Passing(error.to_string()))
        };
        self.patiently(fmt::from_fn(|f| write!(f, "remove {subjects}")), attempt).await
    }

    /// Removes all messages of a subject.
    pub(in crate::store::nats) async fn clear(
        &self,
        stream: &Stream<()>,
        subject: &str,
    ) -> Result<(), StoreError> {
        let attempt = || async {
            let purged = stream.purge().filter(subject).await;
            purged.map(|_| ()).map_err(|error| Failure::Passing(error.to_string()))
        };
        self.patiently(fmt::from_fn(|f| write!(f, "remove {subject}")), attempt).await
    }
}

/// What a direct get has found.
pub(super) fn found(got: Result<StreamMessage, DirectGetError>) -> Result<Option<StreamMessage>, Failure> {
    match got {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == DirectGetErrorKind::InvalidSubject => {
            Err(Failure::Lasting(error.to_string()))
        }
        Err(error) => Err(Failure::Passing(error.to_string())),
    }
}
