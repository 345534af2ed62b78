//! What time it is, and what falls due when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::Post;
use crate::envelope::InstanceId;
use crate::store::unix_now;

/// The time of a store in memory: the system's, or one that a test moves on.
pub(in crate::store) struct Clock {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    /// The time, where it stands until it is moved on.
    standing: Option<i64>,
    due: BinaryHeap<Reverse<(i64, InstanceId)>>,
    /// A thread watches the time.
    watched: bool,
    /// Nobody needs the time any more.
    closed: bool,
}

impl Clock {
    /// The system's time.
    pub(in crate::store) fn running() -> Self {
        Self::new(None)
    }

    /// A time that stands until it is moved on.
    pub(super) fn standing() -> Self {
        Self::new(Some(0))
    }

    fn new(standing: Option<i64>) -> Self {
        let waiting = Waiting { standing, due: BinaryHeap::new(), watched: false, closed: false };
        Self { waiting: Mutex::new(waiting), changed: Condvar::new() }
    }

    /// A panic elsewhere cannot leave this half changed.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> i64 {
        self.waiting().now()
    }

    /// Moves a standing time on to the next time at which something falls due, or to `end` if that is earlier.
    /// Says whether something fell due.
    pub(super) fn advance(&self, end: i64) -> bool {
        let mut waiting = self.waiting();
        let next = waiting.due.peek().map(|Reverse((due, _))| *due).filter(|due| *due <= end);
        waiting.standing = waiting.standing.map(|now| now.max(next.unwrap_or(end)));
        next.is_some()
    }

    /// An instance is to be looked at when it is `due`.
    pub(super) fn wake(self: &Arc<Self>, due: i64, instance: InstanceId, post: &Arc<Post>) {
        let mut waiting = self.waiting();
        waiting.due.push(Reverse((due, instance)));
        if waiting.standing.is_none() && !waiting.watched {
            waiting.watched = watch(Arc::clone(self), Arc::downgrade(post));
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// What has fallen due by now.
    pub(super) fn fallen_due(&self) -> Vec<InstanceId> {
        self.waiting().fallen_due()
    }

    /// Lets the thread end.
    pub(super) fn close(&self) {
        self.waiting().closed = true;
        self.changed.notify_all();
    }
}

impl Waiting {
    fn now(&self) -> i64 {
        self.standing.unwrap_or_else(unix_now)
    }

    fn fallen_due(&mut self) -> Vec<InstanceId> {
        let now = self.now();
        let mut fallen = Vec::new();
        while let Some(Reverse((due, _))) = self.due.peek()
            && *due <= now
        {
            fallen.extend(self.due.pop().map(|Reverse((_, instance))| instance));
        }
        fallen
    }
}

/// Watches the time on a thread of its own; says whether there is one.
fn watch(clock: Arc<Clock>, post: Weak<Post>) -> bool {
    let work = move || {
        let mut waiting = clock.waiting();
        while !waiting.closed {
            let fallen = waiting.fallen_due();
            if !fallen.is_empty() {
                drop(waiting);
                let Some(post) = post.upgrade() else { return };
                post.nudge(fallen);
                waiting = clock.waiting();
                continue;
            }
            let due = waiting.due.peek().map_or(i64::MAX, |Reverse((due, _))| *due);
            let wait = Duration::from_millis(u64::try_from(due.saturating_sub(waiting.now())).unwrap_or(0));
            let waited = clock.changed.wait_timeout(waiting, wait.min(Duration::from_hours(1)));
            waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    };
    // Without a thread the next deadline tries again to have one.
    std::thread::Builder::new().name("chor-clock".to_owned()).spawn(work).is_ok()
}
