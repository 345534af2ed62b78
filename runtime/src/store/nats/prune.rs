//! Removes what is over and old from the streams.

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::Shared;
use super::broker::{Failure, Seen};
use super::care::{self, Glance, Participant};
use super::subjects;
use crate::envelope::Name;
use crate::store::prune::{FlowId, Flows};
use crate::store::{Pruned, StoreError};

/// So much is asked of the server at once.
const AT_ONCE: usize = 32;

/// What is published again, because its process had died, comes this much later than the state that it belongs to, at
/// most; in milliseconds.
const LATE: i64 = 60 * 60 * 1000;

/// An instance: its participant by number, and the number of its state in the participant's stream.
type Part = (usize, u64);

impl Shared {
    pub(super) async fn prune(&self, before: i64, remove: bool) -> Result<Pruned, StoreError> {
        let (taken, oldest) = self.taken_by_all().await?;
        let before = oldest.map_or(before, |oldest| before.min(oldest.saturating_sub(LATE)));
        let participants = self.participants().await?;
        let mut flows = Flows::new(before, self.legends(&participants).await?);
        for (number, (participant, stream)) in participants.iter().enumerate() {
            let look = |id, glance| match glance {
                Ok(Glance { changed, progress, waiting, number: at }) => {
                    flows.look(id, changed, &progress, waiting, (number, at));
                }
                Err(_) => flows.pass_by(id),
            };
            self.each_instance(participant, stream, look).await?;
        }
        let names: Vec<&Name> = participants.iter().map(|(name, _)| name).collect();
        let (over, stay) = flows.split();
        let over = over.into_iter().map(|(flow, parts)| self.prune_flow(flow, parts, &names, taken, remove));
        let removed = futures_util::stream::iter(over).buffer_unordered(AT_ONCE);
        let mut pruned = Pruned::default();
        let mut removed = std::pin::pin!(removed);
        while let Some(events) = removed.try_next().await? {
            pruned.flows += 1;
            pruned.events += events;
        }
        for participant in &participants {
            let lines = self.old(participant, "journal.>", before, |line| {
                // The last two words are the event and the verdict.
                let id = subjects::instance(&participant.0, &line.subject, 2);
                id.is_none_or(|id| !stay.contains(&(id.choreography, id.key)))
            });
            let lines = lines.await?;
            pruned.lines += lines.len() as u64;
            // An external's mark on an event is of use as long as that may come again.
            let taken = |mark: &Seen| done(mark).is_some_and(|number| number <= taken);
            let marks = self.old(participant, "done.>", before, taken).await?;
            if remove {
                self.remove_all(&participant.0, lines.into_iter().chain(marks)).await?;
            }
        }
        Ok(pruned)
    }

    /// The numbers of the old messages of this kind that may go.
    async fn old(
        &self,
        (participant, stream): &Participant,
        kind: &str,
        before: i64,
        may_go: impl Fn(&Seen) -> bool,
    ) -> Result<Vec<u64>, StoreError> {
        let mut old = Vec::new();
        let look = |message: Seen| {
            if care::millis(message.time) < before && may_go(&message) {
                old.push(message.number);
            }
            Ok(())
        };
        self.broker.each(stream, &self.subjects.state_of(participant, kind), look).await?;
        Ok(old)
    }

    /// Everybody has taken the events up to this number of the log; and when the first one after it was published that
    /// somebody has still to take, in milliseconds since 1970.
    async fn taken_by_all(&self) -> Result<(u64, Option<i64>), StoreError> {
        let log = self.broker.stream(self.subjects.log()).await?;
        let attempt = || async {
            let passing = |error: &dyn std::fmt::Display| Failure::Passing(error.to_string());
            let info = log.get_info().await.map_err(|error| passing(&error))?;
            let consumers: Result<Vec<_>, _> = log.consumers().try_collect().await;
            Ok((info.state.last_sequence, consumers.map_err(|error| passing(&error))?))
        };
        let (last, consumers) = self.broker.patiently("look for consumers", attempt).await?;
        let (mut taken, mut oldest) = (last, None);
        for info in consumers.iter().filter(|info| info.num_pending > 0 || info.num_ack_pending > 0) {
            let floor = info.ack_floor.stream_sequence;
            let next = self.broker.next(&log, &info.config.filter_subject, floor + 1).await?;
            let at = next.map(|message| care::millis(message.time.unix_timestamp_nanos()));
            // Whose floor is the lowest need not have the oldest event to take: few may be for it.
            (taken, oldest) = (taken.min(floor), [oldest, at].into_iter().flatten().min());
        }
        Ok((taken, oldest))
    }

    /// Removes the instances of a flow, as they were seen, and then its events that all have taken; says how many events.
    async fn prune_flow(
        &self,
        (choreography, key): FlowId,
        parts: Vec<Part>,
        participants: &[&Name],
        taken: u64,
        remove: bool,
    ) -> Result<u64, StoreError> {
        let log = self.broker.stream(self.subjects.log()).await?;
        let events = self.subjects.flow(&choreography, &key);
        if !remove {
            return self.broker.count(&log, &events).await;
        }
        for (participant, number) in parts {
            if let Some(participant) = participants.get(participant) {
                // Whoever has changed it meanwhile has written another message.
                self.broker.remove(&self.subjects.state_stream(participant), number).await?;
            }
        }
        self.broker.clear_until(&log, &events, taken + 1).await
    }

    async fn remove_all(
        &self,
        participant: &Name,
        numbers: impl Iterator<Item = u64>,
    ) -> Result<(), StoreError> {
        let stream = &self.subjects.state_stream(participant);
        let removing = numbers.map(|number| self.broker.remove(stream, number));
        futures_util::stream::iter(removing).buffer_unordered(AT_ONCE).try_collect().await
    }
}

/// The number of the event that an external has dealt with.
fn done(message: &Seen) -> Option<u64> {
    message.subject.rsplit('.').next()?.parse().ok()
}
