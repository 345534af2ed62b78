//! What must hold at the end, whatever was done to the processes. It looks at what was published, at what was done outside, and
//! at what the customer has heard.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use checkout::goods::Ending;
use chor_runtime::{Store, Uuid, Which};

use crate::ledger::Entries;
use crate::log::Log;
use crate::reading;
use crate::strangers::{Expected, STRANGER};

/// What the customer has heard of each order, and when: how it ended, and that once.
pub(crate) type Heard = HashMap<Uuid, Vec<(&'static str, Duration)>>;

/// What does not hold.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    /// Neither lost nor done twice, and still not as it should be.
    pub(crate) wrong: Vec<String>,
    pub(crate) stuck: Vec<String>,
}

impl Faults {
    pub(crate) fn none(&self) -> bool {
        [&self.lost, &self.doubled, &self.wrong, &self.stuck].iter().all(|faults| faults.is_empty())
    }

    /// Something that must be there once is there so often.
    fn once(&mut self, times: usize, what: impl FnOnce() -> String) {
        match times {
            0 => self.lost.push(what()),
            1 => {}
            _ => self.doubled.push(format!("{times} times {}", what())),
        }
    }

    /// Each order has ended as its choices imply.
    pub(crate) fn look_at(
        &mut self,
        placed: &HashMap<Uuid, Ending>,
        log: &Log,
        ledger: &Entries,
        heard: &Heard,
    ) {
        let in_order: BTreeMap<&Uuid, &Ending> = placed.iter().collect();
        for (order, ending) in in_order {
            let key = order.to_string();
            let events = log.get(&key).into_iter().flatten();
            let ours = events.filter(|(_, id)| !id.starts_with(STRANGER)).map(|(name, _)| name.as_str());
            self.events(&key, reading::events(*ending), &ours.collect::<Vec<_>>());
            self.effects(&key, *ending, ledger);
            let told = heard.get(order).map(Vec::as_slice).unwrap_or_default();
            self.once(told.len(), || format!("{key}: the customer hears how it ends: {told:?}"));
            let others = told.iter().filter(|(told, _)| *told != reading::told(*ending));
            self.wrong.extend(others.map(|(told, _)| format!("{key}: the customer hears that it is {told}")));
        }
    }

    fn events(&mut self, key: &str, expected: &[&str], found: &[&str]) {
        for event in expected {
            let times = found.iter().filter(|it| *it == event).count();
            self.once(times, || format!("{key}: {event} is published"));
        }
        let strange = found.iter().filter(|it| !expected.contains(it));
        self.wrong.extend(strange.map(|event| format!("{key}: {event} is published")));
    }

    fn effects(&mut self, key: &str, ending: Ending, ledger: &Entries) {
        let done = ledger.effects.get(key).map(Vec::as_slice).unwrap_or_default();
        for (service, expected) in reading::effects(ending) {
            let by_service =
                || done.iter().filter(|(by, ..)| by == service).map(|(_, event, _)| event.as_str());
            for event in expected {
                let times = by_service().filter(|it| it == event).count();
                self.once(times, || format!("{key}: {service} acts on {event}"));
            }
            let found: Vec<&str> = by_service().collect();
            if found.len() == expected.len() && found != expected {
                self.wrong.push(format!("{key}: {service} acts on {found:?}, in this order"));
            }
            let strange = found.iter().filter(|it| !expected.contains(it));
            self.wrong.extend(strange.map(|event| format!("{key}: {service} acts on {event}")));
        }
    }

    /// What is none of ours has been recorded, and nothing else has.
    pub(crate) async fn look_at_journal(&mut self, store: &Store, expected: &Expected) {
        let journal = store.journal().await.unwrap();
        let found: BTreeSet<_> =
            journal.iter().map(|line| (line.instance.key.to_string(), line.verdict.to_string())).collect();
        let missing = expected.difference(&found);
        self.lost.extend(missing.map(|(key, verdict)| format!("{key}: the journal says {verdict}")));
        for line in &journal {
            let (key, verdict) = (line.instance.key.to_string(), line.verdict.to_string());
            if !expected.contains(&(key.clone(), verdict.clone())) {
                let (service, event, reason) = (&line.instance.service, &line.event_type, &line.reason);
                self.wrong.push(format!("{key}: {service} says of {event} that it is {verdict}: {reason}"));
            }
        }
        let all: Vec<_> = journal.iter().map(|line| (&line.instance, &line.event, &line.verdict)).collect();
        let again = all.iter().enumerate().filter(|(place, line)| all[..*place].contains(line));
        self.doubled
            .extend(again.map(|(_, (at, _, verdict))| format!("{}: the journal says {verdict}", at.key)));
    }
}

/// What the journal says.
pub(crate) async fn journal(store: &Store) -> Expected {
    let journal = store.journal().await.unwrap();
    journal.iter().map(|line| (line.instance.key.to_string(), line.verdict.to_string())).collect()
}

/// Who still waits, in words. Those do so for ever that strangers have begun.
pub(crate) async fn waiting(store: &Store, expected: &Expected) -> Vec<String> {
    let found = store.instances(&Which::default(), usize::MAX).await.unwrap();
    let strange = |key: &str, verdict: &str| expected.contains(&(key.to_owned(), verdict.to_owned()));
    let waiting = found.instances.iter().filter(|it| {
        let key = it.id.key.as_str();
        let aside = it.quarantine.is_some() && strange(key, "quarantined");
        let never_begun = it.state == 0 && strange(key, "illegal");
        !aside && !never_begun
    });
    let words = waiting.map(|it| {
        let aside = it.quarantine.as_ref().map(|why| format!(", set aside: {why}")).unwrap_or_default();
        format!("{}: {} in state {}, {} events wait{aside}", it.id.key, it.id.service, it.state, it.waiting)
    });
    words.collect()
}
