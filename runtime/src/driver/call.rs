//! A call of a service's own code.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tracing::Instrument as _;

use super::limit::InLine;
use crate::envelope::{Delivery, EventId};
use crate::failpoint;
use crate::handler::{Context, Emissions, HandlerError, Input, Service};
use crate::machine::{About, Progress, Question, Walk};
use crate::text;

/// What a handler is asked.
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) heard: Delivery,
    /// What it may know.
    pub(crate) progress: Arc<Progress>,
    pub(crate) question: Question,
    pub(crate) attempt: u32,
    /// What idempotency keys are derived from: see [`cause`].
    pub(crate) cause: EventId,
}

/// What a question of this step may know: of what was heard, what was before it; of all others, everything.
pub(crate) fn knowing(walk: &Walk, question: &Question, before: &Arc<Progress>) -> Arc<Progress> {
    match question.about {
        About::Heard | About::Undone => Arc::clone(before),
        About::Nothing | About::Step(..) => Arc::new(walk.progress().clone()),
    }
}

/// What is done outside is done for the event that was heard. Where one that nobody has counted begins the instance, another
/// of its type may do so in its place, if its step is never written: then it is done for the type, since an instance begins
/// once.
pub(crate) fn cause(heard: &Delivery, before: &Progress) -> EventId {
    let event = &heard.event;
    match heard.sequence {
        None if heard.is_own() => event.id.clone(),
        None if !before.begun() => EventId::from(event.name.as_str()),
        None => EventId::of_source(&event.source, &event.id),
        Some(_) => event.id.clone(),
    }
}

impl Call {
    /// Asks when its turn has come, if there are turns; `None`: by then it was not wanted any more.
    pub(super) async fn ask_in_turn(self, place: Option<InLine>) -> Option<Result<Emissions, HandlerError>> {
        let Some(place) = place else { return Some(self.ask().await) };
        let _turn = place.turn().await?;
        Some(self.ask().await)
    }

    /// Asks the service's own code. A panic there is an error like any other.
    pub(crate) async fn ask(self) -> Result<Emissions, HandlerError> {
        failpoint::pass("before_handler");
        let heard = &*self.heard.event;
        let context = Context {
            service: self.service.name().into(),
            choreography: self.heard.choreography().clone(),
            key: heard.key.clone(),
            event: heard.id.clone(),
            question: self.question.number,
            attempt: self.attempt,
            cause: self.cause,
        };
        let event = match &self.question.about {
            About::Heard | About::Undone => Some((&heard.name, &heard.payload)),
            About::Nothing => None,
            About::Step(live) => Some((&live.event, &live.payload)),
        };
        let input = Input::new(event, &self.progress.known, &context);
        let (service, attempt, point) = (self.service.name(), self.attempt, self.question.point);
        let choreography = &**self.heard.choreography();
        #[cfg(feature = "otel")]
        let span = crate::trace::span(service, choreography, heard, attempt);
        #[cfg(not(feature = "otel"))]
        let span = {
            let key = heard.key.as_str();
            tracing::info_span!("handle", choreography, key, service, event = heard.name.short(), attempt)
        };
        let answer = AssertUnwindSafe(async { self.service.handler().handle(point, input).await })
            .catch_unwind()
            .instrument(span.clone())
            .await
            .unwrap_or_else(|panic| {
                Err(HandlerError::transient(format!("it panicked: {}", text::of_panic(&*panic))))
            });
        #[cfg(feature = "otel")]
        if let Err(error) = answer.as_ref()
            && error.fault() != crate::handler::Fault::Later
        {
            crate::trace::failed(&span, &error.to_string());
        }
        failpoint::pass("after_handler");
        answer
    }
}
