//! The numbers, and what they are called.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::envelope::Name;
use crate::handler::{Context, Emissions, Fault, HandlerError};
use crate::observe::{Happening, What};

/// All numbers of one runtime.
pub(super) struct Numbers {
    registry: Registry,
    events: Family<Happened, Counter>,
    published: Family<Published, Counter>,
    age: Histograms<Of>,
    calls: Histograms<Called>,
    waiting: Family<Of, Gauge>,
    aside: Family<Of, Gauge>,
    store_answers: Gauge,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    service: Label,
}

/// What a service has done with events.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Happened {
    service: Label,
    choreography: Label,
    event: Label,
    verdict: &'static str,
}

/// What a service has published.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Published {
    service: Label,
    choreography: Label,
    event: Label,
}

/// Calls of a service's methods.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Called {
    service: Label,
    choreography: Label,
    outcome: &'static str,
}

/// A name that is cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Label(Name);

impl EncodeLabelValue for Label {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.0.as_str().encode(encoder)
    }
}

/// From a millisecond to half a minute.
fn calls() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}

/// From a millisecond to somewhat more than an hour.
fn ages() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 4.0, 12))
}

impl Default for Numbers {
    fn default() -> Self {
        let mut numbers = Self {
            registry: Registry::with_prefix("chor"),
            events: Family::default(),
            published: Family::default(),
            age: Family::new_with_constructor(ages),
            calls: Family::new_with_constructor(calls),
            waiting: Family::default(),
            aside: Family::default(),
            store_answers: Gauge::default(),
        };
        let registry = &mut numbers.registry;
        registry.register(
            "events",
            "Events that came to a service, by what has become of them",
            numbers.events.clone(),
        );
        registry.register(
            "events_published",
            "Events that a service has published",
            numbers.published.clone(),
        );
        registry.register_with_unit(
            "event_age",
            "How old events were when they had been heard and all that follows was written",
            Unit::Seconds,
            numbers.age.clone(),
        );
        registry.register_with_unit(
            "call_duration",
            "How long methods of a service took to answer",
            Unit::Seconds,
            numbers.calls.clone(),
        );
        registry.register(
            "events_waiting",
            "Events that wait in this process for a service",
            numbers.waiting.clone(),
        );
        registry.register(
            "instances_set_aside",
            "Instances of a service that are set aside",
            numbers.aside.clone(),
        );
        registry.register(
            "store_answers",
            "1: the store answers; 0: it does not",
            numbers.store_answers.clone(),
        );
        numbers
    }
}

impl Numbers {
    /// Counts one step.
    pub(super) fn count(&self, happening: &Happening<'_>) {
        let Happening { service, event, what, emitted, published } = happening;
        let service = Label(Name::from(Arc::<str>::from(*service)));
        let choreography = Label(event.choreography.clone());
        let happened = Happened {
            service: service.clone(),
            choreography: choreography.clone(),
            event: short(&event.name),
            verdict: word(what),
        };
        self.events.get_or_create(&happened).inc();
        if let What::Heard = what {
            let age = SystemTime::now().duration_since((*published).into()).unwrap_or_default();
            self.age.get_or_create(&Of { service: service.clone() }).observe(age.as_secs_f64());
        }
        for outgoing in *emitted {
            let (service, event) = (service.clone(), short(&outgoing.event.name));
            let choreography = Label(outgoing.event.choreography.clone());
            self.published.get_or_create(&Published { service, choreography, event }).inc();
        }
    }

    /// Begins to time a call.
    pub(super) fn time(&self, context: &Context) -> Timer<'_> {
        let service = Label(context.service.clone());
        let choreography = Label(context.choreography.clone());
        Timer { numbers: self, service, choreography, began: Instant::now() }
    }

    pub(super) fn waiting(&self, service: &Name, events: usize) {
        self.waiting.get_or_create(&Of { service: Label(service.clone()) }).set(count(events));
    }

    pub(super) fn set_aside(&self, service: &Name, instances: usize) {
        self.aside.get_or_create(&Of { service: Label(service.clone()) }).set(count(instances));
    }

    pub(super) fn store_answers(&self, it_does: bool) {
        self.store_answers.set(i64::from(it_does));
    }

    /// The page that Prometheus reads.
    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

/// A call that is being timed.
pub(super) struct Timer<'a> {
    numbers: &'a Numbers,
    service: Label,
    choreography: Label,
    began: Instant,
}

impl Timer<'_> {
    pub(super) fn stop(self, answer: &Result<Emissions, HandlerError>) {
        let outcome = match answer {
            Ok(_) => "answered",
            Err(error) if error.fault() == Fault::Later => "put off",
            Err(_) => "failed",
        };
        let took: Duration = self.began.elapsed();
        let called = Called { service: self.service, choreography: self.choreography, outcome };
        self.numbers.calls.get_or_create(&called).observe(took.as_secs_f64());
    }
}

fn word(what: &What<'_>) -> &'static str {
    match what {
        What::Heard => "heard",
        What::Parked => "parked",
        What::Held(_) => "held",
        What::Due => "due",
        What::Duplicate => "duplicate",
        What::Late => "late",
        What::Refused(_) => "refused",
        What::Quarantined(_) => "set aside",
    }
}

fn short(name: &Name) -> Label {
    Label(Name::from(Arc::<str>::from(name.short())))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
