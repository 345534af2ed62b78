//! Streams and consumers: looked at first, and created where they are missing and may be.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, Info, PullConsumer, ReplayPolicy, pull};
use async_nats::jetstream::context::{ConsumerInfoErrorKind, CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{
    Config, ConsumerErrorKind, DiscardPolicy, RetentionPolicy, StorageType, Stream,
};

use super::Shared;
use super::broker::{Failure, may_pass};
use crate::store::StoreError;

/// So long the server knows what was published: what is published again meanwhile is one.
pub(crate) const WINDOW: Duration = Duration::from_mins(2);

/// So long a delivery is somebody's who gives no sign of life.
pub(crate) const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// So many deliveries of one kind may be under way at once. What is held for another version of a service counts.
const MOST_UNDER_WAY: i64 = 20_000;

/// The log of all events.
pub(crate) fn log(name: &str, subjects: String, replicas: usize) -> Config {
    Config { description: Some("chor: all events".to_owned()), ..stream(name, subjects, replicas) }
}

/// The instances of one participant. Of each subject the last message counts.
pub(crate) fn state(name: &str, subjects: String, replicas: usize) -> Config {
    Config {
        description: Some("chor: where instances stand".to_owned()),
        max_messages_per_subject: 1,
        ..stream(name, subjects, replicas)
    }
}

/// Work queues and interest would forget, when the server starts again, what they have seen: `Limits`.
fn stream(name: &str, subjects: String, replicas: usize) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![subjects],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: replicas,
        duplicate_window: WINDOW,
        allow_direct: true,
        ..Config::default()
    }
}

/// A consumer that all replicas of a subscriber share. It brings what the log holds from this number on.
pub(crate) fn consumer(name: &str, filter: &str, from: u64) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        name: Some(name.to_owned()),
        filter_subject: filter.to_owned(),
        deliver_policy: match from {
            0 => DeliverPolicy::All,
            start_sequence => DeliverPolicy::ByStartSequence { start_sequence },
        },
        ack_policy: AckPolicy::Explicit,
        ack_wait: SIGN_OF_LIFE,
        max_ack_pending: MOST_UNDER_WAY,
        max_deliver: -1,
        replay_policy: ReplayPolicy::Instant,
        ..pull::Config::default()
    }
}

impl Shared {
    /// The log, which is there when this returns.
    pub(super) async fn set_up_log(&self) -> Result<Stream<()>, StoreError> {
        let name = self.subjects.log();
        if let Some(stream) = self.known(name) {
            return Ok(stream);
        }
        Box::pin(self.set_up(log(name, self.subjects.all_events(), self.replicas))).await
    }

    /// The stream of a participant's instances, which is there when this returns.
    pub(super) async fn state_of(&self, participant: &str) -> Result<Stream<()>, StoreError> {
        let name = self.subjects.state_stream(participant);
        if let Some(stream) = self.known(&name) {
            return Ok(stream);
        }
        // Once, and no room is kept for it in each step.
        Box::pin(self.set_up(state(&name, self.subjects.state_of(participant, ">"), self.replicas))).await
    }

    /// The stream of this name, if it was seen to be there.
    fn known(&self, name: &str) -> Option<Stream<()>> {
        self.streams().get(name).cloned()
    }

    pub(super) async fn set_up(&self, config: Config) -> Result<Stream<()>, StoreError> {
        let (name, what) = (config.name.clone(), format!("look for the stream {}", config.name));
        self.broker.patiently(&what, || self.look_for(&config)).await?;
        let stream = self.broker.stream(&name).await?;
        self.streams().insert(name, stream.clone());
        Ok(stream)
    }

    /// Whether the stream is there, as it must be.
    pub(super) async fn has_stream(&self, config: &Config) -> Result<bool, StoreError> {
        let what = format!("look for the stream {}", config.name);
        self.broker.patiently(&what, || self.is_there(config)).await
    }

    async fn is_there(&self, config: &Config) -> Result<bool, Failure> {
        match self.broker.jetstream.get_stream(&config.name).await {
            Ok(stream) => {
                if config.name == self.subjects.log() {
                    self.last_before.store(stream.cached_info().state.last_sequence, Ordering::Relaxed);
                }
                check(&stream.cached_info().config, config).map(|()| true)
            }
            Err(error) if is_missing(&error.kind()) => Ok(false),
            Err(error) => Err(Failure::Passing(error.to_string())),
        }
    }

    /// Whether the consumer is there. Without the log there is none.
    pub(super) async fn has_consumer(&self, name: &str) -> Result<bool, StoreError> {
        let log = self.broker.stream(self.subjects.log()).await?;
        let attempt = || async { consumer_info(&log, name).await.map(|info| info.is_some()) };
        self.broker.patiently(&format!("look for the consumer {name}"), attempt).await
    }

    async fn look_for(&self, config: &Config) -> Result<(), Failure> {
        let jetstream = &self.broker.jetstream;
        if self.is_there(config).await? {
            return Ok(());
        }
        if !self.creates {
            return Err(Failure::Lasting("there is none: run `chor deploy nats`".to_owned()));
        }
        match jetstream.create_stream(config.clone()).await {
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                // Another was faster: look again.
                CreateStreamErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::STREAM_NAME_EXIST || may_pass(&error) =>
                {
                    Err(Failure::Passing(error.to_string()))
                }
                CreateStreamErrorKind::JetStream(error) => Err(Failure::Lasting(error.to_string())),
                _ => Err(Failure::Passing(error.to_string())),
            },
        }
    }

    /// The consumer, which is there when this returns.
    pub(super) async fn consumer(
        &self,
        log: &Stream<()>,
        name: &str,
        filter: &str,
        from: u64,
    ) -> Result<PullConsumer, StoreError> {
        let what = format!("look for the consumer {name}");
        self.broker.patiently(&what, || self.look_for_consumer(log, name, filter, from)).await
    }

    async fn look_for_consumer(
        &self,
        log: &Stream<()>,
        name: &str,
        filter: &str,
        from: u64,
    ) -> Result<PullConsumer, Failure> {
        if let Some(info) = consumer_info(log, name).await? {
            return Ok(PullConsumer::new(consumer(name, filter, from), info, self.broker.jetstream.clone()));
        }
        if !self.creates {
            return Err(Failure::Lasting("there is none: run `chor deploy nats`".to_owned()));
        }
        log.create_consumer(consumer(name, filter, from)).await.map_err(|error| match error.kind() {
            ConsumerErrorKind::JetStream(error) if !may_pass(&error) => Failure::Lasting(error.to_string()),
            _ => Failure::Passing(error.to_string()),
        })
    }
}

/// What the server says of a consumer; `None`: there is none.
async fn consumer_info(log: &Stream<()>, name: &str) -> Result<Option<Info>, Failure> {
    match log.consumer_info(name).await {
        Ok(info) => Ok(Some(info)),
        Err(error) => match error.kind() {
            ConsumerInfoErrorKind::NotFound | ConsumerInfoErrorKind::StreamNotFound => Ok(None),
            ConsumerInfoErrorKind::JetStream(error)
                if [ErrorCode::CONSUMER_NOT_FOUND, ErrorCode::STREAM_NOT_FOUND]
                    .contains(&error.error_code()) =>
            {
                Ok(None)
            }
            _ => Err(Failure::Passing(error.to_string())),
        },
    }
}

fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// Refuses a stream that would not keep our promises.
fn check(found: &Config, wanted: &Config) -> Result<(), Failure> {
    let name = &wanted.name;
    let wrong = if found.retention != RetentionPolicy::Limits {
        Some("its retention must be `limits`")
    } else if !found.allow_direct {
        Some("it must allow direct access")
    } else if found.max_messages_per_subject != wanted.max_messages_per_subject
        && wanted.max_messages_per_subject > 0
    {
        Some("it must keep one message of each subject")
    } else if found.storage != StorageType::File {
        Some("it must be kept in files")
    } else if !wanted.subjects.iter().all(|subject| found.subjects.contains(subject)) {
        Some("it holds other subjects: it is another program's")
    } else {
        None
    };
    wrong.map_or(Ok(()), |wrong| {
        Err(Failure::Lasting(format!("the stream {name} is not as it must be: {wrong}")))
    })
}
