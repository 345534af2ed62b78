//! Changes as findings.

use super::change::{Change, Order, Verdict, Witness};
use super::place::places;
use crate::diag::{Diagnostic, json};
use crate::model::Model;

/// A longer event is cut off in a note.
const SHOWN: usize = 300;

/// The finding for a change, since the version of this name.
pub fn finding(change: &Change, model: &Model, since: &str) -> Diagnostic {
    let (place, others) = places(change, model);
    let mut finding =
        Diagnostic::new(change.code, place, change.message.clone()).label(format!("compared with `{since}`"));
    finding = others.into_iter().fold(finding, |finding, other| finding.related(other, "and here"));
    let writes = match change.writers.as_slice() {
        [] => String::new(),
        writers => format!("written by {}; ", writers.join(", ")),
    };
    let spared = match change.spared.as_slice() {
        [] => String::new(),
        spared => format!("; heard and not read by {}", spared.join(", ")),
    };
    finding = finding.note(format!("{writes}noticed by {}{spared}", change.readers.join(", ")));
    finding = finding.note(format!(
        "new readers of old events: {}; old readers of new events: {}",
        verdict(change.backward),
        verdict(change.forward)
    ));
    if let Some(witness) = &change.witness {
        let text = witness.event.to_string();
        let cut: String = text.chars().take(SHOWN).collect();
        let more = if cut.len() < text.len() { "…" } else { "" };
        let [by, of] = if witness.backward { ["new", "old"] } else { ["old", "new"] };
        finding = finding.note(match &witness.refused {
            Some(refusal) => {
                format!("the {by} reader refuses this {of} event, since {refusal}: {cut}{more}")
            }
            None => format!("the {by} reader takes this {of} event for something else: {cut}{more}"),
        });
    }
    finding = change.notes.iter().fold(finding, |finding, note| finding.note(note.clone()));
    let advice = advice(change.order);
    let help = match &change.mend {
        Some(mend) => format!("{mend}; otherwise, {advice}"),
        None => advice.to_owned(),
    };
    finding.help(help).change(for_programs(change, since))
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "fine",
        Verdict::May => "depends on what is written",
        Verdict::Breaks => "broken",
    }
}

/// The same as the words of the finding.
fn for_programs(change: &Change, since: &str) -> json::Change {
    let word = |verdict| match verdict {
        Verdict::Fine => "fine",
        Verdict::May => "depends",
        Verdict::Breaks => "broken",
    };
    let witness = |witness: &Witness| json::Witness {
        event: witness.event.clone(),
        reader: if witness.backward { "new" } else { "old" },
        refused: witness.refused.as_ref().map(ToString::to_string),
    };
    json::Change {
        since: since.to_owned(),
        backward: word(change.backward),
        forward: word(change.forward),
        writers: change.writers.clone(),
        readers: change.readers.clone(),
        spared: change.spared.clone(),
        order: match change.order {
            Order::Any => "any",
            Order::ConsumersFirst => "consumers-first",
            Order::ProducersFirst => "producers-first",
            Order::NewEvent => "new-event",
            Order::NewName => "new-name",
            Order::Drain => "drain",
            Order::Migrate => "migrate",
        },
        witness: change.witness.as_ref().map(witness),
    }
}

fn advice(order: Order) -> &'static str {
    match order {
        Order::Any => "deploy in any order",
        Order::ConsumersFirst => "deploy the readers first, then the writers",
        Order::ProducersFirst => {
            "deploy the writers first, and the readers when every old event is read; a log that is read again breaks"
        }
        Order::NewEvent => {
            "declare a new event beside the old one, publish both until nobody reads the old one, then remove it"
        }
        Order::NewName => "give it a name that no version has had: what is in the log keeps its meaning",
        Order::Drain => {
            "let the open instances end before the new version takes part in them: begin no new ones, and deploy when `chor instances` shows none"
        }
        Order::Migrate => {
            "start a new choreography under a new name, and let the open instances of the old one end"
        }
    }
}
