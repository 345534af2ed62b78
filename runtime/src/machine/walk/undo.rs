//! Taking back what was done.

use std::sync::Arc;

use super::{About, Emission, Outgoing, Question, Walk};
use crate::envelope::{Recipient, short};
use crate::machine::data::{State, Undo};
use crate::machine::place::Path;
use crate::machine::progress::Live;

/// How a rollback goes on.
pub(super) enum Back {
    /// The handler is asked for the event that takes a step back.
    Ask(Question),
    /// By one step that leaves nothing to take back, or past the rollback.
    Moved,
}

impl Walk {
    /// Goes on with a rollback, if the step has come to one; the latest step is taken back first.
    pub(super) fn take_back(&mut self) -> Option<Back> {
        let rollback =
            |state: &'static State| (!state.rollback.is_empty()).then_some((state.rollback, state.target));
        let (path, (steps, target)) = self.progress.place.leaf(self.machine, rollback)?;
        let last = self.progress.live.iter().rposition(|live| steps.contains(&live.step));
        let Some(last) = last else {
            self.go(&path, target);
            return Some(Back::Moved);
        };
        let live = self.progress.live.get(last)?;
        let Some(undo) = self.undo(live) else {
            self.progress.live.remove(last);
            return Some(Back::Moved);
        };
        let about = About::Step(Box::new(live.clone()));
        let number = self.thread.asked;
        Some(Back::Ask(Question { point: undo.point, about, number, path: Path::new(), from: 0, left: None }))
    }

    /// Publishes the event that takes a step back. Each of its hearers is told which event that was.
    pub(super) fn took_back(&mut self, live: &Live, answer: Vec<Emission>) -> Result<(), String> {
        let Some(undo) = self.undo(live) else { return Ok(()) };
        let (participant, expected) = (self.machine.participant, short(self.machine.now(undo.event)));
        let mut answer = answer.into_iter();
        let (Some(emission), None) = (answer.next(), answer.next()) else {
            return Err(format!("{participant} has to emit {expected} here, once"));
        };
        if emission.event != undo.event {
            let other = self.machine.published(emission.event);
            return Err(format!("{participant} cannot emit {} here, only {expected}", other.short()));
        }
        if let Some(index) = self.progress.live.iter().rposition(|it| it == live) {
            self.progress.live.remove(index);
        }
        let event = self.event(emission, Vec::new())?;
        let sent = |name: &str| live.to.iter().find(|(it, _)| it == name).map(|(_, sequence)| *sequence);
        let to: Vec<Recipient> = undo.to.iter().map(|to| self.told_back(to, sent(to.name))).collect();
        self.outgoing.push(Outgoing { event: Arc::new(event), to });
        Ok(())
    }

    fn undo(&self, live: &Live) -> Option<&'static Undo> {
        self.machine.undos.iter().find(|undo| undo.step == live.step)
    }
}
