//! What people look at: what was set aside, and the journal.

use std::sync::Arc;

use async_nats::jetstream::stream::Stream;
use futures_util::TryStreamExt as _;

use super::Shared;
use super::broker::Failure;
use super::{state, subjects};
use crate::envelope::{InstanceId, Name};
use crate::machine::Progress;
use crate::store::{Record, StoreError};

impl Shared {
    /// The instances that were set aside, of all participants whose streams can be read.
    pub(super) async fn quarantined(&self) -> Result<Vec<(InstanceId, Arc<Progress>)>, StoreError> {
        let mut found = Vec::new();
        for (participant, stream) in self.participants().await? {
            let (subjects, mut from) = (self.subjects.state_of(&participant, "aside.>"), 1);
            while let Some(mark) = self.broker.next(&stream, &subjects, from).await? {
                from = mark.sequence + 1;
                let Some(instance) = subjects::instance(&participant, &mark.subject, 0) else { continue };
                let Some((revision, stored)) = self.read(&instance).await? else { continue };
                let progress = self.progress(&instance, &stored.progress).await?;
                if progress.quarantine.is_some() {
                    found.push((instance, Arc::new(progress)));
                } else if revision > mark.sequence {
                    self.broker.remove(&stream, mark.sequence).await?;
                }
            }
        }
        Ok(found)
    }

    /// The journals of all participants, oldest line first.
    pub(super) async fn journal(&self) -> Result<Vec<Record>, StoreError> {
        let mut lines = Vec::new();
        for (participant, stream) in self.participants().await? {
            let (subjects, mut from) = (self.subjects.state_of(&participant, "journal.>"), 1);
            while let Some(line) = self.broker.next(&stream, &subjects, from).await? {
                from = line.sequence + 1;
                let damage = |damage| StoreError::new(format!("{}: {damage}", line.subject));
                let record = state::decode_record(&line.payload).map_err(damage)?;
                lines.push((line.time.unix_timestamp_nanos(), line.sequence, record));
            }
        }
        lines.sort_by_key(|(time, number, _)| (*time, *number));
        Ok(lines.into_iter().map(|(.., record)| record).collect())
    }

    /// Everyone who has a stream, with it.
    async fn participants(&self) -> Result<Vec<(Name, Stream<()>)>, StoreError> {
        let prefix = format!("{}-", self.subjects.log());
        let attempt = || async {
            let names: Result<Vec<String>, _> = self.broker.jetstream.stream_names().try_collect().await;
            names.map_err(|error| Failure::Passing(error.to_string()))
        };
        let mut names = self.broker.patiently("look for streams", attempt).await?;
        names.sort();
        let mut participants = Vec::new();
        for name in names {
            if let Some(participant) = name.strip_prefix(&prefix) {
                let stream = self.broker.stream(&name).await?;
                participants.push((subjects::qualified(participant), stream));
            }
        }
        Ok(participants)
    }
}
