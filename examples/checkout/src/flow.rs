//! Prints what happens, and knows when nothing is under way any more.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chor_runtime::{EventId, Happening, What};
use tokio::sync::Notify;

/// Watches a shop in one process.
///
/// Services are told of their steps side by side, so a step may be seen before the one that caused it. Here it
/// waits for its cause: what is printed is in the order in which it happened.
#[derive(Debug, Default)]
pub struct Flow {
    seen: Mutex<Seen>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Seen {
    /// The events whose publication was seen.
    published: HashSet<EventId>,
    /// Steps whose event was not yet seen published.
    early: Vec<Step>,
    /// How many deliveries are still to be taken.
    under_way: usize,
}

/// Somebody has heard an event, and published others.
#[derive(Debug)]
struct Step {
    heard: EventId,
    published: Vec<Published>,
}

#[derive(Debug)]
struct Published {
    id: EventId,
    subscribers: usize,
    line: String,
}

impl Flow {
    /// The customer is about to place an order, with an event of this id.
    pub fn placed(&self, id: &EventId) {
        println!("{}", line("Customer", "Orders", "PlaceOrder"));
        let mut seen = self.seen();
        seen.published.insert(id.clone());
        seen.under_way += 1;
    }

    /// A service has done something with an event.
    pub fn happened(&self, happening: &Happening<'_>) {
        // What is parked is heard later.
        if matches!(happening.what, What::Heard) {
            let published = happening.emitted.iter().zip(lines(happening)).map(|(emitted, line)| Published {
                id: emitted.event.id.clone(),
                subscribers: emitted.to.len(),
                line,
            });
            self.step(Step { heard: happening.event.id.clone(), published: published.collect() });
        }
    }

    /// The customer has heard an event.
    pub fn customer_heard(&self, id: &EventId) {
        self.step(Step { heard: id.clone(), published: Vec::new() });
    }

    /// Waits until every event has been heard by all its subscribers.
    pub async fn quiet(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.seen().under_way == 0 {
                return;
            }
            changed.await;
        }
    }

    fn step(&self, step: Step) {
        self.seen().step(step);
        self.changed.notify_waiters();
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Takes in one step, and those that have waited for it.
    fn step(&mut self, step: Step) {
        self.early.push(step);
        while let Some(next) = self.early.iter().position(|step| self.published.contains(&step.heard)) {
            self.under_way -= 1;
            for published in self.early.swap_remove(next).published {
                println!("{}", published.line);
                self.under_way += published.subscribers;
                self.published.insert(published.id);
            }
        }
    }
}

/// Prints what a service has published.
pub fn print(happening: &Happening<'_>) {
    for line in lines(happening) {
        println!("{line}");
    }
}

fn lines(happening: &Happening<'_>) -> impl Iterator<Item = String> {
    happening.emitted.iter().map(|emitted| {
        let subscribers: Vec<&str> = emitted.to.iter().map(|to| &*to.name).collect();
        line(happening.service, &subscribers.join(", "), emitted.event.name.short())
    })
}

/// One event as a line.
fn line(emitter: &str, subscribers: &str, event: &str) -> String {
    format!("  {emitter:>9} -> {subscribers}: {event}")
}
