//! Deliveries that this process has been given and has not yet dealt with.
//!
//! As long as it lives it says so to the server: a handler may take as long as it wants. When it dies the
//! deliveries come to another after [`SIGN_OF_LIFE`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::{Client, Subject};
use foldhash::fast::RandomState;

use super::setup::SIGN_OF_LIFE;
use crate::envelope::Name;

/// Whose delivery it is, and the number of the event in the log.
type Of = (Name, u64);

#[derive(Default)]
pub(super) struct Held(Mutex<HashMap<Of, Token, RandomState>>);

struct Token {
    /// The mailbox that it was brought for, of all that the subscriber has had.
    mailbox: u64,
    /// The consumer that has brought it.
    consumer: Arc<str>,
    /// Where the server hears what has become of it.
    answer: Subject,
    /// When it was last told that someone is at it.
    told: Instant,
}

impl Held {
    /// A panic elsewhere cannot leave the map half changed.
    fn tokens(&self) -> MutexGuard<'_, HashMap<Of, Token, RandomState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a delivery in for this mailbox; `false`: it is here already, and was only delivered again.
    pub(super) fn take(
        &self,
        subscriber: &Name,
        number: u64,
        answer: Subject,
        consumer: &Arc<str>,
        mailbox: u64,
    ) -> bool {
        let token = Token { mailbox, consumer: Arc::clone(consumer), answer, told: Instant::now() };
        let before = self.tokens().insert((subscriber.clone(), number), token);
        before.is_none_or(|before| before.mailbox != mailbox)
    }

    /// How many a consumer has brought that are still here.
    pub(super) fn of_consumer(&self, consumer: &str) -> usize {
        self.tokens().values().filter(|token| &*token.consumer == consumer).count()
    }

    /// Gives a delivery away; where the answer goes, if it was here.
    pub(super) fn give(&self, subscriber: &Name, number: u64) -> Option<Subject> {
        self.tokens().remove(&(subscriber.clone(), number)).map(|token| token.answer)
    }

    /// Gives all deliveries away that are in this mailbox, or were.
    pub(super) fn give_all(&self, mailbox: u64) -> Vec<Subject> {
        let mut tokens = self.tokens();
        tokens.extract_if(|_, token| token.mailbox == mailbox).map(|(_, token)| token.answer).collect()
    }

    /// Says of what has been here for a while that someone is at it.
    pub(super) async fn show_life(&self, client: &Client) {
        let due: Vec<Subject> = {
            let mut tokens = self.tokens();
            let old = tokens.values_mut().filter(|token| token.told.elapsed() > SIGN_OF_LIFE / 4);
            old.map(|token| {
                token.told = Instant::now();
                token.answer.clone()
            })
            .collect()
        };
        for answer in due {
            // The connection is gone: the deliveries will come again.
            let _ = client.publish(answer, "+WPI".into()).await;
        }
    }

    /// How often life is to be shown.
    pub(super) const PAUSE: Duration = Duration::from_secs(1);
}
