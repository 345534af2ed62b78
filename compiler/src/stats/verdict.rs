//! Where choreography has become a Death Star, and what would be simpler.
//!
//! The thresholds are those of the lints, and so are the numbers: what is a concern here is a finding of that lint.

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::{Flow, Participant, Stats};
use crate::diag::{Code, codes};
use crate::lint::Lints;

/// What would be simpler than what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Everything hangs on one: split it, or what it says.
    Split,
    /// One service instead of two.
    OneService,
    /// Somebody who keeps the whole flow in one place.
    Coordinator,
    /// Nothing works as it is written.
    Mend,
}

/// A place where it is too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// The lint whose threshold is passed.
    pub rule: &'static str,
    /// What is too much: services, an event, a choreography.
    pub of: Vec<String>,
    /// What was counted.
    pub reason: String,
    /// What would be simpler.
    pub advice: Advice,
}

/// How near the graph has come to a threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// The lint whose threshold it is.
    pub rule: &'static str,
    /// Of what there is the most.
    pub of: Vec<String>,
    /// How many.
    pub count: usize,
    /// The most that is allowed.
    pub max: usize,
}

impl Measure {
    /// Whether it is too much.
    pub fn is_too_much(&self) -> bool {
        self.count > self.max
    }
}

/// What is counted for one lint: of whom, how many, and the words for it.
struct Counted {
    code: &'static Code,
    of: Vec<String>,
    count: usize,
    reason: String,
    advice: Advice,
}

/// The most that there is, for each threshold; a threshold of which nothing is counted is left out.
pub(super) fn measures(stats: &Stats, lints: &Lints) -> Vec<Measure> {
    let mut measures: Vec<Measure> = Vec::new();
    for counted in counted(stats) {
        let measure = Measure {
            rule: counted.code.name,
            of: counted.of,
            count: counted.count,
            max: lints.max(counted.code),
        };
        match measures.iter_mut().find(|known| known.rule == measure.rule) {
            Some(known) if known.count >= measure.count => {}
            Some(known) => *known = measure,
            None => measures.push(measure),
        }
    }
    measures
}

/// Everything that is too much.
pub(super) fn concerns(stats: &Stats, lints: &Lints) -> Vec<Concern> {
    let mut concerns: Vec<Concern> = stats.circles.iter().map(|names| circle(names)).collect();
    let too_much = counted(stats).into_iter().filter(|counted| counted.count > lints.max(counted.code));
    concerns.extend(too_much.map(|Counted { code, of, reason, advice, .. }| Concern {
        rule: code.name,
        of,
        reason,
        advice,
    }));
    concerns
}

fn circle(names: &[String]) -> Concern {
    Concern {
        rule: codes::EVENT_CYCLE.name,
        of: names.to_vec(),
        reason: "each is started by the one before it, so none ever begins".to_owned(),
        advice: Advice::Mend,
    }
}

fn counted(stats: &Stats) -> Vec<Counted> {
    let ours = || stats.services.iter().filter(|service| !service.external);
    let names: FxHashSet<&str> = ours().map(|service| service.name.as_str()).collect();
    let is_ours = |name: &str| names.contains(name);
    let fan_out = stats.events.iter().map(|event| Counted {
        code: &codes::FAN_OUT_TOO_HIGH,
        of: vec![event.name.clone()],
        count: event.hearers.len(),
        reason: format!("{} participants hear it: a change concerns all of them", event.hearers.len()),
        advice: Advice::Split,
    });
    let chatty = stats.pairs.iter().filter(|pair| is_ours(&pair.one) && is_ours(&pair.other));
    let chatty = chatty.map(|pair| Counted {
        code: &codes::CHATTY_PAIR,
        of: vec![pair.one.clone(), pair.other.clone()],
        // As with the lint, the lesser direction counts.
        count: pair.there.min(pair.back),
        reason: format!(
            "{} events one way and {} the other, {} % of all that they say and hear: neither can change alone",
            pair.there, pair.back, pair.coupling
        ),
        advice: Advice::OneService,
    });
    let mut all: Vec<Counted> =
        ours().map(god).chain(ours().map(fan_in)).chain(fan_out).chain(chatty).collect();
    all.extend(stats.choreographies.iter().filter_map(long));
    all
}

fn god(service: &Participant) -> Counted {
    let count = service.emits + service.hears;
    Counted {
        code: &codes::GOD_SERVICE,
        of: vec![service.name.clone()],
        count,
        reason: format!(
            "it emits {} events and hears {}: hardly anything happens without it",
            service.emits, service.hears
        ),
        advice: Advice::Split,
    }
}

fn fan_in(service: &Participant) -> Counted {
    Counted {
        code: &codes::FAN_IN_TOO_HIGH,
        of: vec![service.name.clone()],
        count: service.fan_in,
        reason: format!(
            "it listens to {} participants: it gathers the whole as a coordinator would",
            service.fan_in
        ),
        advice: Advice::Coordinator,
    }
}

fn long(flow: &Flow) -> Option<Counted> {
    let count = flow.chain.as_ref()?.len();
    Some(Counted {
        code: &codes::LONG_CHAIN,
        of: vec![flow.name.clone()],
        count,
        reason: format!("{count} events wait for each other, and nobody sees how far it has come"),
        advice: Advice::Coordinator,
    })
}
