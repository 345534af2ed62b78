//! A store that takes no new state, as a server does whose messages may not be so large any more.

use std::future::ready;
use std::sync::Mutex;

use super::*;
use crate::envelope::{Delivery, Name};
use crate::machine::Progress;
use crate::store::{Backlog, Found, Loaded, Outcome, Pending, Pruned, Record, Step, Which};

/// Refuses every new state, and keeps what else it is told.
struct Full {
    inner: Arc<dyn Backend>,
    journal: Mutex<Vec<Record>>,
    held: Mutex<Vec<Delivery>>,
}

impl Backend for Full {
    fn commit(&self, steps: Vec<Step>) -> Pending<Vec<Outcome>> {
        let outcomes = steps.into_iter().map(|step| {
            if step.change.is_some() {
                return Outcome::Refused("it is full".to_owned());
            }
            self.journal.lock().unwrap().extend(step.records);
            Outcome::Written(0)
        });
        Box::pin(ready(Ok(outcomes.collect())))
    }

    fn hold(&self, _subscriber: &Name, delivery: Delivery) {
        self.held.lock().unwrap().push(delivery);
    }

    fn parked(&self, subscriber: &Name, delivery: &Delivery) {
        self.inner.parked(subscriber, delivery);
    }

    fn load(&self, instances: Vec<InstanceId>) -> Pending<Vec<Loaded>> {
        self.inner.load(instances)
    }

    fn quarantined(&self, of: Option<Name>) -> Pending<Vec<(InstanceId, Arc<Progress>)>> {
        self.inner.quarantined(of)
    }

    fn journal(&self, which: Which, most: usize) -> Pending<Vec<(i64, Record)>> {
        self.inner.journal(which, most)
    }

    fn survey(&self, which: Which, most: usize) -> Pending<Found> {
        self.inner.survey(which, most)
    }

    fn backlog(&self) -> Pending<Vec<Backlog>> {
        self.inner.backlog()
    }

    fn prune(&self, before: i64, remove: bool) -> Pending<Pruned> {
        self.inner.prune(before, remove)
    }

    fn keep_legends(&self, service: &Name, machines: &'static [Machine]) -> Pending<()> {
        self.inner.keep_legends(service, machines)
    }

    fn subscribe(&self, subscription: Subscription) -> Pending<Arc<Mailbox>> {
        self.inner.subscribe(subscription)
    }

    fn now(&self) -> i64 {
        self.inner.now()
    }
}

#[tokio::test]
async fn an_instance_that_cannot_even_be_set_aside_is_left_and_nothing_stops() {
    let inner = Arc::clone(Store::memory_in_virtual_time().0.backend());
    let full = Arc::new(Full { inner, journal: Mutex::default(), held: Mutex::default() });
    let store = Store::of(Arc::clone(&full) as Arc<dyn Backend>);
    // It can never be heard, which is to be noted in the instance.
    let stray = waiting::first("tea.Stock", "Bank", 1);
    let (worker, _mailbox) = worker(&store, &waiting::SHIPPING, Mail::Delivery(stray.clone())).await;
    let (_stop, stopped) = watch::channel(false);
    let mut working = std::pin::pin!(worker.run(stopped));
    for _ in 0..100 {
        assert!((&mut working).now_or_never().is_none(), "it goes on");
        tokio::task::yield_now().await;
    }
    assert_eq!(*full.held.lock().unwrap(), [stray]);
    let journal = full.journal.lock().unwrap();
    let said: Vec<_> = journal.iter().map(|line| (line.verdict.as_str(), line.reason.as_str())).collect();
    assert_eq!(said, [("held", "it is full")]);
}
