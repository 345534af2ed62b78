//! What people look at: what was set aside, and the journal.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_nats::jetstream::stream::Stream;
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::Shared;
use super::broker::{Failure, Seen};
use super::step::ROOM;
use super::{state, subjects};
use crate::envelope::{InstanceId, Name};
use crate::machine::{Machine, Progress};
use crate::scalar::Timestamp;
use crate::store::survey::{Legends, Survey};
use crate::store::{Backlog, Found, Record, Snapshot, StoreError, Which, codec};

/// So many instances are read at once.
const AT_ONCE: usize = 32;

/// An instance, as its message tells without the events that are parked in it.
pub(super) struct Glance {
    /// The number of the message.
    pub(super) number: u64,
    /// When it was written, in milliseconds since 1970.
    pub(super) changed: i64,
    pub(super) progress: Progress,
    /// How many events are parked.
    pub(super) waiting: usize,
}

/// A participant, and the stream of its instances.
pub(super) type Participant = (Name, Stream<()>);

impl Shared {
    /// The instances that were set aside, of this participant, or of all whose streams can be read; without those that cannot
    /// be read themselves.
    pub(super) async fn quarantined(
        &self,
        of: Option<Name>,
    ) -> Result<Vec<(InstanceId, Arc<Progress>)>, StoreError> {
        let participants = match of {
            // A participant may not look for others.
            Some(name) => vec![(name.clone(), self.state_of(&name).await?)],
            None => self.participants().await?,
        };
        let mut found = Vec::new();
        for (participant, stream) in &participants {
            let marks = self.subjects.state_of(participant, "aside.>");
            let marks = self.broker.subjects(stream, &marks, |mark, _| Some(mark.to_owned())).await?;
            let looked = marks.into_iter().map(|mark| self.set_aside(participant, stream, mark));
            let looked = futures_util::stream::iter(looked).buffer_unordered(AT_ONCE);
            found.extend(looked.try_collect::<Vec<_>>().await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// The instance that has this mark, if it is set aside. If it is not any more, the mark is removed.
    async fn set_aside(
        &self,
        participant: &Name,
        stream: &Stream<()>,
        mark: String,
    ) -> Result<Option<(InstanceId, Arc<Progress>)>, StoreError> {
        let Some(instance) = subjects::instance(participant, &mark, 0) else { return Ok(None) };
        let Some(mark) = self.broker.last(stream, &mark).await? else { return Ok(None) };
        let Ok(Snapshot { revision, progress: Some(progress) }) =
            StoreError::apart(self.load_one(&instance).await)?
        else {
            return Ok(None);
        };
        if progress.quarantine.is_some() {
            return Ok(Some((instance, progress)));
        }
        if revision > mark.sequence {
            self.broker.remove(&self.subjects.state_stream(participant), mark.sequence).await?;
        }
        Ok(None)
    }

    /// The newest lines of all participants' journals, oldest line first.
    pub(super) async fn journal(&self, which: &Which, most: usize) -> Result<Vec<(i64, Record)>, StoreError> {
        let mut lines = BTreeMap::new();
        for (participant, stream) in self.participants().await? {
            let subjects = self.subjects.state_of(&participant, "journal.>");
            let mut number = 0_u64;
            self.broker
                .each(&stream, &subjects, |line| {
                    let record = state::decode_record(&line.payload)
                        .map_err(|damage| StoreError::new(format!("{}: {damage}", line.subject)))?;
                    if which.has(&record.instance) {
                        number += 1;
                        lines.insert((line.time, participant.clone(), number), record);
                    }
                    if lines.len() > most {
                        lines.pop_first();
                    }
                    Ok(())
                })
                .await?;
        }
        Ok(lines.into_iter().map(|((time, ..), record)| (millis(time), record)).collect())
    }

    /// Where these instances stand.
    pub(super) async fn survey(&self, which: Which, most: usize) -> Result<Found, StoreError> {
        let participants = self.participants().await?;
        let mut survey = Survey::new(which, most, self.legends(&participants).await?);
        for (participant, stream) in &participants {
            let look = |id, glance| match glance {
                Ok(Glance { changed, progress, waiting, .. }) => survey.look(id, changed, &progress, waiting),
                Err(damage) => survey.pass_by(id, damage),
            };
            self.each_instance(participant, stream, look).await?;
        }
        Ok(survey.found())
    }

    /// Looks at all instances of a participant.
    pub(super) async fn each_instance(
        &self,
        participant: &Name,
        stream: &Stream<()>,
        mut look: impl FnMut(InstanceId, Result<Glance, codec::Damage>),
    ) -> Result<(), StoreError> {
        let all = self.subjects.state_of(participant, "at.>");
        let read = |message: Seen| {
            let Some(id) = subjects::instance(participant, &message.subject, 0) else { return Ok(()) };
            let read = state::decode(&message.payload).and_then(|it| codec::glance(it.progress.get()));
            let glance = read.map(|(progress, waiting)| {
                let (number, changed) = (message.number, millis(message.time));
                Glance { number, changed, progress, waiting }
            });
            look(id, glance);
            Ok(())
        };
        self.broker.each(stream, &all, read).await
    }

    /// What the states of all machines mean.
    pub(super) async fn legends(&self, participants: &[Participant]) -> Result<Legends, StoreError> {
        let mut legends = Legends::new();
        for (participant, stream) in participants {
            let subjects = self.subjects.state_of(participant, "machine.>");
            self.broker
                .each(stream, &subjects, |message| {
                    let damage = |damage| StoreError::new(format!("{}: {damage}", message.subject));
                    let mut tokens = message.subject.rsplit('.');
                    let hash = codec::hash(tokens.next().unwrap_or_default()).map_err(damage)?;
                    let choreography = subjects::qualified(tokens.next().unwrap_or_default());
                    let legend = codec::legend(&message.payload).map_err(damage)?;
                    legends.insert((participant.clone(), choreography, hash), legend);
                    Ok(())
                })
                .await?;
        }
        Ok(legends)
    }

    /// Who has still to take events: what consumers have not brought, or not got acknowledged.
    pub(super) async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        let log = self.broker.stream(self.subjects.log()).await?;
        let attempt = || async {
            let consumers: Result<Vec<_>, _> = log.consumers().try_collect().await;
            consumers.map_err(|error| Failure::Passing(error.to_string()))
        };
        let mut backlog: BTreeMap<String, (u64, Option<i64>)> = BTreeMap::new();
        for info in self.broker.patiently("look for consumers", attempt).await? {
            let left = info.num_pending + info.num_ack_pending as u64;
            let Some((participant, _)) = info.name.split_once("--").filter(|_| left > 0) else { continue };
            let from = info.ack_floor.stream_sequence + 1;
            let oldest = self.broker.next(&log, &info.config.filter_subject, from).await?;
            let at = oldest.map(|message| millis(message.time.unix_timestamp_nanos()));
            let (events, oldest) = backlog.entry(participant.to_owned()).or_default();
            *events += left;
            *oldest = [*oldest, at].into_iter().flatten().min();
        }
        let backlog = backlog.into_iter().map(|(participant, (events, oldest))| {
            let oldest = oldest.map(Timestamp::from_millis);
            Backlog { participant: participant.into(), events, oldest }
        });
        Ok(backlog.collect())
    }

    /// Keeps what the states of these machines mean.
    pub(super) async fn keep_legends(&self, service: &Name, machines: &[Machine]) -> Result<(), StoreError> {
        let instances = self.state_of(service).await?;
        for machine in machines {
            let hash = codec::hash_text(machine.hash);
            let subject = self.subjects.machine(service, machine.choreography, &hash);
            if self.broker.last(&instances, &subject).await?.is_some() {
                continue;
            }
            let legend = codec::legend_text(machine).map_err(StoreError::new)?;
            if let Err(too_large) = self.has_room(legend.len(), ROOM, "what the states of a machine mean") {
                // It serves people who look, and no instance.
                tracing::warn!(%service, machine.choreography, too_large, "chor instances will know less");
                continue;
            }
            self.put_state(&subject, legend).await?;
        }
        Ok(())
    }

    /// Everyone who has a stream, with it.
    pub(super) async fn participants(&self) -> Result<Vec<Participant>, StoreError> {
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

/// Milliseconds since 1970.
pub(super) fn millis(nanos: i128) -> i64 {
    i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
}
