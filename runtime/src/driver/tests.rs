//! What a worker leaves behind that is dropped between two steps.

mod full;
mod waiting;

use futures_util::FutureExt as _;

use super::*;
use crate::envelope::{InstanceId, Key, Subscription};
use crate::handler::{Handler, HandlerFuture, Input};
use crate::machine::{Machine, ends};
use crate::transport::Mail;

static IDLE: Machine =
    Machine { choreography: "tea.Tea", participant: "Bank", hash: 7, states: &[ends(&[])], ..Machine::EMPTY };

/// A bank that is never asked.
struct Bank;

impl Handler for Bank {
    fn handle<'a>(&'a self, _point: u32, _input: Input<'a>) -> HandlerFuture<'a> {
        Box::pin(std::future::pending())
    }
}

/// The only worker of a service with this machine, and its mailbox, with this mail in it.
async fn worker(store: &Store, machine: &'static Machine, mail: Mail) -> (Worker, Arc<Mailbox>) {
    let backend = Arc::clone(store.backend());
    let mailbox = backend.subscribe(Subscription::to_nothing(machine.participant)).await.unwrap();
    mailbox.put([mail]);
    let service = Service::new(machine.participant, std::slice::from_ref(machine), Bank);
    let role = Arc::new(Role::new(service, RetryPolicy::default(), None, Vec::new()));
    (Worker::new(role, Post { backend, mailbox: Arc::clone(&mailbox), shard: 0 }), mailbox)
}

/// Lets a worker run until it first waits, and drops it; says how many letters are in its mailbox then.
async fn left_after_one_turn(mail: Mail) -> usize {
    let (worker, mailbox) = worker(&Store::memory_in_virtual_time().0, &IDLE, mail).await;
    let (_stop, stopped) = watch::channel(false);
    assert!(worker.run(stopped).now_or_never().is_none(), "it goes on until it is told to stop");
    mailbox.take(0, usize::MAX, &mut Vec::new())
}

#[tokio::test]
async fn a_nudge_that_led_to_nothing_yet_is_put_back() {
    let instance =
        InstanceId { service: "Bank".into(), choreography: "tea.Tea".into(), key: Key::from_text("o1") };
    assert_eq!(left_after_one_turn(Mail::Nudge(instance)).await, 1);
}
