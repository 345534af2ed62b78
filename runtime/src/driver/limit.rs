//! How many handlers of a service are called at once.

use std::sync::{Arc, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many at once; the others wait in line.
pub(super) struct Limit(Arc<Semaphore>);

/// A place in the line.
pub(super) struct InLine(Arc<Semaphore>, Weak<()>);

/// Dropped when the turn is not wanted any more.
pub(super) type Wanted = Arc<()>;

impl Limit {
    /// So many, 1 at least.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS))))
    }

    pub(super) fn line_up(&self) -> (InLine, Wanted) {
        let wanted = Wanted::default();
        (InLine(Arc::clone(&self.0), Arc::downgrade(&wanted)), wanted)
    }

    /// No more turns come: those who wait are sent away.
    pub(super) fn close(&self) {
        self.0.close();
    }
}

impl InLine {
    /// Waits for the turn, which lasts as long as what is returned; `None`: none comes, or it is not wanted any more.
    pub(super) async fn turn(self) -> Option<OwnedSemaphorePermit> {
        let Self(turns, wanted) = self;
        let turn = turns.acquire_owned().await.ok()?;
        (wanted.strong_count() > 0).then_some(turn)
    }
}
